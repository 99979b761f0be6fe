"""The one way to run blocking work from the window; no other file of `ui` starts a thread.

Work runs in lanes, one thread and one piece of work at a time each, so a slow step never holds up
the lights. Results and errors come back on the window's thread. Threads are daemons: a call that
never returns cannot keep the closed program alive.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

log = logging.getLogger(__name__)
T = TypeVar("T")


class Lane(StrEnum):
    """What must not overlap itself."""

    STEP = "step"
    VIEW = "view"
    PREVIEW = "preview"
    LONG = "long"
    """Copying, verifying, collecting: minutes."""
    CHECK = "check"
    SAMPLE = "sample"


@dataclass
class _Job:
    lane: Lane
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    result: Any = None
    error: Exception | None = None

    def perform(self) -> None:
        try:
            self.result = self.work()
        except Exception as error:  # noqa: BLE001 - delivered to the window, which shows and logs it
            self.error = error


def _nothing(_: object) -> None:
    """Take a result that nobody waits for."""


class Background(QObject):
    """Runs work off the window's thread and brings the outcome back to it."""

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start nothing yet; a lane's thread starts with its first work."""
        super().__init__(parent)
        self._queues: dict[Lane, queue.SimpleQueue[_Job | None]] = {}
        self._threads: list[threading.Thread] = []
        self._waiting = dict.fromkeys(Lane, 0)
        self._closed = threading.Event()
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        lane: Lane,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run `work` after what its lane already has; then call `done` or `failed` here.

        After `close` nothing is run and nothing is delivered.
        """
        if self._closed.is_set():
            return
        self._waiting[lane] += 1
        self._queue(lane).put(_Job(lane, work, done, failed))

    def is_busy(self, lane: Lane) -> bool:
        """Tell whether `lane` still has work whose outcome was not delivered."""
        return self._waiting[lane] > 0

    def close(self, last: Callable[[], None] | None = None, seconds: float = 5.0) -> bool:
        """Drop what waits, run `last` behind the running step, and end all threads.

        Returns False when a call was still running after `seconds`; it is left to itself.
        """
        if self._closed.is_set():
            return not self._alive()
        self._closed.set()
        if last is not None:
            self._queue(Lane.STEP).put(_Job(Lane.STEP, last, _nothing, _nothing))
        for waiting in self._queues.values():
            waiting.put(None)
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not self._alive()

    def _alive(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _queue(self, lane: Lane) -> queue.SimpleQueue[_Job | None]:
        if lane not in self._queues:
            self._queues[lane] = queue.SimpleQueue()
            thread = threading.Thread(
                target=self._work, args=(self._queues[lane],), name=f"window-{lane}", daemon=True
            )
            self._threads.append(thread)
            thread.start()
        return self._queues[lane]

    def _work(self, jobs: queue.SimpleQueue[_Job | None]) -> None:
        while (job := jobs.get()) is not None:
            if not self._closed.is_set():
                job.perform()
                with contextlib.suppress(RuntimeError):  # the window is gone: nobody to tell
                    self._finished.emit(job)
            elif job.done is _nothing:
                job.perform()
                if job.error is not None:
                    log.error("closing", exc_info=job.error)

    def _deliver(self, job: _Job) -> None:
        if self._closed.is_set():
            return
        self._waiting[job.lane] -= 1
        if job.error is not None:
            job.failed(job.error)
        else:
            job.done(job.result)
