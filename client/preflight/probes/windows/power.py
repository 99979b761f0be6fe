"""Power as Windows tells it: GetSystemPowerStatus, and the active scheme's settings for mains.

learn.microsoft.com: SYSTEM_POWER_STATUS, PowerReadACValueIndex, "Power Setting GUIDs".
"""

from __future__ import annotations

import sys

from client.preflight.facts.power import LidAction, PowerFacts

LID_ACTIONS: dict[int, LidAction] = {0: "nothing", 1: "sleep", 2: "hibernate", 3: "shutdown"}
_OFFLINE, _ONLINE = 0, 1
_NO_BATTERY, _BATTERY_UNKNOWN = 128, 255
_FULL = 100


def facts_of(
    line: int, flags: int, percent: int, sleeps_after_s: int | None, lid: int | None
) -> PowerFacts:
    """Return what the three bytes of SYSTEM_POWER_STATUS and the scheme's numbers mean."""
    has_battery = None if flags == _BATTERY_UNKNOWN else not flags & _NO_BATTERY
    return PowerFacts(
        on_mains={_OFFLINE: False, _ONLINE: True}.get(line),
        has_battery=has_battery,
        battery_percent=percent if has_battery and percent <= _FULL else None,
        sleeps_after_s=sleeps_after_s,
        lid=None if lid is None else LID_ACTIONS.get(lid, "other"),
    )


if sys.platform == "win32":
    import ctypes
    import uuid
    from ctypes import POINTER, byref, c_void_p
    from ctypes.wintypes import BOOL, BYTE, DWORD, HKEY

    _SLEEP = "238c9fa8-0aad-41ed-83f4-97be242c8f20", "29f6c1db-86da-48c5-9fdb-f2b67b1f44da"
    _LID = "4f971e89-eebd-4455-a8de-9e59040e7347", "5ca83367-6e45-459f-a27b-476b1d01c936"

    class _Status(ctypes.Structure):
        _fields_ = (
            ("line", ctypes.c_ubyte),
            ("flags", ctypes.c_ubyte),
            ("percent", ctypes.c_ubyte),
            ("saver", ctypes.c_ubyte),
            ("seconds", DWORD),
            ("full_seconds", DWORD),
        )

    _Guid = BYTE * 16

    def look_at_power() -> PowerFacts:
        """Return what is known of it; OSError where Windows tells nothing."""
        status = _Status()
        ask = ctypes.WinDLL("kernel32", use_last_error=True).GetSystemPowerStatus
        ask.argtypes, ask.restype = [POINTER(_Status)], BOOL
        if not ask(byref(status)):
            raise ctypes.WinError(ctypes.get_last_error())
        sleeps, lid = _of_scheme(*_SLEEP), _of_scheme(*_LID)
        return facts_of(status.line, status.flags, status.percent, sleeps, lid)

    def _of_scheme(group: str, setting: str) -> int | None:
        """Return a number of the active power scheme for mains; None where it has none."""
        library = ctypes.WinDLL("powrprof")
        scheme, value = c_void_p(), DWORD()
        try:
            active, read = library.PowerGetActiveScheme, library.PowerReadACValueIndex
        except AttributeError:
            return None
        active.argtypes = [HKEY, POINTER(c_void_p)]
        read.argtypes = [HKEY, c_void_p, POINTER(_Guid), POINTER(_Guid), POINTER(DWORD)]
        if active(None, byref(scheme)) or scheme.value is None:
            return None
        try:
            failed = read(None, scheme, byref(_guid(group)), byref(_guid(setting)), byref(value))
        finally:
            free = ctypes.WinDLL("kernel32").LocalFree
            free.argtypes = [c_void_p]
            free(scheme)
        return None if failed else value.value

    def _guid(text: str) -> ctypes.Array[BYTE]:
        return _Guid.from_buffer_copy(uuid.UUID(text).bytes_le)
