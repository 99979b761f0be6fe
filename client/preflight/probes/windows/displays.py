"""Displays on Windows: EnumDisplayMonitors, GetDpiForMonitor, QueryDisplayConfig.

Constants and structures: wingdi.h and winuser.h of the Windows SDK (learn.microsoft.com
"DISPLAYCONFIG_VIDEO_OUTPUT_TECHNOLOGY", "DISPLAYCONFIG_PATH_INFO").
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import NamedTuple

from client.preflight.facts.displays import Display, DisplayFacts, Link

_INTERNAL = 0x8000_0000
_LINKS: Mapping[int, Link] = {
    6: "internal",  # LVDS
    11: "internal",  # embedded DisplayPort
    13: "internal",  # embedded UDI
    _INTERNAL: "internal",
    15: "wireless",  # Miracast
    16: "indirect",  # indirect wired: USB docks, DisplayLink
    17: "virtual",  # indirect virtual
}
_LAST_WIRED = 18
"""DISPLAYPORT_USB_TUNNEL; what is newer is not known."""


class Target(NamedTuple):
    """Where the picture of one part of the desktop goes."""

    device: str
    r"""The part's name, such as `\\.\DISPLAY1`."""
    technology: int
    name: str
    """The name that the display tells of itself, often empty."""


class Monitor(NamedTuple):
    """One part of the desktop."""

    device: str
    width: int
    height: int
    dpi: int
    """0: not told."""


def link_of(technology: int) -> Link:
    """Return the kind of connection behind a number of Windows'."""
    known = _LINKS.get(technology & 0xFFFF_FFFF)
    if known is not None:
        return known
    return "wired" if 0 <= technology <= _LAST_WIRED else "unknown"


def facts_of(monitors: list[Monitor], targets: list[Target]) -> DisplayFacts:
    """Put both lists together by the names of the parts."""
    displays = []
    for monitor in monitors:
        own = [target for target in targets if target.device == monitor.device]
        names = " + ".join(target.name for target in own if target.name)
        displays.append(
            Display(
                name=(names or monitor.device)[:120],
                width=monitor.width,
                height=monitor.height,
                scale_percent=round(monitor.dpi / 96 * 100) if monitor.dpi else None,
                links=tuple(link_of(target.technology) for target in own),
            )
        )
    return DisplayFacts(displays=tuple(displays))


if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import (
        BOOL,
        DWORD,
        HDC,
        HMONITOR,
        LPARAM,
        LPRECT,
        RECT,
        WCHAR,
    )

    from client.capture.screen.windows import be_dpi_aware

    _ACTIVE_PATHS, _SOURCE_NAME, _TARGET_NAME, _EFFECTIVE_DPI = 2, 1, 2, 0
    _MODE_BYTES = 64  # DISPLAYCONFIG_MODE_INFO, which we only make room for

    class _MonitorInfo(ctypes.Structure):
        """MONITORINFOEXW."""

        _fields_ = (
            ("size", DWORD),
            ("whole", RECT),
            ("work", RECT),
            ("flags", DWORD),
            ("device", WCHAR * 32),
        )

    class _Id(ctypes.Structure):
        """Adapter and number of a source or target."""

        _fields_ = (("adapter", DWORD * 2), ("number", DWORD))

    class _Path(ctypes.Structure):
        """DISPLAYCONFIG_PATH_INFO."""

        _fields_ = (
            ("source", _Id),
            ("source_rest", DWORD * 2),
            ("target", _Id),
            ("target_mode", DWORD),
            ("technology", DWORD),
            ("target_rest", DWORD * 7),
            ("flags", DWORD),
        )

    class _Asked(ctypes.Structure):
        """DISPLAYCONFIG_DEVICE_INFO_HEADER."""

        _fields_ = (("kind", DWORD), ("size", DWORD), ("id", _Id))

    class _SourceName(ctypes.Structure):
        """DISPLAYCONFIG_SOURCE_DEVICE_NAME."""

        _fields_ = (("asked", _Asked), ("device", WCHAR * 32))

    class _TargetName(ctypes.Structure):
        """DISPLAYCONFIG_TARGET_DEVICE_NAME."""

        _fields_ = (
            ("asked", _Asked),
            ("rest", DWORD * 4),
            ("name", WCHAR * 64),
            ("path", WCHAR * 128),
        )

    _user = ctypes.WinDLL("user32", use_last_error=True)
    _See = ctypes.WINFUNCTYPE(BOOL, HMONITOR, HDC, LPRECT, LPARAM)
    _user.EnumDisplayMonitors.argtypes = [HDC, LPRECT, _See, LPARAM]
    _user.EnumDisplayMonitors.restype = BOOL
    _user.GetMonitorInfoW.argtypes = [HMONITOR, ctypes.c_void_p]
    _user.GetMonitorInfoW.restype = BOOL

    def read_displays() -> DisplayFacts:
        """Return the displays that are part of this session's desktop."""
        be_dpi_aware()
        return facts_of(_monitors(), _targets())

    def _monitors() -> list[Monitor]:
        handles: list[int] = []

        def see(handle: int, _dc: int, _rect: object, _data: int) -> bool:
            handles.append(handle)
            return True

        _user.EnumDisplayMonitors(None, None, _See(see), 0)
        return [found for handle in handles if (found := _monitor(handle)) is not None]

    def _monitor(handle: int) -> Monitor | None:
        info = _MonitorInfo(size=ctypes.sizeof(_MonitorInfo))
        if not _user.GetMonitorInfoW(handle, ctypes.byref(info)):
            return None
        whole = info.whole
        return Monitor(
            info.device, whole.right - whole.left, whole.bottom - whole.top, _dpi(handle)
        )

    def _dpi(handle: int) -> int:
        """Ask for dots an inch; Windows 8 and older cannot tell."""
        across, down = ctypes.c_uint(), ctypes.c_uint()
        try:
            ask = ctypes.WinDLL("shcore").GetDpiForMonitor
        except (OSError, AttributeError):
            return 0
        ask.argtypes = [HMONITOR, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
        failed = ask(handle, _EFFECTIVE_DPI, ctypes.byref(across), ctypes.byref(down))
        return 0 if failed else across.value

    def _targets() -> list[Target]:
        paths, modes = DWORD(), DWORD()
        if _user.GetDisplayConfigBufferSizes(
            _ACTIVE_PATHS, ctypes.byref(paths), ctypes.byref(modes)
        ):
            return []
        found = (_Path * paths.value)()
        room = ctypes.create_string_buffer(_MODE_BYTES * max(1, modes.value))
        failed = _user.QueryDisplayConfig(
            _ACTIVE_PATHS, ctypes.byref(paths), found, ctypes.byref(modes), room, None
        )
        return [] if failed else [_target(path) for path in found[: paths.value]]

    def _target(path: _Path) -> Target:
        source = _SourceName(asked=_asked(_SOURCE_NAME, _SourceName, path.source))
        named = _TargetName(asked=_asked(_TARGET_NAME, _TargetName, path.target))
        has_source = not _user.DisplayConfigGetDeviceInfo(ctypes.byref(source))
        has_name = not _user.DisplayConfigGetDeviceInfo(ctypes.byref(named))
        return Target(
            source.device if has_source else "", path.technology, named.name if has_name else ""
        )

    def _asked(kind: int, structure: type[ctypes.Structure], number: _Id) -> _Asked:
        return _Asked(kind=kind, size=ctypes.sizeof(structure), id=number)
