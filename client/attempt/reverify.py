"""Verifying a session again, in a process of its own: no film is decoded in the window."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from pathlib import Path

from client.base.errors import EvidenceError
from client.base.process import own_command
from client.base.text import Text
from client.evidence.copying import Tally
from client.evidence.findings import Verdict

LOOK_S = 0.2
_PERCENT = re.compile(r"(\d+)%")


def verify_again(folder: Path, tally: Tally) -> Verdict:
    """Return the verdict on the session in `folder`, by the keys of its own plan.

    `tally` counts per cent. EvidenceError where there is none, StoppedError.
    """
    tally.expect(100)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        command = own_command("verify", str(folder), "--json")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=said)
        try:
            while process.poll() is None:
                said.seek(0)
                shown = _PERCENT.findall(said.read().decode("utf-8", "replace"))
                tally.at(int(shown[-1]) if shown else 0, 100)
                time.sleep(LOOK_S)
        finally:
            process.kill()
            process.wait()
        out.seek(0)
        try:
            return Verdict[json.loads(out.read())["verdict"]]
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceError(
                Text("核验没有完成。", "It could not be verified."),
                Text(
                    "请再试一次；还是不行，请保持文件原样并致电组委会。",
                    "Try again; if it stays, leave the files as they are and call the organizer.",
                ),
            ) from error
