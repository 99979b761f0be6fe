"""The disk below a folder, by control codes that need no administrator.

learn.microsoft.com: IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS, IOCTL_DISK_GET_DRIVE_GEOMETRY_EX,
IOCTL_STORAGE_QUERY_PROPERTY. Handles are opened without any access right, which these allow.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Literal

Kind = Literal["ssd", "hdd"]
_EXTENTS_HEAD, _EXTENT = struct.Struct("<II"), struct.Struct("<IIqq")  # VOLUME_DISK_EXTENTS
_DISK_SIZE = struct.Struct("<24xq")  # DISK_GEOMETRY_EX
_PENALTY = struct.Struct("<II?")  # DEVICE_SEEK_PENALTY_DESCRIPTOR
_PRODUCT_AT = struct.Struct("<16xI")  # STORAGE_DEVICE_DESCRIPTOR

if sys.platform == "win32":
    import contextlib
    import ctypes
    from collections.abc import Iterator
    from ctypes import byref
    from ctypes.wintypes import BOOL, DWORD, HANDLE, LPCWSTR, LPVOID, LPWSTR

    _EXTENTS = 0x00560000
    _GEOMETRY = 0x000700A0
    _PROPERTY = 0x002D1400
    _DEVICE, _SEEK_PENALTY = 0, 7  # STORAGE_PROPERTY_ID
    _SHARE_ALL, _OPEN_EXISTING = 0x7, 3
    _INVALID = HANDLE(-1).value

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateFileW.argtypes = [LPCWSTR, DWORD, DWORD, LPVOID, DWORD, DWORD, HANDLE]
    _kernel.CreateFileW.restype = HANDLE
    _kernel.DeviceIoControl.argtypes = [
        HANDLE,
        DWORD,
        LPVOID,
        DWORD,
        LPVOID,
        DWORD,
        LPVOID,
        LPVOID,
    ]
    _kernel.DeviceIoControl.restype = BOOL
    _kernel.CloseHandle.argtypes = [HANDLE]
    _kernel.GetVolumePathNameW.argtypes = [LPCWSTR, LPWSTR, DWORD]
    _kernel.GetVolumePathNameW.restype = BOOL
    _kernel.GetVolumeNameForVolumeMountPointW.argtypes = [LPCWSTR, LPWSTR, DWORD]
    _kernel.GetVolumeNameForVolumeMountPointW.restype = BOOL

    def read_disk(folder: Path) -> dict[str, object]:
        """Return place, model, disk_bytes and kind of what `folder` lies on."""
        root = volume_root(folder)
        numbers = _disk_numbers(root)
        disks = [_read_one(number) for number in numbers]
        sizes = [size for size, _, _ in disks]
        kinds = {kind for _, kind, _ in disks}
        names = [model for _, _, model in disks if model]
        return {
            "place": root.rstrip("\\"),
            "model": ", ".join(names)[:200] or None,
            "disk_bytes": sum(filter(None, sizes)) if sizes and None not in sizes else None,
            "kind": kinds.pop() if len(kinds) == 1 else None,
        }

    def volume_root(folder: Path) -> str:
        r"""Return the root of the volume, `C:\`; OSError where there is none."""
        buffer = ctypes.create_unicode_buffer(1024)
        if not _kernel.GetVolumePathNameW(str(folder), buffer, len(buffer)):
            raise ctypes.WinError(ctypes.get_last_error())
        return buffer.value

    def _disk_numbers(root: str) -> list[int]:
        name = ctypes.create_unicode_buffer(64)
        if not _kernel.GetVolumeNameForVolumeMountPointW(root, name, len(name)):
            return []
        answer = _ask(name.value.rstrip("\\"), _EXTENTS, b"", 1024)
        return disks_in(answer)

    def _read_one(number: int) -> tuple[int | None, Kind | None, str | None]:
        device = rf"\\.\PhysicalDrive{number}"
        return (
            size_in(_ask(device, _GEOMETRY, b"", 512)),
            kind_in(_ask(device, _PROPERTY, struct.pack("<III", _SEEK_PENALTY, 0, 0), 64)),
            model_in(_ask(device, _PROPERTY, struct.pack("<III", _DEVICE, 0, 0), 1024)),
        )

    def _ask(device: str, code: int, question: bytes, room: int) -> bytes | None:
        """Return the driver's answer; None where it has none for us."""
        with _opened(device) as handle:
            if handle is None:
                return None
            answer, got = ctypes.create_string_buffer(room), DWORD()
            given = ctypes.create_string_buffer(question, len(question)) if question else None
            done = _kernel.DeviceIoControl(
                handle, code, given, len(question), answer, room, byref(got), None
            )
            return answer.raw[: got.value] if done else None

    @contextlib.contextmanager
    def _opened(device: str) -> Iterator[int | None]:
        handle = _kernel.CreateFileW(device, 0, _SHARE_ALL, None, _OPEN_EXISTING, 0, None)
        if handle in (None, _INVALID):
            yield None
            return
        try:
            yield handle
        finally:
            _kernel.CloseHandle(handle)


def disks_in(extents: bytes | None) -> list[int]:
    """Return the numbers of the disks in a VOLUME_DISK_EXTENTS, each once."""
    if extents is None or len(extents) < _EXTENTS_HEAD.size:
        return []
    there = (len(extents) - _EXTENTS_HEAD.size) // _EXTENT.size
    count = min(_EXTENTS_HEAD.unpack_from(extents)[0], there)
    places = [_EXTENTS_HEAD.size + at * _EXTENT.size for at in range(count)]
    return list(dict.fromkeys(_EXTENT.unpack_from(extents, at)[0] for at in places))


def size_in(geometry: bytes | None) -> int | None:
    """Return the disk's bytes in a DISK_GEOMETRY_EX."""
    if geometry is None or len(geometry) < _DISK_SIZE.size:
        return None
    size: int = _DISK_SIZE.unpack_from(geometry)[0]
    return size if size > 0 else None


def kind_in(penalty: bytes | None) -> Kind | None:
    """Return what a DEVICE_SEEK_PENALTY_DESCRIPTOR says: a disk that must seek turns."""
    if penalty is None or len(penalty) < _PENALTY.size:
        return None
    return "hdd" if _PENALTY.unpack_from(penalty)[2] else "ssd"


def model_in(descriptor: bytes | None) -> str | None:
    """Return the product's name in a STORAGE_DEVICE_DESCRIPTOR."""
    if descriptor is None or len(descriptor) < _PRODUCT_AT.size:
        return None
    offset = _PRODUCT_AT.unpack_from(descriptor)[0]
    if not 0 < offset < len(descriptor):
        return None
    name = descriptor[offset:].split(b"\0", 1)[0].decode("ascii", "replace").strip()
    return name or None
