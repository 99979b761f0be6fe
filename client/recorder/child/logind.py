"""Linux: logind tells that the computer shuts down or sleeps, and waits while we hold its lock.

It waits 5 s at most (InhibitDelayMaxSec). Source: systemd's manual, org.freedesktop.login1(5).
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable

from client.recorder.child.bus import Bus, BusError
from client.recorder.child.inhibit import LOGIN, lock

ENDS_S = 4.0
"""So long the end of the recording is waited for; logind itself would wait a second more."""
SHUTDOWN, SLEEP = "PrepareForShutdown", "PrepareForSleep"

log = logging.getLogger(__name__)


class LoginWatch:
    """A thread that listens to logind. Where there is none it ends at once."""

    def __init__(self, interrupt: Callable[[], None], flush: Callable[[], None]) -> None:
        """Begin to listen; nobody waits for the bus."""
        self._interrupt, self._flush = interrupt, flush
        self._ended = threading.Event()
        self._until, self._end = os.pipe()
        self._lock = -1
        self._thread = threading.Thread(target=self._live, name="logind", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let the computer go: all is on the disk."""
        self._ended.set()
        os.close(self._end)
        self._thread.join(ENDS_S)

    def _live(self) -> None:
        try:
            with contextlib.closing(Bus()) as bus:
                self._listen(bus)
        except BusError as error:
            log.info("nobody tells of sleep and shutdown: %s", error)
        finally:
            self._release()
            os.close(self._until)

    def _listen(self, bus: Bus) -> None:
        for member in (SHUTDOWN, SLEEP):
            bus.listen(LOGIN, member)
        self._hold(bus)
        for member, begins in bus.signals(LOGIN, (SHUTDOWN, SLEEP), self._until):
            self._hear(bus, member, begins=begins)

    def _hear(self, bus: Bus, member: str, *, begins: bool) -> None:
        log.info("logind: %s %s", member, begins)
        if not begins:  # awake again, or the shutdown was cancelled
            self._hold(bus)
        elif member == SLEEP:
            self._flush()
            self._release()
        else:
            self._interrupt()
            self._ended.wait(ENDS_S)
            self._release()

    def _hold(self, bus: Bus) -> None:
        if self._lock < 0:
            with contextlib.suppress(BusError):
                self._lock = lock(bus, "shutdown:sleep", "delay")

    def _release(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
