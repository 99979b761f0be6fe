"""What failed runs once more by itself: bad luck passes then, a defect does not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import suite

ROOT = Path(__file__).resolve().parents[3]
OURS = "from tests.conftest import pytest_addoption, pytest_collection_finish, pytest_configure\n"
FLAKY = """
from pathlib import Path

def test_flaky():
    was_here, before = Path(__file__ + ".ran"), Path(__file__ + ".ran").exists()
    was_here.touch()
    assert before

def test_fine():
    assert not Path(__file__ + ".fine").exists()
    Path(__file__ + ".fine").touch()
"""
BROKEN = "def test_broken():\n    assert False\n"


@pytest.fixture
def project(tmp_path: Path):
    """Give a project with our options, and a runner of its tests that remembers the exit codes."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (tmp_path / "conftest.py").write_text(OURS, "utf-8")
    codes: list[int] = []

    def run(words: Sequence[str]) -> int:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        codes.append(subprocess.run(command, cwd=tmp_path, env=environment, check=False).returncode)
        return codes[-1]

    return tmp_path, run, codes


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        ([FLAKY], [1, 0]),  # and its other test did not run again
        ([FLAKY, FLAKY, FLAKY], [1, 0]),
        ([FLAKY] * 4, [1, 4]),
        ([FLAKY, BROKEN], [1, 1]),
        (["def test_fine():\n    pass\n"], [0]),
        (["import nothing_of_this_name\n"], [2]),  # pytest calls it interrupted
    ],
)
def test_bad_luck_passes_and_a_defect_does_not(project, files, codes):
    folder, run, seen = project
    for number, text in enumerate(files):
        (folder / f"test_{number}.py").write_text(text, "utf-8")
    assert suite.twice(run, [], []) == codes[-1]
    assert seen == codes


def test_nothing_is_remembered_from_one_run_to_the_next(project):
    folder, run, seen = project
    (folder / "test_0.py").write_text(BROKEN, "utf-8")
    assert suite.twice(run, [], []) == 1
    (folder / "test_0.py").write_text(FLAKY, "utf-8")
    assert suite.twice(run, ["-k", "flaky"], ["-k", "flaky"]) == 0
    assert seen == [1, 1, 1, 0]
    assert not (folder / ".pytest_cache").exists()
