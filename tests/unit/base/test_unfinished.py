"""What a kill leaves of an atomic write goes, and nothing else ever does."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from client.base.files import remove_unfinished, write_atomically

KILLED = """
import os, signal, sys
from pathlib import Path
from client.base import files
files.replace_file = lambda new, path: os.kill(os.getpid(), getattr(signal, "SIGKILL", 15))
files.write_atomically(Path(sys.argv[1]), b"half")
"""


def killed_write(path):
    """Write `path` in a process that is killed before the name is there; return what it left."""
    before = set(path.parent.iterdir())
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, timeout=60)
    (left,) = set(path.parent.iterdir()) - before
    assert left.name.startswith(f".{path.name}.")
    return left


def aged(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_a_kill_left_goes_when_asked(tmp_path):
    left = killed_write(tmp_path / "seal.json")
    remove_unfinished(tmp_path / "seal.json")
    assert not left.exists()


def test_the_next_write_removes_an_old_one_and_leaves_a_young_one_to_its_writer(tmp_path):
    old, young = (killed_write(tmp_path / "seal.json") for _ in range(2))
    aged(old, 61)
    write_atomically(tmp_path / "seal.json", b"whole")
    assert not old.exists()
    assert young.exists()
    assert (tmp_path / "seal.json").read_bytes() == b"whole"


@pytest.mark.parametrize(
    "name",
    [
        "seal.json",
        ".seal.json",
        ".seal.json.short",
        ".seal.json.muchlonger",
        "seal.json.abcdefgh",
        ".plan.json.abcdefgh",
        ".foreign.part",
        "journal.jsonl",
    ],
)
def test_nothing_else_is_touched(tmp_path, name):
    other = tmp_path / name
    other.write_bytes(b"evidence")
    aged(other, 10_000)
    remove_unfinished(tmp_path / "seal.json")
    assert other.read_bytes() == b"evidence"


def test_a_name_with_signs_of_a_pattern_stands_for_itself(tmp_path):
    other = tmp_path / ".a.json.abcdefgh"
    other.write_bytes(b"")
    remove_unfinished(tmp_path / "[a-z].json")
    assert other.exists()


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    remove_unfinished(tmp_path / "none" / "seal.json")
