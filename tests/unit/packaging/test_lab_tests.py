"""The lab's tests are dealt out to machines: each file runs, and runs once."""

from __future__ import annotations

import sys
from pathlib import Path

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
    assert len(sizes) == run_tests.AT_ONCE
    assert max(sizes) - min(sizes) <= 1


def test_what_measures_the_desktop_runs_first_and_alone():
    assert run_tests.rounds([])[0] == [["tests/windows"]]


@pytest.mark.parametrize("words", [("tests/windows", "-x"), ("-x", "tests/unit/base/test_acl.py")])
def test_a_selection_is_one_run_of_nothing_else(words):
    assert run_tests.rounds(words) == [[[]]]
