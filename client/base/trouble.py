"""What an OSError about a file means to a person: in use, gone, full, write-protected, damaged."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from client.base.errors import SaiJianError, StorageError
from client.base.files import free_bytes
from client.base.text import Text


class _Cause(NamedTuple):
    """One kind of trouble: what it is, and what to do."""

    reason: Text
    advice: Text


_IN_USE = _Cause(
    Text("被其他程序占用，或没有访问权限", "another program holds it, or you lack the permission"),
    Text(
        "请关闭正在使用它的程序（播放器、杀毒或同步软件）后再试，或换一个文件夹。",
        "Close what uses it (a player, a virus scanner, a sync program), or choose another folder.",
    ),
)
_GONE = _Cause(
    Text(
        "磁盘或网络位置已断开，或文件已不在", "the drive or network place is gone, or the file is"
    ),
    Text(
        "请重新接上磁盘后再试；已写入的内容还在那个磁盘上。",
        "Connect the drive again and retry; what was written is still on it.",
    ),
)
_FULL = _Cause(
    Text("磁盘已满", "the disk is full"),
    Text("请清理磁盘，或换一个磁盘保存。", "Free some space, or keep it on another drive."),
)
_PROTECTED = _Cause(
    Text("磁盘写保护", "the disk is write-protected"),
    Text("请换一个可以写入的文件夹。", "Choose a folder that can be written to."),
)
_DAMAGED = _Cause(
    Text("磁盘读写出错", "the disk fails"),
    Text(
        "请检查磁盘是否接好；重要内容请先复制到别的磁盘。",
        "Check that the disk is connected well; copy what matters to another one.",
    ),
)
_BAD_NAME = _Cause(
    Text("名称过长或无效", "its name is too long or not valid"),
    Text("请换一个较短、不含特殊字符的路径。", "Choose a shorter path without special characters."),
)


def _each(cause: _Cause, codes: Iterable[int]) -> dict[int, _Cause]:
    return dict.fromkeys(codes, cause)


_WINDOWS = {
    **_each(_IN_USE, (5, 32, 33)),
    **_each(_GONE, (2, 3, 15, 20, 21, 53, 55, 59, 64, 67, 433, 1006, 1167)),
    **_each(_FULL, (39, 112)),
    **_each(_PROTECTED, (19,)),
    **_each(_DAMAGED, (23, 1117, 1392)),
    **_each(_BAD_NAME, (123, 161, 206)),
}
"""By Windows' own code (winerror.h), where there is one."""
_POSIX = {
    **_each(_IN_USE, (errno.EACCES, errno.EPERM, errno.EBUSY)),
    **_each(_GONE, (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ESTALE)),
    **_each(_FULL, (errno.ENOSPC, errno.EDQUOT)),
    **_each(_PROTECTED, (errno.EROFS,)),
    **_each(_DAMAGED, (errno.EIO,)),
    **_each(_BAD_NAME, (errno.ENAMETOOLONG, errno.EINVAL)),
}
_ABOUT_FILES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""These are about a file even where the error names none."""
_OTHER = Text(
    "请检查磁盘空间和访问权限，或换一个文件夹。",
    "Check free space and permissions, or choose another folder.",
)


_NEARLY_NOTHING = 1 << 20
"""Bytes. A C library that has no word for a full disk (Wine's says EINVAL) is not asked for one."""


def _cause_of(error: OSError) -> _Cause | None:
    return _WINDOWS.get(getattr(error, "winerror", None) or 0) or _POSIX.get(error.errno or 0)


def is_full(error: OSError) -> bool:
    """Tell whether a write failed because its disk is full, by the error or by what is free."""
    cause = _cause_of(error)
    if cause not in (None, _BAD_NAME):
        return cause is _FULL
    if error.filename is None:
        return False
    try:
        return free_bytes(Path(error.filename)) < _NEARLY_NOTHING
    except StorageError:
        return False


def reason_of(error: Exception) -> Text:
    """Return why, fit for a journal: without the file's name, in which a person's may be."""
    if isinstance(error, SaiJianError):
        return error.title
    if isinstance(error, OSError):
        known = _cause_of(error)
        said = error.strerror or type(error).__name__
        return known.reason if known else Text(said, said)
    name = type(error).__name__
    return Text(f"程序内部错误（{name}）", f"an error of the program ({name})")


def file_trouble(error: OSError) -> StorageError | None:
    """Return what to tell a person of a file that cannot be used; None for any other OSError."""
    if error.filename is None and error.errno not in _ABOUT_FILES:
        return None
    place = error.filename2 or error.filename or ""
    known = _cause_of(error)
    reason, advice = reason_of(error), known.advice if known else _OTHER
    return StorageError(
        Text(
            f"文件或文件夹无法读写：{place}（{reason.zh}）。", f"Cannot use {place}: {reason.en}."
        ),
        advice,
    )
