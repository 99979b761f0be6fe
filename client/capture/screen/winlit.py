"""Windows tells whether the monitors are lit: it calls us, now and at each change.

Sources: PowerSettingRegisterNotification, GUID_CONSOLE_DISPLAY_STATE and POWERBROADCAST_SETTING in
Microsoft's documentation.
"""

from __future__ import annotations

import sys

OFF = 0
"""The others are 1, on, and 2, dimmed."""

if sys.platform == "win32":
    import ctypes
    from ctypes import POINTER, Structure, byref, c_void_p, cast, wintypes

    CHANGED = 0x8013  # PBT_POWERSETTINGCHANGE
    _BY_CALL = 2  # DEVICE_NOTIFY_CALLBACK
    _DISPLAY_STATE = bytes.fromhex("5695e66f4a70a0478f24c28d936fda47")
    """GUID 6fe69556-704a-47a0-8f24-c28d936fda47 as it lies in memory."""

    class Setting(Structure):
        """POWERBROADCAST_SETTING of a number."""

        _fields_ = (
            ("guid", ctypes.c_ubyte * 16),
            ("length", wintypes.DWORD),
            ("value", wintypes.DWORD),
        )

    _Heard = ctypes.WINFUNCTYPE(wintypes.ULONG, c_void_p, wintypes.ULONG, c_void_p)

    class _Subscription(Structure):
        """DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS."""

        _fields_ = (("callback", _Heard), ("context", c_void_p))

    _power = ctypes.WinDLL("powrprof")
    _power.PowerSettingRegisterNotification.argtypes = [
        c_void_p,
        wintypes.DWORD,
        POINTER(_Subscription),
        POINTER(c_void_p),
    ]
    _power.PowerSettingUnregisterNotification.argtypes = [c_void_p]

    class DisplayPower:
        """Listens until it is closed."""

        def __init__(self) -> None:
            """Begin; Windows calls at once where it can tell."""
            self.lit: bool | None = None
            """False: all monitors are off. None: Windows has not told."""
            self._handle = c_void_p()
            self._subscription = _Subscription(callback=_Heard(self.heard))
            guid = ctypes.create_string_buffer(_DISPLAY_STATE, 16)
            _power.PowerSettingRegisterNotification(
                guid, _BY_CALL, byref(self._subscription), byref(self._handle)
            )

        def heard(self, _context: int | None, kind: int, setting: int | None) -> int:
            """Take what Windows tells; `setting` is the address of a `Setting`."""
            if kind == CHANGED and setting:
                told = cast(setting, POINTER(Setting)).contents
                if bytes(told.guid) == _DISPLAY_STATE:
                    self.lit = told.value != OFF
            return 0

        def close(self) -> None:
            """Listen no more; more than once does no harm."""
            handle, self._handle = self._handle, c_void_p()
            if handle.value:
                _power.PowerSettingUnregisterNotification(handle)
