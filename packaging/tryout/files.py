"""Checks the list of files that a bundle carries: `files.sha256`, in sha256sum's format."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tryout.target import Failed

LIST = "files.sha256"
UNLISTED = {LIST, "uninstall.exe"}
"""What lies there and cannot be in the list; the installer writes the second."""


def check_list(folder: Path) -> str:
    """Say how many files are there with their digests; Failed where one is missing or strange."""
    place = folder / LIST
    if not place.is_file():
        raise Failed(f"no {LIST} in {folder.name}")
    listed = dict(_entry(line) for line in place.read_text(encoding="utf-8").splitlines() if line)
    there = {
        file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()
    }
    wrong = [
        name for name, mark in listed.items() if name not in there or _digest(there[name]) != mark
    ]
    if strangers := sorted(there.keys() - listed.keys() - UNLISTED):
        raise Failed(f"{LIST} does not name {strangers[:5]}")
    if not listed or wrong:
        raise Failed(f"{LIST}: {len(listed)} listed, missing or different: {wrong[:5]}")
    return f"{len(listed)} files, every digest right"


def _entry(line: str) -> tuple[str, str]:
    mark, _, name = line.partition(" ")
    return name[1:].replace("\\", "/").removeprefix("./"), mark


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
