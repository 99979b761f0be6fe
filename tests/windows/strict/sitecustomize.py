r"""Makes Python in the lab as strict about long paths as Windows is without its registry switch.

Wine opens a path of any length. With this folder on PYTHONPATH a file of 260 characters and more,
or a folder of 248, is refused unless it stands behind `\\?\`, in every process that is started.
"""

from __future__ import annotations

import os
import sys

LONGEST = {"os.mkdir": 247}
NAMES_A_PATH = {
    "open": 1,
    "os.mkdir": 1,
    "os.listdir": 1,
    "os.scandir": 1,
    "os.remove": 1,
    "os.rename": 2,
    "os.rmdir": 1,
    "os.chmod": 1,
    "os.truncate": 1,
    "os.utime": 1,
    "sqlite3.connect": 1,
    "shutil.rmtree": 1,
}
"""Audit events of Python, and how many paths they begin with."""
TOO_LONG = 206


def look(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse a path that Windows would refuse."""
    for path in arguments[: NAMES_A_PATH.get(event, 0)]:
        if not isinstance(path, str | bytes | os.PathLike):
            continue
        whole = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
        if len(whole) > LONGEST.get(event, 259) and not whole.startswith(("\\\\?\\", "\\\\.\\")):
            raise OSError(None, "too long for Windows", whole, TOO_LONG)


sys.addaudithook(look)
