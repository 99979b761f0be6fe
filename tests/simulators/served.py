"""An organizer as its own process, `saijian organizer serve`, on a free port of loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.organizer.folder import OrganizerFolder

PATIENCE = 30


@dataclass(frozen=True)
class Served:
    """A running organizer process and what it announced."""

    process: subprocess.Popen[str]
    announced: dict[str, Any]

    @property
    def address(self) -> str:
        """Return `http(s)://host:port`."""
        return str(self.announced["address"])

    @property
    def port(self) -> int:
        """Return the port."""
        return int(self.announced["port"])


def organizer_command(*words: str) -> list[str]:
    """Return the command line of an organizer verb."""
    return [sys.executable, "-m", "client", "organizer", *words]


TERMINATED = 1 if sys.platform == "win32" else 0
"""Windows knows no SIGTERM: a process that is terminated there has no say in it."""


@contextmanager
def served(folder: OrganizerFolder, *options: str) -> Iterator[Served]:
    """Serve `folder` until the block ends; the process must then end by itself, without a fault."""
    command = organizer_command("serve", str(folder.path), *options)
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, f"ended with {process.wait(PATIENCE)} instead of listening"
            yield Served(process, json.loads(line))
            if process.poll() is None:
                process.terminate()
                assert process.wait(PATIENCE) == TERMINATED
        finally:
            if process.poll() is None:
                process.kill()
