"""Run the tests on Windows Python in the lab: `make windows-test`.

    make windows-test ARGS="tests/windows -x"      without words: unit, contract and windows

What is skipped there is listed with its reason and counted.
"""

from __future__ import annotations

import sys
import time

from machine import Machine
from run import find_lab

ROUNDS = (("tests/windows",), ("tests/unit", "tests/contract"))
"""A process each: the first looks at the desktop, where windows of other tests would be in the way.
tests/simulators holds no tests but the partners that these play against.
"""
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
    rounds = [()] if any(word.startswith("tests") for word in words) else ROUNDS
    pytest = ["python", "-m", "pytest", "-p", "no:cacheprovider", "--durations=10", *words]
    codes = []
    repeats = 0
    started = time.monotonic()
    for folders in rounds:
        with Machine(lab) as machine, machine.display():
            codes.append(
                machine.run([*pytest, *folders], timeout_s=AT_MOST_S, environment=SETTINGS)
            )
            repeats += machine.repeats
    seconds = time.monotonic() - started
    print(f"[lab] windows-test: exit codes {codes}, {seconds:.0f} s, starts repeated: {repeats}")
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
