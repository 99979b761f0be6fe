"""Who may read a file or folder: the same question on Linux and Windows."""

from __future__ import annotations

import stat
import sys
from pathlib import Path


def only_mine(path: Path) -> bool:
    """Tell whether nobody but this user (and the system itself) may open `path`."""
    if sys.platform == "win32":
        from client.base.acl import access_list, entries, this_user

        owners = {entry.rpartition(";")[2] for entry in entries(access_list(path))}
        return bool(owners) and owners <= {this_user(), "SY", "OW", "LA"}
    return stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
