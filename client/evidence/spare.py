"""The place of a session on another drive, for when the first one fills.

A small file in the private folder points to it. What that file says is believed as far as it can be
checked: an absolute path on this computer, to a folder that carries the session's id. It is never
part of the evidence, since a path tells of a person, and whoever verifies a folder that somebody
sent must not be led to places of that somebody's choice.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import sys
from pathlib import Path

from client.base.errors import StateError, StorageError
from client.base.files import (
    MIN_FREE_BYTES,
    existing_folder,
    free_bytes,
    private_folder,
    write_atomically,
)
from client.base.localdisk import require_local
from client.base.paths import extended
from client.base.text import Text, without_prefix

POINTER = "spare.json"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_LONGEST_NAME = 60
_MAX_BYTES = 4096
_MISSING = Text("文件夹不存在，或硬盘没有接上", "no such folder: is the drive connected?")
_REPARSE_POINT = 0x400
"""FILE_ATTRIBUTE_REPARSE_POINT: a link or a junction of Windows."""


def spare_root() -> Path | None:
    """Return the folder on another drive that `SAIJIAN_SPARE` names; None where it names none."""
    named = os.environ.get("SAIJIAN_SPARE")
    return extended(Path(named)) if named else None


def place_of(root: Path, name: str, session: str) -> Path:
    """Return the place below `root` of the session `session` whose folder is called `name`."""
    return extended(root.absolute() / f"{name[:_LONGEST_NAME]}-{session}")


def point_to(pointer: Path, place: Path, session: str) -> None:
    """Note where the session's other place is, or will be."""
    said = {"session": session, "folder": without_prefix(str(place))}
    write_atomically(pointer, json.dumps(said, ensure_ascii=False).encode(), private=True)


def pointed_to(pointer: Path) -> Path | None:
    """Return the place that the file names, there or not; None where it may not be believed."""
    try:
        with pointer.open("rb") as file:
            said = json.loads(file.read(_MAX_BYTES))
        session, place = said["session"], Path(said["folder"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    is_id = isinstance(session, str) and _ID.match(session) is not None
    if not is_id or not is_of(place, session) or not _is_plain(place):
        return None
    return extended(place)


def is_of(place: Path, session: str) -> bool:
    """Tell whether `place` is that of the session with this id: a pointer may be another's."""
    return place.name.endswith(f"-{session}")


def is_there(place: Path) -> bool:
    """Tell whether `place` is a folder, itself and no link to one; False on a drive that errs."""
    try:
        found = place.lstat()
    except OSError:
        return False
    is_link = getattr(found, "st_file_attributes", 0) & _REPARSE_POINT
    return stat.S_ISDIR(found.st_mode) and not is_link


def require_connected(place: Path | None) -> None:
    """Raise StateError where a session's other place is on a drive that is not connected.

    A place that is gone while the folder around it is there was deleted, and nothing to wait for.
    """
    if place is not None and not is_there(place) and not place.parent.is_dir():
        raise StateError(
            Text("录像的一部分在另一块硬盘上。", "A part of the recording is on another drive."),
            Text("请接上那块硬盘，再试一次。", "Connect that drive, then try again."),
        )


def files_in(place: Path) -> list[Path]:
    """Return the plain files in `place`: no folders, no links; none where it is not there."""
    found: list[Path] = []
    if is_there(place):
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            found = [place / e.name for e in entries if e.is_file(follow_symlinks=False)]
    return found


def trouble_with_spare(root: Path, home: Path) -> Text | None:
    """Return why the drive of `root` cannot take what no longer fits on that of `home`, or None.

    Names no path: it is said in the journal, too.
    Both exist on a drive that is there: a folder that is made where an unplugged drive belongs
    would lie on the first one.
    """
    try:
        require_local(root)
    except StorageError:
        return Text("在网络上，或会被同步到别处", "it is on the network, or copied elsewhere")
    try:
        is_same, free = device_of(root) == device_of(home), free_bytes(root)
    except (OSError, StorageError):
        return _MISSING
    troubles = {
        _MISSING: not root.is_dir(),
        Text("与本场次在同一块硬盘上", "it is on the same drive as the session"): is_same,
        Text("不能写入", "it cannot be written to"): not os.access(root, os.W_OK),
        Text("剩余空间不足", "too little space is left on it"): free < MIN_FREE_BYTES,
    }
    return next((why for why, is_so in troubles.items() if is_so), None)


def require_spare(root: Path, home: Path) -> None:
    """Raise StorageError where `root` is of no use to a session in `home`, which may not exist."""
    why = trouble_with_spare(root, existing_folder(home.absolute()))
    if why is not None:
        raise StorageError(
            Text(f"备用文件夹 {root} 不能用：{why.zh}。", f"Spare folder {root}: {why.en}."),
            Text(
                "请接上另一块硬盘，并给出那块硬盘上已有的文件夹。",
                "Connect another drive, and name a folder that exists on it.",
            ),
        )


def device_of(path: Path) -> tuple[str, int]:
    """Return what tells the drive of `path` from others; OSError where it is not there."""
    letter = Path(without_prefix(str(path.absolute()))).drive.upper()
    return letter, path.stat().st_dev


def make_place(place: Path) -> None:
    """Make the folder, for this user alone where the drive knows of users; OSError."""
    place.mkdir(mode=0o700, exist_ok=True)
    if not is_there(place):
        raise FileExistsError(f"{place} is no folder")
    with contextlib.suppress(OSError):  # FAT and exFAT, as most sticks have, know none
        private_folder(place)


def _is_plain(place: Path) -> bool:
    """Tell whether it is an absolute path of this computer, without detours."""
    on_network = sys.platform == "win32" and re.match(r"[A-Za-z]:\\", str(place)) is None
    return place.is_absolute() and ".." not in place.parts and not on_network
