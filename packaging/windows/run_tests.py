"""Run the tests on Windows Python in the lab: `make windows-test`.

    make windows-test ARGS="tests/windows -x"      without words: unit, contract and windows

What is skipped there is listed with its reason and counted.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from machine import Machine
from place import PROJECT, Lab
from run import find_lab

ALONE = ("tests/windows",)
"""Looks at the desktop and measures fractions of a second: nothing runs beside it."""
SHARED = ("tests/unit", "tests/contract")
"""Dealt out to machines of their own, one for each of two processors.
tests/simulators holds no tests but the partners that these play against.
"""
AT_ONCE = 2
MEMORY = r"C:\pytest"
FAILED = 1
"""Exit code of pytest."""
AGAIN = "--second-chance"
"""Our option of pytest, see tests/conftest.py."""
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
    memory = ["-o", rf"cache_dir={MEMORY}"]
    command = ["python", "-m", "pytest", *memory, "--durations=10", *words]
    codes = []
    repeats = 0
    started = time.monotonic()
    for hands in rounds(words):
        for code, repeated in play(lab, [[*command, *tests] for tests in hands]):
            codes.append(code)
            repeats += repeated
    seconds = time.monotonic() - started
    print(f"[lab] windows-test: exit codes {codes}, {seconds:.0f} s, starts repeated: {repeats}")
    return max(codes)


def rounds(words: Sequence[str]) -> list[list[list[str]]]:
    """Return which tests run: round after round, and in each those of every machine."""
    if any(word.startswith("tests") for word in words):
        return [[[]]]
    return [[list(ALONE)], deal(SHARED, AT_ONCE)]


def deal(folders: Sequence[str], hands: int) -> list[list[str]]:
    """Deal the files of tests in `folders` out, one by one: neighbours take about as long."""
    found = (path for folder in folders for path in (PROJECT / folder).rglob("test_*.py"))
    files = sorted(path.relative_to(PROJECT).as_posix() for path in found)
    return [files[first::hands] for first in range(hands)]


def play(lab: Lab, commands: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Run the commands side by side; return of each its exit code and the starts repeated.

    What the first prints is shown as it comes, what the others print once all have ended. What
    failed then runs once more, with nothing beside it.
    """
    with contextlib.ExitStack() as things:
        pool = things.enter_context(ThreadPoolExecutor(len(commands)))
        machines = [things.enter_context(Machine(lab)) for _ in commands]
        for machine in machines:
            things.enter_context(machine.display())
        kept = [things.enter_context(tempfile.TemporaryFile()) for _ in commands[1:]]
        runs = [
            pool.submit(
                machine.run,
                command,
                timeout_s=AT_MOST_S,
                environment=SETTINGS,
                output=output,
            )
            for machine, command, output in zip(machines, commands, [None, *kept], strict=True)
        ]
        ended = [run.result() for run in runs]
        for output in kept:
            output.seek(0)
            sys.stdout.buffer.write(output.read())
            sys.stdout.buffer.flush()
        return [
            (_once_more(machine, command) if code == FAILED else code, machine.repeats)
            for machine, command, code in zip(machines, commands, ended, strict=True)
        ]


def _once_more(machine: Machine, command: Sequence[str]) -> int:
    print("[lab] what failed runs once more, by itself", flush=True)
    return machine.run([*command, AGAIN], timeout_s=AT_MOST_S, environment=SETTINGS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
