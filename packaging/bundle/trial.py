"""Asks a fresh bundle, before it is packed, whether its programs start and its OCR reads.

The real trial of everything is packaging/smoke.py, on the installed product. Reading numbers is
asked here, since no verb does it yet: by the probe, a third program over the bundle's own modules
and libraries (probe.py), put beside them in a copy that is not shipped.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

Run = Callable[[Path, Sequence[str]], tuple[int, str]]
"""Runs a program of the trial's folder with words; returns its exit code and what it printed."""
NUMBER = "11010519491231002X"
"""The example of the standard GB 11643: nobody's."""
LAB_NOTE = " lab build, not for contests"
PICTURE = "number.png"


class TrialError(Exception):
    """The bundle does not do what it must; the message says what it printed."""


def prepare(bundle: Path, probe: Path, folder: Path) -> None:
    """Make the copy with the probe and a picture in it; the files are the same, by hard links."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bundle, folder, copy_function=os.link)
    shutil.copy(probe, folder)
    paper = np.full((220, 900, 3), 235, np.uint8)
    ink, font = (30, 30, 30), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(paper, NUMBER, (40, 130), font, 2.2, ink, 4, cv2.LINE_AA)
    (folder / PICTURE).write_bytes(cv2.imencode(".png", paper)[1].tobytes())


def check(run: Run, folder: Path, *, version: str, kind: str, ending: str) -> dict[str, object]:
    """Run the three questions; return what the probe said. Raises TrialError."""
    label = f"SaiJian {version}{'' if kind == 'release' else LAB_NOTE}"
    code, said = run(folder / f"saijian{ending}", ["--version"])
    if (code, said.strip()) != (0, label):
        raise TrialError(f"saijian --version: {code}, {said!r} instead of {label!r}")
    code, said = run(folder / f"SaiJianApp{ending}", ["devices", "--json"])  # prints, like C code
    if code != 0:
        raise TrialError(f"SaiJianApp devices: {code}, {said!r}")
    code, said = run(folder / f"probe{ending}", [PICTURE])
    _, begins, rest = said.rpartition('{"lines"')  # libraries may print beside it
    if code != 0 or not begins:
        raise TrialError(f"probe: {code}, {said!r}")
    answer: dict[str, object] = json.loads((begins + rest).strip().splitlines()[0])
    if [line.replace(" ", "") for line, _ in answer["lines"]] != [NUMBER]:  # type: ignore[attr-defined]
        raise TrialError(f"{NUMBER} was read as {answer['lines']}")
    if answer["qt_loaded"]:
        raise TrialError("Qt is loaded into every process: the recorder must never have it")
    return answer
