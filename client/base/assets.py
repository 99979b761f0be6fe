"""Files that ship with the program: icons, slates, example plans."""

from __future__ import annotations

import sys
from pathlib import Path


def asset(*parts: str) -> Path:
    """Return the path of a shipped file; it exists in every complete installation.

    Looks where PyInstaller unpacked (`sys._MEIPASS`), inside the installed package, and in the
    checkout, in this order.
    """
    return _root().joinpath(*parts)


def _root() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "assets"
    package = Path(__file__).resolve().parent.parent
    installed = package / "assets"
    return installed if installed.is_dir() else package.parent / "assets"
