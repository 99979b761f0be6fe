"""`files.sha256`: every file of a bundle with its digest, as `sha256sum -c` reads it."""

from __future__ import annotations

import hashlib
from pathlib import Path

LIST = "files.sha256"


class DigestError(Exception):
    """The bundle is not what its list says; each line names one file."""


def write_list(bundle: Path) -> int:
    """Write the list of all other files; return how many."""
    lines = [f"{digest(bundle / name)}  {name}\n" for name in names(bundle)]
    (bundle / LIST).write_bytes("".join(lines).encode())
    return len(lines)


def check_list(bundle: Path) -> None:
    """Compare the bundle with its list; DigestError names what changed, lacks or is too much."""
    listed = {}
    for line in (bundle / LIST).read_text(encoding="utf-8").splitlines():
        mark, _, name = line.partition("  ")
        listed[name] = mark
    present = set(names(bundle))
    wrong = [f"missing: {name}" for name in sorted(listed.keys() - present)]
    wrong += [f"not listed: {name}" for name in sorted(present - listed.keys())]
    wrong += [
        f"changed: {name}"
        for name in sorted(present & listed.keys())
        if digest(bundle / name) != listed[name]
    ]
    if wrong or not listed:
        raise DigestError("\n".join(wrong) or "the list is empty")


def names(bundle: Path) -> list[str]:
    """Return the files below `bundle`, in order, with slashes on every system."""
    files = (path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file())
    return sorted(name for name in files if name != LIST)


def digest(file: Path) -> str:
    """Return the file's SHA-256."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
