"""Keeps looking at a session: its view twice a second, its camera picture three times."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from client.attempt.view import Session, View
from client.ui.background import Background, Lane

log = logging.getLogger(__name__)
VIEW_MS = 500
PREVIEW_MS = 333


class Watcher(QObject):
    """Asks through the background, never twice at once, and tells on the window's thread."""

    viewed = Signal(object)
    """A new `View`."""
    pictured = Signal(bytes)
    """A JPEG of the camera."""
    failed = Signal(object)
    """The exception that `Session.view` raised."""

    def __init__(self, session: Session, background: Background, parent: QObject) -> None:
        """Prepare; `start` begins."""
        super().__init__(parent)
        self._session = session
        self._background = background
        self._wanted = 0
        self._failing = False
        self._timers = (QTimer(self), QTimer(self))
        for timer, interval, slot in zip(
            self._timers, (VIEW_MS, PREVIEW_MS), (self._look, self._picture), strict=True
        ):
            timer.setInterval(interval)
            timer.timeout.connect(slot)
        self.wants_pictures = False

    def start(self) -> None:
        """Begin, with the first view at once."""
        self._look()
        for timer in self._timers:
            timer.start()

    def stop(self) -> None:
        """Ask no more; what is under way is not told."""
        self._wanted += 1
        for timer in self._timers:
            timer.stop()

    def refresh(self) -> None:
        """Take a view that begins after this call; one that began before is not told."""
        self._wanted += 1
        self._look()

    def _look(self) -> None:
        if self._background.is_busy(Lane.VIEW):
            return
        wanted = self._wanted
        self._background.run(
            Lane.VIEW,
            self._session.view,
            partial(self._seen, wanted),
            partial(self._not_seen, wanted),
        )

    def _is_stale(self, wanted: int) -> bool:
        if wanted == self._wanted:
            return False
        if self._timers[0].isActive():
            self._look()
        return True

    def _seen(self, wanted: int, view: View) -> None:
        self._failing = False
        if not self._is_stale(wanted):
            self.viewed.emit(view)

    def _not_seen(self, wanted: int, error: Exception) -> None:
        if not self._failing:
            log.error("view failed", exc_info=error)
        self._failing = True
        if not self._is_stale(wanted):
            self.failed.emit(error)

    def _picture(self) -> None:
        if self.wants_pictures and not self._background.is_busy(Lane.PREVIEW):
            self._background.run(Lane.PREVIEW, self._jpeg, self._pictured, self._not_pictured)

    def _jpeg(self) -> bytes | None:
        preview = self._session.preview()
        return None if preview is None else preview.jpeg

    def _pictured(self, jpeg: bytes | None) -> None:
        if jpeg is not None and self._timers[1].isActive():
            self.pictured.emit(jpeg)

    def _not_pictured(self, error: Exception) -> None:
        log.warning("no preview: %s", type(error).__name__)
