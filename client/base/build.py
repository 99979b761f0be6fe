"""Which build of the program this is: run from its sources, made in the lab, or released."""

from __future__ import annotations

import json
from functools import cache
from typing import Literal, cast, get_args

from client import __version__
from client.base.assets import asset
from client.base.text import Text

BuildKind = Literal["source", "lab", "release"]
NOTES: dict[BuildKind, Text] = {
    "lab": Text("实验室版本，不得用于正式竞赛", "lab build, not for contests"),
}


@cache
def build_kind() -> BuildKind:
    """Return what `build.json` of the bundle says; "source" where there is none.

    A file that is damaged or says anything else makes it a lab build: never a released one.
    """
    stamp = asset("build.json")
    if not stamp.exists():
        return "source"
    try:
        kind = json.loads(stamp.read_bytes())["kind"]
    except (OSError, ValueError, KeyError, TypeError):
        return "lab"
    return cast("BuildKind", kind) if kind in get_args(BuildKind) else "lab"


def build_note() -> Text | None:
    """Return what everyone must know of this build, or None."""
    return NOTES.get(build_kind())


def build_label() -> str:
    """Return the version and the note behind it, for `--version` and the journal."""
    note = build_note()
    return f"{__version__} {note.en}" if note else __version__
