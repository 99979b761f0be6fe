"""The sound that calls a contestant when a device is lost or muted; nothing else makes one."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from client.recorder.protocol import Status

AGAIN_S = 10.0


class Alarm:
    """Sounds at once, then every 10 s, for as long as a source alarms."""

    def __init__(
        self,
        sound: Callable[[], None] = QApplication.beep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Be silent."""
        self._sound, self._clock = sound, clock
        self._due = 0.0

    def heed(self, status: Status | None) -> None:
        """Take in the recorder's newest status; None where there is none."""
        if status is None or not any(source.alarm for source in status.sources):
            self._due = 0.0
        elif self._clock() >= self._due:
            self._due = self._clock() + AGAIN_S
            self._sound()
