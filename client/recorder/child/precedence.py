"""More of the processor for the threads that capture, as far as the system grants it to anybody.

Windows: the Multimedia Class Scheduler Service. Linux: a nice value where the limits allow one
(RLIMIT_NICE), else RealtimeKit, which desktops have for sound. Never elevation, never real time.
"""

from __future__ import annotations

import logging
import sys
import threading

PICTURE, SOUND = "Capture", "Pro Audio"
"""Tasks that Windows knows; sound comes first on both systems."""

log = logging.getLogger(__name__)

if sys.platform == "win32":
    import ctypes
    from ctypes import POINTER, byref
    from ctypes.wintypes import BOOL, DWORD, HANDLE, LPCWSTR

    _ABOVE_NORMAL = 0x8000
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.GetCurrentProcess.restype = HANDLE
    _kernel.SetPriorityClass.argtypes = [HANDLE, DWORD]
    _kernel.SetPriorityClass.restype = BOOL

    def take_precedence(task: str) -> None:
        """Ask for the calling thread, and its process; the log says what came of it."""
        raised = _kernel.SetPriorityClass(_kernel.GetCurrentProcess(), _ABOVE_NORMAL)
        try:
            avrt = ctypes.WinDLL("avrt", use_last_error=True)
        except OSError:  # Windows N without its media features
            log.info("%s: class %s, no MMCSS", task, bool(raised))
            return
        avrt.AvSetMmThreadCharacteristicsW.argtypes = [LPCWSTR, POINTER(DWORD)]
        avrt.AvSetMmThreadCharacteristicsW.restype = HANDLE
        known = avrt.AvSetMmThreadCharacteristicsW(task, byref(DWORD(0)))
        log.info("%s: class %s, MMCSS %s", task, bool(raised), bool(known))
else:
    import os

    from client.recorder.child.bus import Bus, BusError, Peer

    NICE = {PICTURE: -5, SOUND: -10}
    KIT = Peer(
        "org.freedesktop.RealtimeKit1",
        "/org/freedesktop/RealtimeKit1",
        "org.freedesktop.RealtimeKit1",
    )

    def take_precedence(task: str) -> None:
        """Ask for the calling thread, whose later threads inherit it; the log says what came of it.

        Only what needs no answer from another process is waited for.
        """
        thread, nice = threading.get_native_id(), NICE[task]
        try:
            os.setpriority(os.PRIO_PROCESS, thread, nice)
            log.info("%s: nice %d", task, nice)
        except OSError:
            asking = threading.Thread(target=_ask_kit, args=(task, thread, nice), daemon=True)
            asking.start()

    def _ask_kit(task: str, thread: int, nice: int) -> None:
        try:
            bus = Bus()
        except BusError as error:
            log.info("%s: usual priority, no system bus (%s)", task, error)
            return
        try:
            bus.call(KIT, "MakeThreadHighPriority", "ti", thread, nice)
            log.info("%s: nice %d by RealtimeKit", task, nice)
        except BusError as error:
            log.info("%s: usual priority (%s)", task, error)
        finally:
            bus.close()
