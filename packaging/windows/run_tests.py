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
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import IO

from machine import Machine
from place import PROJECT, Lab
from run import find_lab
from shared import AGAIN, FAILED

ALONE = ("tests/windows",)
"""Looks at the desktop and measures fractions of a second: nothing runs beside it."""
SHARED = ("tests/unit", "tests/contract")
"""Dealt out to two machines, one for each of two processors.
tests/simulators holds no tests but the partners that these play against.
"""
AT_ONCE = 2
HANDS = 6
"""More than there are machines: files take from a second to minutes, and nobody waits long."""
MEMORY = r"C:\pytest"
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
        for lane in play(lab, command, hands):
            codes += lane.codes
            repeats += lane.machine.repeats
    seconds = time.monotonic() - started
    print(f"[lab] windows-test: exit codes {codes}, {seconds:.0f} s, starts repeated: {repeats}")
    return max(codes)


def rounds(words: Sequence[str]) -> list[list[list[str]]]:
    """Return which tests run: round after round, and in each the hands that machines take."""
    if any(word.startswith("tests") for word in words):
        return [[[]]]
    return [[list(ALONE)], deal(SHARED, HANDS)]


def deal(folders: Sequence[str], hands: int) -> list[list[str]]:
    """Deal the files of tests in `folders` out, one by one: neighbours take about as long."""
    found = (path for folder in folders for path in (PROJECT / folder).rglob("test_*.py"))
    files = sorted(path.relative_to(PROJECT).as_posix() for path in found)
    return [files[first::hands] for first in range(hands)]


@dataclass
class Lane:
    """A machine and what came of the hands that it took."""

    machine: Machine
    output: IO[bytes] | None
    """Where its tests print; None: shown as it comes."""
    hands: list[list[str]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)

    def take(self, command: Sequence[str], waiting: SimpleQueue[list[str]]) -> None:
        """Run hands until none is left."""
        with contextlib.suppress(Empty):
            while True:
                self.hands.append(waiting.get_nowait())
                self.codes.append(self._run([*command, *self.hands[-1]], self.output))

    def run_again(self, command: Sequence[str]) -> None:
        """Run what failed once more, with nothing beside it; its code takes the place of theirs."""
        if FAILED in self.codes:
            print("[lab] what failed runs once more, by itself", flush=True)
            tests = [test for hand in self.hands for test in hand]
            again = self._run([*command, AGAIN, *tests], None)
            self.codes = [again if code == FAILED else code for code in self.codes]

    def _run(self, command: Sequence[str], output: IO[bytes] | None) -> int:
        return self.machine.run(command, timeout_s=AT_MOST_S, environment=SETTINGS, output=output)


def play(lab: Lab, command: Sequence[str], hands: Sequence[list[str]]) -> list[Lane]:
    """Run the hands side by side, each on the machine that is free first.

    What the first machine prints is shown as it comes, what the others print once all have ended.
    """
    with contextlib.ExitStack() as things:
        lanes = []
        for number in range(min(AT_ONCE, len(hands))):
            machine = things.enter_context(Machine(lab))
            things.enter_context(machine.display())
            kept = things.enter_context(tempfile.TemporaryFile()) if number else None
            lanes.append(Lane(machine, kept))
        waiting: SimpleQueue[list[str]] = SimpleQueue()
        for hand in hands:
            waiting.put(hand)
        with ThreadPoolExecutor(len(lanes)) as pool:
            for run in [pool.submit(lane.take, command, waiting) for lane in lanes]:
                run.result()
        for lane in lanes:
            if lane.output is not None:
                lane.output.seek(0)
                sys.stdout.buffer.write(lane.output.read())
                sys.stdout.buffer.flush()
        for lane in lanes:
            lane.run_again(command)
        return lanes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
