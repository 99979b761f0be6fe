"""A page to print: laid in a private temporary place and opened by the system, whose viewer prints.

Printing from here would need a part of Qt that the installer leaves out.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from client.base.files import private_folder, write_atomically

PREFIX = "saijian-print-"
KEPT_S = 24 * 3600
"""A viewer may still hold a page; a day later none does."""


def lay_out(name: str, page: bytes) -> Path:
    """Return where `page` lies under `name`, for this user only. Blocks; raises OSError."""
    _clear_old(Path(tempfile.gettempdir()))
    place = private_folder(Path(tempfile.mkdtemp(prefix=PREFIX))) / name
    write_atomically(place, page, private=True)
    return place


def open_to_print(place: Path) -> bool:
    """Open the page with what this system shows such files with; False where there is nothing."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))


def _clear_old(folder: Path) -> None:
    before = time.time() - KEPT_S
    for old in folder.glob(f"{PREFIX}*"):
        try:
            is_old = old.is_dir() and not old.is_symlink() and old.stat().st_mtime < before
        except OSError:  # another user's, or gone by now
            continue
        if is_old:
            shutil.rmtree(old, ignore_errors=True)
