"""The monitors on Windows, their turn and scale, whether they are lit, what covers the desktop.

Sources: EnumDisplayMonitors, EnumDisplaySettingsW, GetDpiForMonitor, OpenInputDesktop,
GetUserObjectInformationW in Microsoft's documentation.
"""

from __future__ import annotations

import sys

from client.capture.screen.monitors import Cover, Surroundings

LOCKED, SAVER = "Winlogon", "Screen-saver"
"""Names of desktops. On the first Windows shows its lock screen as well as its questions."""


def cover_of(desktop: str, *, is_locked: bool) -> Cover:
    """Return what it means that `desktop` receives the input; empty: we may not even ask."""
    if is_locked:
        return "locked"
    if desktop in ("", LOCKED):
        return "secure"
    return "locked" if desktop == SAVER else ""


if sys.platform == "win32":
    import ctypes
    from ctypes import POINTER, Structure, byref, c_void_p, sizeof
    from ctypes.wintypes import (
        BOOL,
        DWORD,
        HANDLE,
        INT,
        LONG,
        LPARAM,
        LPCWSTR,
        LPWSTR,
        RECT,
        UINT,
        WCHAR,
        WORD,
    )

    from client.capture.screen.grabber import Box
    from client.capture.screen.monitors import Monitor
    from client.capture.screen.windows import VirtualScreen, be_dpi_aware
    from client.capture.screen.winlit import DisplayPower

    _CURRENT = 0xFFFF_FFFF  # ENUM_CURRENT_SETTINGS
    _EFFECTIVE = 0  # MDT_EFFECTIVE_DPI
    _NAME = 2  # UOI_NAME
    _THIS_SESSION, _SESSION_INFO = 0xFFFF_FFFF, 25  # WTSSessionInfoEx
    _IS_LOCKED = 0  # WTS_SESSIONSTATE_LOCK

    class _Info(Structure):
        """MONITORINFOEXW."""

        _fields_ = (
            ("size", DWORD),
            ("whole", RECT),
            ("work", RECT),
            ("flags", DWORD),
            ("device", WCHAR * 32),
        )

    class _Mode(Structure):
        """DEVMODEW of a display."""

        _fields_ = (
            ("device", WCHAR * 32),
            ("version", WORD),
            ("driver", WORD),
            ("size", WORD),
            ("extra", WORD),
            ("fields", DWORD),
            ("left", LONG),
            ("top", LONG),
            ("turn", DWORD),
            ("rest", ctypes.c_byte * 132),
        )

    class _SessionInfo(Structure):
        """WTSINFOEXW of level 1, its beginning."""

        _fields_ = (
            ("level", DWORD),
            ("pad", DWORD),
            ("session", DWORD),
            ("state", INT),
            ("flags", LONG),
        )

    _Heard = ctypes.WINFUNCTYPE(BOOL, HANDLE, HANDLE, POINTER(RECT), LPARAM)
    _user = ctypes.WinDLL("user32", use_last_error=True)
    _user.EnumDisplayMonitors.argtypes = [HANDLE, POINTER(RECT), _Heard, LPARAM]
    _user.GetMonitorInfoW.argtypes = [HANDLE, POINTER(_Info)]
    _user.EnumDisplaySettingsW.argtypes = [LPCWSTR, DWORD, POINTER(_Mode)]
    _user.OpenInputDesktop.argtypes = [DWORD, BOOL, DWORD]
    _user.OpenInputDesktop.restype = HANDLE
    _user.CloseDesktop.argtypes = [HANDLE]
    _user.GetUserObjectInformationW.argtypes = [HANDLE, INT, c_void_p, DWORD, POINTER(DWORD)]
    _shcore = ctypes.WinDLL("shcore")
    _shcore.GetDpiForMonitor.argtypes = [HANDLE, INT, POINTER(UINT), POINTER(UINT)]
    _wts = ctypes.WinDLL("wtsapi32")
    _wts.WTSQuerySessionInformationW.argtypes = [
        HANDLE,
        DWORD,
        INT,
        POINTER(LPWSTR),
        POINTER(DWORD),
    ]
    _wts.WTSFreeMemory.argtypes = [c_void_p]

    class WinMonitors:
        """Reads them; Windows itself tells whether they are lit."""

        def __init__(self) -> None:
            """See real pixels."""
            be_dpi_aware()
            self._power = DisplayPower()

        def read(self) -> Surroundings:
            """Return desktop, monitors and cover as they are."""
            handles: list[int] = []

            def hear(monitor: int, *_: object) -> bool:
                handles.append(monitor)
                return True

            _user.EnumDisplayMonitors(None, None, _Heard(hear), 0)
            found = tuple(m for m in map(_monitor, handles) if m is not None)
            return Surroundings(VirtualScreen().box(), found, self._power.lit, cover())

        def close(self) -> None:
            """Let Windows tell no more."""
            self._power.close()

    def cover() -> Cover:
        """Return what covers the desktop now."""
        return cover_of(_input_desktop(), is_locked=_is_locked())

    def _monitor(handle: int) -> Monitor | None:
        info, mode = _Info(size=sizeof(_Info)), _Mode(size=sizeof(_Mode))
        if not _user.GetMonitorInfoW(handle, byref(info)):
            return None
        across, down = UINT(96), UINT(96)
        _shcore.GetDpiForMonitor(handle, _EFFECTIVE, byref(across), byref(down))
        turn = mode.turn if _user.EnumDisplaySettingsW(info.device, _CURRENT, byref(mode)) else 0
        whole = info.whole
        box = Box(whole.left, whole.top, whole.right - whole.left, whole.bottom - whole.top)
        name = info.device.removeprefix("\\\\.\\")
        return Monitor(name, box, turn % 4 * 90, round(across.value * 100 / 96))

    def _input_desktop() -> str:
        """Return the name of the desktop that receives the input; empty where that is refused."""
        desktop = _user.OpenInputDesktop(0, 0, 0)
        if not desktop:
            return ""
        name, needed = ctypes.create_unicode_buffer(64), DWORD()
        _user.GetUserObjectInformationW(desktop, _NAME, name, sizeof(name), byref(needed))
        _user.CloseDesktop(desktop)
        return name.value

    def _is_locked() -> bool:
        """Ask the session; Windows 10 and 11 mean what their documentation says."""
        told, size = LPWSTR(), DWORD()
        asked = _wts.WTSQuerySessionInformationW(
            None, _THIS_SESSION, _SESSION_INFO, byref(told), byref(size)
        )
        if not asked:
            return False
        place = ctypes.cast(told, c_void_p)
        info = ctypes.cast(place, POINTER(_SessionInfo)).contents
        is_locked = size.value >= sizeof(_SessionInfo) and info.flags == _IS_LOCKED
        _wts.WTSFreeMemory(place)
        return bool(is_locked)
