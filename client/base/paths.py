r"""Paths that people give: names that Windows can keep, at any length.

Windows opens paths of 260 characters and more only behind `\\?\`, unless a switch in the machine's
registry says otherwise. So a folder whose files might get that long carries the prefix, and nothing
that a person reads does (`Text.say`).

Rules of names: learn.microsoft.com, "Naming Files, Paths, and Namespaces".
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from client.base.errors import BadInputError
from client.base.text import UNC_PREFIX, VERBATIM_PREFIX, Text, without_prefix

_PORTS = tuple(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³")
_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$", *_PORTS})
_RESERVED = frozenset('<>:"|?*/\\')
_LONGEST = 259
_ROOM = 150
"""So many characters the names below a folder of ours take at most, temporary ones included."""
_DEVICE_SPACE = "\\\\.\\"


def is_device_name(name: str) -> bool:
    """Tell whether Windows takes `name` for a device: `NUL`, `aux.txt`, `COM1 .log`."""
    return name.partition(".")[0].partition(":")[0].rstrip(" ").lower() in _DEVICES


def trouble_with(name: str) -> Text | None:
    """Return why Windows cannot keep a file or folder called `name`; None where it can."""
    if is_device_name(name):
        return Text("是 Windows 的设备名", "is the name of a device of Windows")
    if name.endswith((".", " ")):
        return Text("以句点或空格结尾", "ends with a dot or a space")
    if any(c in _RESERVED or ord(c) < ord(" ") for c in name):
        return Text('含有 < > : " | ? * 或控制字符', 'holds one of < > : " | ? * or a control code')
    return None


def given_path(path: Path, *, is_new: bool = False) -> Path:
    """Return a path that a person gave, usable at any length; BadInputError for a name like `NUL`.

    On Windows every name in it is looked at. Elsewhere only that of a folder that we are to make
    (`is_new`): it may be handed to somebody with Windows.
    """
    if sys.platform == "win32":
        plain = Path(without_prefix(str(path)))
        for name in _names(plain):
            _require_name(name, plain)
        return extended(plain)
    if is_new and path.name != "..":
        _require_name(path.name, path)
    return path


def extended(path: Path) -> Path:
    r"""Return `path`, on Windows behind `\\?\` where names below it might get too long."""
    if sys.platform != "win32":
        return path
    whole = os.path.abspath(without_prefix(str(path)))  # noqa: PTH100 - resolve() follows links
    return path if len(whole) + _ROOM <= _LONGEST else Path(verbatim(whole))


def use_given_paths(arguments: dict[str, object]) -> None:
    """Put in place of each path among the verb's arguments the one to use; BadInputError.

    `--out` names a folder that is to be made.
    """
    for name, value in arguments.items():
        if isinstance(value, Path):
            arguments[name] = given_path(value, is_new=name == "out")


def verbatim(absolute: str) -> str:
    r"""Return an absolute path of Windows, `D:\x` or `\\server\share\x`, behind its prefix."""
    if absolute.startswith("\\\\"):
        return UNC_PREFIX + absolute[2:]
    return VERBATIM_PREFIX + absolute


def _names(path: Path) -> list[str]:
    if path.anchor.startswith(_DEVICE_SPACE):
        return [path.anchor]
    return [name for name in path.parts if name not in (path.anchor, "..")]


def _require_name(name: str, path: Path) -> None:
    reason = trouble_with(name)
    if reason is not None:
        raise BadInputError(
            Text(f"路径 {path} 不能用：“{name}”{reason.zh}。", f"{path}: “{name}” {reason.en}."),
            Text("请换一个名称。", "Choose another name."),
        )
