"""The lab's tests are dealt out to machines: each file runs, and runs once."""

from __future__ import annotations

import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

if sys.platform == "win32":
    pytest.skip("the lab is run from Linux", allow_module_level=True)

import run_tests

ROOT = Path(__file__).resolve().parents[3]


def files_of(*folders: str) -> set[str]:
    """Return every file below `folders` that holds a test."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    tests = (path for path in found if "def test_" in path.read_text("utf-8"))
    return {path.relative_to(ROOT).as_posix() for path in tests}


def test_each_file_of_unit_and_contract_is_in_exactly_one_hand():
    _, hands = run_tests.rounds(["-k", "journal"])
    dealt = [file for hand in hands for file in hand]
    assert len(dealt) == len(set(dealt))
    assert set(dealt) == files_of("tests/unit", "tests/contract")


def test_no_hand_has_more_than_one_file_more():
    _, hands = run_tests.rounds([])
    sizes = [len(hand) for hand in hands]
    assert len(sizes) == run_tests.HANDS >= run_tests.AT_ONCE
    assert max(sizes) - min(sizes) <= 1


def test_what_measures_the_desktop_runs_first_and_alone():
    assert run_tests.rounds([])[0] == [["tests/windows"]]


@pytest.mark.parametrize("words", [("tests/windows", "-x"), ("-x", "tests/unit/base/test_acl.py")])
def test_a_selection_is_one_run_of_nothing_else(words):
    assert run_tests.rounds(words) == [[[]]]


class Played:
    """A machine that runs nothing: codes by what it is given, and what it was given."""

    repeats = 0

    def __init__(self, codes: dict[str, int]) -> None:
        self.codes = codes
        self.ran: list[list[str]] = []

    def run(self, command, **_: object) -> int:
        self.ran.append(list(command))
        return self.codes.pop(command[-1], 0)


def test_hands_are_taken_until_none_is_left_and_what_failed_runs_once_more():
    machine = Played({"b": 1})
    lane = run_tests.Lane(machine, None)
    waiting: SimpleQueue[list[str]] = SimpleQueue()
    for name in "abc":
        waiting.put([name])
    lane.take(["pytest"], waiting)
    assert lane.codes == [0, 1, 0]
    lane.run_again(["pytest"])
    assert lane.codes == [0, 0, 0]
    assert machine.ran[3:] == [["pytest", "--second-chance", "a", "b", "c"]]


@pytest.mark.parametrize(("codes", "runs"), [([0, 0], 0), ([124, 0], 0), ([2, 1], 1)])
def test_only_tests_that_failed_get_a_second_chance(codes, runs):
    machine = Played({"a": 3})
    lane = run_tests.Lane(machine, None, [["a"], ["a"]], codes)
    lane.run_again(["pytest"])
    assert len(machine.ran) == runs
    assert lane.codes == [3 if code == 1 else code for code in codes]
