r"""What the probes ask of Windows: registry and files, behind one small interface.

Tests answer in its place from the registry of other machines. A 64-bit Windows keeps two
`HKLM\SOFTWARE`, one for 64-bit and one for 32-bit programs; `HKCU` is one for both.
"""

from __future__ import annotations

import ntpath
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, Protocol

Root = Literal["HKLM64", "HKLM32", "HKCU"]
ROOTS: tuple[Root, ...] = ("HKLM64", "HKLM32", "HKCU")
_UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
_MOST_ENTRIES = 2000


class Machine(Protocol):
    """A Windows computer; what is not there is answered by nothing, never by an error."""

    def subkeys(self, root: Root, path: str) -> tuple[str, ...]:
        """Return the names of the keys below."""
        ...

    def values(self, root: Root, path: str) -> Mapping[str, str | int]:
        """Return texts and numbers of a key by name in lower case; the default one is ''."""
        ...

    def is_file(self, path: str) -> bool:
        """Tell whether the file exists."""
        ...

    def file_version(self, path: str) -> str | None:
        """Return the version in a program file, None where it carries none."""
        ...


class Entry(NamedTuple):
    """One line of the system's list of installed programs."""

    name: str
    version: str
    location: str
    icon: str


def text(machine: Machine, root: Root, path: str, name: str = "") -> str:
    """Return one text of the registry, empty where there is none."""
    value = machine.values(root, path).get(name.lower(), "")
    return value if isinstance(value, str) else ""


def installed_entries(machine: Machine) -> Iterator[Entry]:
    """Yield the list of installed programs: of this computer, both views, then of this user."""
    for root in ROOTS:
        for key in machine.subkeys(root, _UNINSTALL)[:_MOST_ENTRIES]:
            values = machine.values(root, rf"{_UNINSTALL}\{key}")
            words = (values.get(n, "") for n in _ENTRY_VALUES)
            entry = Entry(*(word if isinstance(word, str) else "" for word in words))
            if entry.name:
                yield entry


_ENTRY_VALUES = ("displayname", "displayversion", "installlocation", "displayicon")


def program_of(command: str) -> str:
    r"""Return the path in a command line or icon: `"C:\a b\x.exe" -y`, `C:\x.exe,0`."""
    command = command.strip()
    quoted = re.match(r'"([^"]+)"', command)
    if quoted:
        return quoted[1]
    plain = re.match(r"(.+?\.exe)\b", command, re.IGNORECASE)
    return plain[1] if plain else command


def in_folder(folder: str, name: str) -> str:
    """Return the path of a file in a folder that the registry names, empty for no folder."""
    folder = folder.strip().strip('"')
    return ntpath.join(folder, name) if folder else ""


if sys.platform == "win32":
    import ctypes
    import winreg
    from ctypes.wintypes import DWORD
    from pathlib import Path

    _HIVES = {
        "HKLM64": (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_READ | winreg.KEY_WOW64_64KEY),
        "HKLM32": (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_READ | winreg.KEY_WOW64_32KEY),
        "HKCU": (winreg.HKEY_CURRENT_USER, winreg.KEY_READ),
    }
    _SIGNATURE = 0xFEEF04BD

    class _FixedInfo(ctypes.Structure):
        """VS_FIXEDFILEINFO, up to what we read."""

        _fields_ = (
            ("signature", DWORD),
            ("structure", DWORD),
            ("file_high", DWORD),
            ("file_low", DWORD),
        )

    class ThisMachine:
        """The computer that this runs on; see `Machine`."""

        def subkeys(self, root: Root, path: str) -> tuple[str, ...]:
            """See `Machine`."""
            hive, access = _HIVES[root]
            try:
                with winreg.OpenKey(hive, path, 0, access) as key:
                    count = winreg.QueryInfoKey(key)[0]
                    return tuple(winreg.EnumKey(key, at) for at in range(count))
            except OSError:
                return ()

        def values(self, root: Root, path: str) -> Mapping[str, str | int]:
            """See `Machine`."""
            hive, access = _HIVES[root]
            found: dict[str, str | int] = {}
            try:
                with winreg.OpenKey(hive, path, 0, access) as key:
                    for at in range(winreg.QueryInfoKey(key)[1]):
                        name, value, kind = winreg.EnumValue(key, at)
                        if kind == winreg.REG_EXPAND_SZ and isinstance(value, str):
                            value = winreg.ExpandEnvironmentStrings(value)
                        if isinstance(value, str | int):
                            found[name.lower()] = value
            except OSError:
                return found
            return found

        def is_file(self, path: str) -> bool:
            """See `Machine`."""
            try:
                return Path(path).is_file()
            except (OSError, ValueError):
                return False

        def file_version(self, path: str) -> str | None:
            """See `Machine`."""
            library = ctypes.windll.version
            size = int(library.GetFileVersionInfoSizeW(path, None))
            if not size:
                return None
            block = ctypes.create_string_buffer(size)
            if not library.GetFileVersionInfoW(path, 0, size, block):
                return None
            place, length = ctypes.c_void_p(), ctypes.c_uint()
            library.VerQueryValueW.argtypes = (
                ctypes.c_void_p,
                ctypes.c_wchar_p,
                ctypes.c_void_p,
                ctypes.c_void_p,
            )
            if not library.VerQueryValueW(block, "\\", ctypes.byref(place), ctypes.byref(length)):
                return None
            if place.value is None or length.value < ctypes.sizeof(_FixedInfo):
                return None
            info = _FixedInfo.from_address(place.value)
            if info.signature != _SIGNATURE:
                return None
            numbers = divmod(info.file_high, 1 << 16) + divmod(info.file_low, 1 << 16)
            return ".".join(str(number) for number in numbers)
