"""Where each file of a bundle came from: sources.json, as build.spec leaves it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

ROOTS = ("work", "project", "packages", "python", "stdlib")
"""In the order in which they are tried: one may lie inside another."""
SAME = {"work": "project", "stdlib": "python"}


@dataclass(frozen=True)
class Origin:
    """One file or module of the bundle."""

    place: str
    """Where it lies below `_internal`, or the module's name."""
    root: str
    """project, packages, python; system for anywhere else."""
    path: str
    """Below that root; the whole path for system."""


def read_sources(file: Path) -> list[Origin]:
    """Return every file and module; built on Windows or Linux makes no difference."""
    told = json.loads(file.read_text(encoding="utf-8"))
    roots = {key: plain(told["roots"][key]).rstrip("/") + "/" for key in ROOTS}
    rows = ((plain(place), plain(source)) for place, source in told["rows"])
    return [origin(place, source, roots) for place, source in rows if source not in ("", "-")]


def origin(place: str, source: str, roots: dict[str, str]) -> Origin:
    """Return the origin of one file."""
    for key, start in roots.items():
        if source.lower().startswith(start.lower()):
            return Origin(place, SAME.get(key, key), source[len(start) :])
    return Origin(place, "system", source)


def plain(path: str) -> str:
    """Return the path with slashes, whichever system wrote it."""
    return path.replace("\\", "/")
