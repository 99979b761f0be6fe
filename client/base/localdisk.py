"""Whether a folder lies on this computer alone: not on the network, not where Windows copies it to.

Recordings are large, private and written all the time: a folder that OneDrive watches, or that lies
on a server, would send them elsewhere, be locked meanwhile, and vanish with the network.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

from client.base.errors import StorageError
from client.base.text import Text, without_prefix

_SYNCHRONISED = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
"""Environment variables by which OneDrive names its folders."""

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import LPCWSTR

    _DRIVE_REMOTE = 4
    _drive_type = ctypes.WinDLL("kernel32").GetDriveTypeW
    _drive_type.argtypes = [LPCWSTR]

    def _is_remote(path: Path) -> bool:
        return path.drive.startswith("\\\\") or _drive_type(path.anchor) == _DRIVE_REMOTE
else:

    def _is_remote(path: Path) -> bool:  # noqa: ARG001 - home folders on a server are usual there
        return False


def require_local(path: Path) -> None:
    """Raise StorageError where `path` is on the network or in Documents or OneDrive's folder."""
    whole = Path(os.path.abspath(without_prefix(str(path))))  # noqa: PTH100 - resolve() follows links
    if _is_remote(whole) or any(whole.is_relative_to(folder) for folder in _copied_folders()):
        raise StorageError(
            Text(
                f"程序的数据文件夹在网络上，或会被同步到别处，不能存放录像：{whole}。",
                f"Recordings cannot be kept on a network or in a synchronised folder: {whole}.",
            ),
            Text(
                "请让技术人员把环境变量 SAIJIAN_HOME 设为本机磁盘上的文件夹，例如 D:\\SaiJian。",
                "Let a technician set SAIJIAN_HOME to a folder on this computer's own drive.",
            ),
        )


def _copied_folders() -> list[Path]:
    """Return the folders that Windows may keep copies of elsewhere; none on other systems."""
    if sys.platform != "win32":
        return []
    named = [os.environ.get(name, "") for name in _SYNCHRONISED]
    return [platformdirs.user_documents_path(), *(Path(name) for name in named if name)]
