"""Run the tests on Windows Python in the lab: `make windows-test`.

    make windows-test ARGS="tests/windows -x"      without words: unit, contract and windows

One machine for all of it; what is skipped there is listed with its reason and counted.
"""

from __future__ import annotations

import sys
import time

from machine import Machine
from run import find_lab

FOLDERS = ("tests/unit", "tests/contract", "tests/windows")
"""tests/simulators holds no tests but the partners that these play against."""
AT_MOST_S = 1800
SETTINGS = {
    "PYTHONUTF8": "0",  # as the shipped program runs: nothing may lean on it
    "HYPOTHESIS_STORAGE_DIRECTORY": r"C:\hypothesis",
    "QT_QPA_PLATFORM": "windows",
}


def main(words: list[str]) -> int:
    """Return pytest's exit code; 2 where there is no lab, 124 where it took too long."""
    lab = find_lab()
    if lab is None:
        return 2
    named = [word for word in words if word.startswith("tests")]
    command = ["python", "-m", "pytest", "-p", "no:cacheprovider", "--durations=10", *words]
    started = time.monotonic()
    with Machine(lab) as machine, machine.display():
        code = machine.run(
            [*command, *(() if named else FOLDERS)], timeout_s=AT_MOST_S, environment=SETTINGS
        )
    print(
        f"[lab] windows-test: exit code {code}, {time.monotonic() - started:.0f} s, "
        f"starts repeated: {machine.repeats}"
    )
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
