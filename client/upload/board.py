"""The uploader's own notice board: its threads put facts on it, others read the snapshot."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

from client.base.clock import SECOND_US
from client.base.text import Text
from client.contest.receipt import Receipt
from client.upload.progress import Problem, UploadProgress, UploadState

Publish = Callable[[UploadProgress], None]
Part = Literal["bundles", "heartbeat", "set aside", "drive"]
_AWAY_PARTS = {"bundles", "heartbeat"}
_SHOWN_AS_AWAY = ("starting", "sending", "waiting", "sealing")


class Board:
    """Facts about the upload; publishes a snapshot at most once a second, news at once."""

    def __init__(self, publish: Publish, now_us: Callable[[], int]) -> None:
        self._publish = publish
        self._now_us = now_us
        self._lock = threading.Lock()
        self._progress = UploadProgress()
        self._phase: UploadState = "starting"
        self._troubles: dict[Part, Text] = {}
        self._refusal: Text | None = None
        self._published: UploadProgress | None = None
        self._published_us = 0

    @property
    def progress(self) -> UploadProgress:
        """Return the snapshot as it is now."""
        with self._lock:
            return self._progress

    def count(self, recorded: int, sent: int) -> None:
        """Put up how many bytes there are and how many the organizer has."""
        self._change(
            recorded_bytes=recorded, sent_bytes=sent, pending_bytes=max(0, recorded - sent)
        )

    def attached(self, total: int, sent: int, problem: Text | None) -> None:
        """Put up how much there is of foreign recordings, and why one was refused."""
        refused = Problem(zh=problem.zh, en=problem.en) if problem else None
        self._change(attached_bytes=total, attached_sent_bytes=sent, attached_problem=refused)

    def phase(self, phase: UploadState) -> None:
        """Put up what the uploader is doing."""
        with self._lock:
            self._phase = phase
        self._change()

    def trouble(self, part: Part, problem: Text | None) -> None:
        """Put up that one part meets trouble that may pass, or None when it works again."""
        with self._lock:
            self._troubles.pop(part, None)
            if problem is not None:
                self._troubles[part] = problem
        self._change()

    def refused(self, reason: Text) -> None:
        """Put up that trying again does not help."""
        with self._lock:
            self._phase, self._refusal = "refused", reason
        self._change()

    def receipt(self, receipt: Receipt) -> None:
        """Put up the organizer's last receipt."""
        self._change(last_receipt_us=receipt.time_us, address=receipt.address)

    def _change(self, **facts: int | str | Problem | None) -> None:
        with self._lock:
            problem = self._refusal or next(iter(self._troubles.values()), None)
            away = self._troubles.keys() & _AWAY_PARTS and self._phase in _SHOWN_AS_AWAY
            shown = {
                "state": "away" if away else self._phase,
                "last_problem": Problem(zh=problem.zh, en=problem.en) if problem else None,
            }
            self._progress = self._progress.model_copy(update={**facts, **shown})
            if self._is_due():
                self._publish_now()

    def flush(self) -> None:
        """Publish the last snapshot if it has not been."""
        with self._lock:
            if self._published != self._progress:
                self._publish_now()

    def _publish_now(self) -> None:
        self._published, self._published_us = self._progress, self._now_us()
        self._publish(self._progress)

    def _is_due(self) -> bool:
        old, new = self._published, self._progress
        if old is None or (old.state, old.last_problem) != (new.state, new.last_problem):
            return True
        return old != new and self._now_us() - self._published_us >= SECOND_US
