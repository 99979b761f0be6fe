"""Watches what surrounds the screen: monitors, their power, the lock screen; says what changed."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from client.base.text import Text
from client.capture.screen.grabber import GRAB_FAILED
from client.capture.screen.monitors import Surroundings, news, outside, why_none
from client.evidence.entries import Entry, Note

LOOK_S, REOPEN_S = 3.0, 10.0

log = logging.getLogger(__name__)


class Looks(Protocol):
    """Tells how things are; raises one of GRAB_FAILED while that cannot be told."""

    def read(self) -> Surroundings:
        """Return how they are now."""
        ...

    def close(self) -> None:
        """Let go of what was opened to ask."""
        ...


class Around:
    """A thread that looks every 3 s; a system that hangs holds up nothing else."""

    def __init__(self, open_looks: Callable[[], Looks], post: Callable[[Entry], None]) -> None:
        """Prepare; `open_looks` is called in the thread, again after each failure."""
        self._open, self._post = open_looks, post
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name="around", daemon=True)
        self._now: Surroundings | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join(0.2)

    def why_none(self) -> Text | None:
        """Return why there may be no picture, as seen last; None where nothing speaks for it."""
        seen = self._now
        return None if seen is None else why_none(_newest(seen))

    def _live(self) -> None:
        self._ended.wait(LOOK_S)  # what is recorded comes first
        while not self._ended.is_set():
            try:
                looks = self._open()
            except GRAB_FAILED as error:
                log.info("nobody tells of monitors: %s", error)
            else:
                try:
                    self._look(looks)
                except GRAB_FAILED as error:
                    log.info("monitors: %s", error)
                finally:
                    looks.close()
            self._ended.wait(REOPEN_S)

    def _look(self, looks: Looks) -> None:
        while not self._ended.is_set():
            now, before = looks.read(), self._now
            self._now = now
            if now != before:
                said = [] if before is None else news(before, now)
                for text in said:
                    self._post(Note.of(text, "info", "screen"))
                for text in outside(now):
                    self._post(Note.of(text, "warning", "screen"))
            self._ended.wait(LOOK_S)


if sys.platform == "win32":
    from client.capture.screen.winmonitors import WinMonitors, cover

    def open_looks() -> Looks:
        """Return what tells of this computer."""
        return WinMonitors()

    def _newest(seen: Surroundings) -> Surroundings:
        """Return them with what covers the desktop at this moment."""
        return replace(seen, cover=cover())
else:
    from client.capture.screen.x11monitors import XMonitors
    from client.recorder.child.lockscreen import LockScreen

    class _LinuxLooks:
        """The X display's monitors and the lock screen."""

        def __init__(self) -> None:
            self._monitors = XMonitors(os.environ.get("DISPLAY", ""))
            self._lock = LockScreen()

        def read(self) -> Surroundings:
            seen = self._monitors.read()
            return replace(seen, cover="locked") if self._lock.is_on() else seen

        def close(self) -> None:
            self._monitors.close()
            self._lock.close()

    def open_looks() -> Looks:
        """Return what tells of this computer; one of GRAB_FAILED where nothing does."""
        return _LinuxLooks()

    def _newest(seen: Surroundings) -> Surroundings:
        """Return them as they are: a bus is not waited for, and a lock screen can be recorded."""
        return seen
