"""Heartbeats: the journal's head goes out, a countersigned receipt comes back. Its own thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from client.base.clock import SECOND_US
from client.base.text import Text
from client.contest.receipt import JournalHead
from client.evidence.journal import settled_line
from client.evidence.layout import SessionFolder
from client.remote.messages import HeartbeatReply, HeartbeatRequest
from client.upload.answers import Refused
from client.upload.board import Board
from client.upload.calls import Away, Organizer, ask
from client.upload.receipts import ReceiptBook, Trust, UntrustedDocumentError
from client.upload.retry import retry_after_us

_log = logging.getLogger(__name__)
FINAL_CODES = frozenset({"token_unknown", "journal_forked"})
"""Refusals of a heartbeat after which nothing of this session can be sent any more."""

_UNREADABLE = Text(
    "组委会的回执签名不对，未采用。请联系组委会核对服务器地址。",
    "The organizer's receipt is not signed by the plan's key and was not kept. Ask the organizer.",
)
NOT_KEPT = Text(
    "磁盘写不进回执。请腾出磁盘空间。", "The receipt cannot be written. Free some disk space."
)


class Books(NamedTuple):
    """What a heartbeat reads and writes."""

    folder: SessionFolder
    receipts: ReceiptBook
    trust: Trust
    board: Board


class Heart:
    """Shows the journal's head to the organizer, and keeps what it signs."""

    def __init__(self, organizer: Organizer, token: str, books: Books) -> None:
        self._organizer = organizer
        self._token = token
        self._books = books
        self.receipted: JournalHead | None = None
        """The last head that the organizer countersigned."""
        self.refused: Refused | None = None
        """Why nothing more can be sent, once that is so."""

    def beat(self, recorded_us: int) -> int:
        """Send the head once, unless it is countersigned already; keep the organizer's receipt.

        Only a line that a power cut cannot take away any more is shown: the organizer holds a
        session to every head that it countersigned. Return for how many microseconds at least the
        organizer asks for no more.
        """
        line = settled_line(self._books.folder.journal)
        if line is None or line.head == self.receipted:
            return 0
        progress = self._books.board.progress
        message = HeartbeatRequest(
            head=line.head,
            recorded_us=recorded_us,
            uploaded_bytes=progress.sent_bytes,
            pending_bytes=progress.pending_bytes,
        )
        answer = ask(self._organizer, self._token, "/heartbeats", message, HeartbeatReply)
        self._books.board.trouble("heartbeat", self._problem(answer, line.head))
        return retry_after_us(answer.outcome) if isinstance(answer, Away) else 0

    def _problem(self, answer: HeartbeatReply | Refused | Away, head: JournalHead) -> Text | None:
        if isinstance(answer, Away):
            return answer.problem
        if isinstance(answer, Refused):
            _log.error("heartbeat refused: %s %s", answer.status, answer.code)
            if answer.code in FINAL_CODES or answer.status == 401:  # noqa: PLR2004
                self.refused = answer
            return answer.reason
        return self._keep(answer, head)

    def _keep(self, reply: HeartbeatReply, head: JournalHead) -> Text | None:
        try:
            receipt = self._books.trust.receipt(reply.receipt, head)
            self._books.receipts.append(reply.receipt)
        except UntrustedDocumentError as error:
            _log.error("receipt not kept: %s", error)
            return _UNREADABLE
        except OSError as error:
            _log.error("receipt not written: %s", error)
            return NOT_KEPT
        self.receipted = head
        self._books.board.receipt(receipt)
        return None


class Pulse:
    """The thread that makes a heart beat, so that no receipt waits behind a slow transfer."""

    def __init__(self, heart: Heart, period_seconds: int, recorded_us: Callable[[], int]) -> None:
        self._heart = heart
        self._period = period_seconds
        self._recorded_us = recorded_us
        self._ended = threading.Event()
        self._wake = threading.Event()
        self._hurried = False
        self._last_beat = True
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self.broken = False
        """The thread ended by an error of ours; the process must end and be started again."""

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def hurry(self) -> None:
        """Beat now, the first time that this is asked for; later ones change nothing."""
        if not self._hurried:
            self._hurried = True
            self._wake.set()

    def finish(self, patience_seconds: float) -> None:
        """Beat once more for the last head, then no more; wait for it no longer than this."""
        self._end()
        self._thread.join(patience_seconds)

    def abandon(self) -> None:
        """Beat no more; a heartbeat under way is not waited for."""
        self._last_beat = False
        self._end()

    def _end(self) -> None:
        self._ended.set()
        self._wake.set()

    def _run(self) -> None:
        try:
            while not self._ended.is_set() and self._heart.refused is None:
                pause_us = self._heart.beat(self._recorded_us())
                self._wake.wait(max(self._period, pause_us / SECOND_US))
                self._wake.clear()
            if self._last_beat and self._heart.refused is None:
                self._heart.beat(self._recorded_us())
        except Exception:  # noqa: BLE001 a thread has no caller: log it, let the process end
            _log.exception("heartbeat thread")
            self.broken = True
