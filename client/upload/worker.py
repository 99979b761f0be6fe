"""One session's upload, from the first journal line to the storage receipt.

Everything it knows comes from the session's folder, so it can be killed at any moment and started
again. It writes `receipts.jsonl`, and small files of its own in the private folder; nothing else.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from functools import partial

from client.base.clock import SECOND_US
from client.base.text import Text
from client.contest.plan import Plan
from client.contest.signed import PublicKey
from client.evidence.layout import SessionFolder
from client.evidence.seal import read_seal
from client.upload.answers import Refused
from client.upload.board import Board, Publish
from client.upload.calls import QUICK_SECONDS, SEAL_SECONDS, Connect
from client.upload.courier import Courier, Route
from client.upload.credentials import PendingEnrolment, Token, load_credentials
from client.upload.cutting import Bundle
from client.upload.errands import Errands
from client.upload.finished import Finished
from client.upload.heart import Books, Heart, Pulse
from client.upload.pacing import Pacer
from client.upload.parcels import Parcels
from client.upload.receipts import ReceiptBook, Trust
from client.upload.retry import Random
from client.upload.timer import RealTimer, Timer
from client.upload.watch import Ending, Habits, Halt, Watch

_log = logging.getLogger(__name__)
LAST_BEAT_SECONDS = 10.0
SendParcel = Callable[[], bool]
"""Sends one piece of a foreign recording; False where there is none to send."""
MAX_ROUNDS = 3
"""How often everything is announced again when the organizer misses something at the seal."""
_UNAUTHORIZED = 401
UNPLUGGED = Text(
    "一部分录像在另一块硬盘上，请接上那块硬盘，接上后会继续上传。",
    "Part of the recording lies on another drive: connect it, and it is sent.",
)


class Worker:
    """The uploader of one session; the caller holds `folder.uploader_lock`."""

    def __init__(
        self,
        folder: SessionFolder,
        plan: Plan,
        connect: Connect,
        publish: Publish,
        habits: Habits | None = None,
        timer: Timer | None = None,
        random: Random = random.random,
    ) -> None:
        """Prepare; `connect` makes connections to the plan's organizer."""
        self._folder = folder
        self._plan = plan
        self._connect = connect
        self._timer = timer or RealTimer()
        self._random = random
        self._board = Board(publish, self._timer.now_us)
        self._watch = Watch(folder, self._board, self._timer, habits or Habits())
        self._finished = Finished(folder)
        keys = plan.organizer.keys
        self._parcels = Parcels(folder, keys, self._finished, self._board, self._timer, random)
        self._set_aside: list[Bundle] = []

    def run(self) -> Ending:
        """Work until the session is stored, or cannot be."""
        book = ReceiptBook(self._folder)
        try:
            ending = self._work(book)
        except Halt as halt:
            ending = halt.ending
        finally:
            book.close()
        if ending in (Ending.STORED, Ending.ATTACHED):
            self._board.phase("stored")
        self._board.flush()
        return ending

    def _work(self, book: ReceiptBook) -> Ending:
        watch = self._watch
        watch.look()
        while watch.spool.opening is None:
            if waiting := self._parcels.owed():
                return self._send_parcels_alone(waiting[0].session, book)
            if self._parcels.are_settled:
                return self._attached()
            watch.rest(Ending.UNSEALED)
        trust = Trust.of(self._plan.organizer.keys, watch.spool.opening)
        is_stored = self._is_stored(trust, book)
        if is_stored and not self._parcels.owed():
            return Ending.STORED
        errands = Errands(self._connect(SEAL_SECONDS), watch, trust, book, self._random)
        token = self._token(errands)
        courier, parcels = self._couriers(token, errands)
        if not is_stored:
            pulse = self._pulse(token, Books(self._folder, book, trust, self._board))
            try:
                self._send_and_seal(courier, pulse, errands, token, parcels)
            finally:
                pulse.abandon()
            watch.checks.clear()
        self._board.phase("stored")
        self._send_parcels(parcels)
        return Ending.STORED

    def _send_parcels(self, parcels: SendParcel) -> None:
        """Send all foreign recordings, until each has its receipt or its refusal."""
        while self._parcels.owed():
            if not parcels():
                self._watch.pause(SECOND_US)
        parcels()  # what came of the last one is put up

    def _send_parcels_alone(self, session: str, book: ReceiptBook) -> Ending:
        """Send what was attached to a session in which nothing was recorded."""
        credentials = load_credentials(self._folder.token)
        if not isinstance(credentials, Token):
            raise Halt(Ending.NOT_ENROLLED)
        keys = tuple(PublicKey(key) for key in self._plan.organizer.keys)
        trust = Trust(keys, session, session_key="")
        errands = Errands(self._connect(SEAL_SECONDS), self._watch, trust, book, self._random)
        _, parcels = self._couriers(credentials.token, errands)
        self._board.phase("sending")
        self._send_parcels(parcels)
        return self._attached()

    def _attached(self) -> Ending:
        """End: there is nothing but foreign recordings, and each was taken or refused."""
        if (why := self._parcels.problem or self._parcels.refused_before) is not None:
            self._watch.refuse(why)
        return Ending.ATTACHED

    def _is_stored(self, trust: Trust, book: ReceiptBook) -> bool:
        last = book.last(trust)
        if last is not None:
            self._board.receipt(last)
        spool = self._watch.spool
        if not spool.complete or book.storage(trust, read_seal(self._folder.seal)) is None:
            return False
        self._board.count(spool.covered_bytes, spool.covered_bytes)
        return True

    def _token(self, errands: Errands) -> str:
        while True:
            credentials = load_credentials(self._folder.token)
            if isinstance(credentials, Token):
                return credentials.token
            opening = self._watch.spool.opening
            if isinstance(credentials, PendingEnrolment) and opening is not None:
                errands.enrol(self._folder, credentials, opening)
            else:
                self._watch.rest(Ending.NOT_ENROLLED)

    def _couriers(self, token: str, errands: Errands) -> tuple[Courier, SendParcel]:
        """Return who carries our own bundles, and what sends a piece of a foreign recording."""
        pacer = Pacer(self._plan.upload.bytes_per_second)
        route = Route(self._connect(QUICK_SECONDS), token, self._plan.organizer.address)
        watch = self._watch
        courier, other = (
            Courier(route, pacer, self._timer, self._random, watch.step, watch.trouble)
            for _ in range(2)
        )
        watch.under_way = lambda: courier.under_way
        ask = partial(errands.attach, token, self._folder)
        return courier, partial(self._parcels.send_one, other, ask)

    def _pulse(self, token: str, books: Books) -> Pulse:
        """Start the heartbeat, on a connection of its own."""
        heart = Heart(self._connect(QUICK_SECONDS), token, books)
        period = self._plan.upload.heartbeat_seconds
        pulse = Pulse(heart, period, lambda: self._watch.spool.recorded_us)

        def is_over() -> Text | None:
            if pulse.broken:
                raise RuntimeError("the heartbeat thread ended; see the log")
            if self._watch.spool.handed_in:
                pulse.hurry()
            return heart.refused.reason if heart.refused else None

        self._watch.checks.append(is_over)
        pulse.start()
        return pulse

    def _send_and_seal(
        self, courier: Courier, pulse: Pulse, errands: Errands, token: str, parcels: SendParcel
    ) -> None:
        for remaining in reversed(range(MAX_ROUNDS)):
            self._send_all(courier, parcels)
            self._board.phase("sealing")
            pulse.finish(LAST_BEAT_SECONDS)
            missing = errands.seal(token, read_seal(self._folder.seal))
            if missing is None:
                return
            if not remaining:
                self._watch.refuse(missing)
            self._finished.forget()
            self._watch.start_over()

    def _send_all(self, courier: Courier, parcels: SendParcel) -> None:
        """Send what there is and what comes, until the session is complete and all is sent.

        Foreign recordings go while there is nothing of our own.
        """
        watch = self._watch
        while True:
            watch.step()
            complete = watch.spool.complete
            if complete:
                watch.look()
            if watch.queue:
                self._send_next(courier, last_chance=False)
            elif not complete:
                self._board.phase("waiting")
                if not parcels():
                    watch.rest(Ending.UNSEALED)
            else:
                break
        watch.queue.extend(self._set_aside)
        self._set_aside.clear()
        while watch.queue:
            self._send_next(courier, last_chance=True)

    def _send_next(self, courier: Courier, *, last_chance: bool) -> None:
        bundle = self._watch.queue.popleft()
        if bundle in self._finished or self._carry(courier, bundle, last_chance=last_chance):
            self._watch.arrived(bundle)
        else:
            self._set_aside.append(bundle)

    def _carry(self, courier: Courier, bundle: Bundle, *, last_chance: bool) -> bool:
        """Bring one bundle to the organizer; return False where it is refused for now."""
        watch = self._watch
        if self._waits_for_drive(bundle, last_chance=last_chance):
            return False
        refused = self._attempt(courier, bundle)
        if refused is None:
            self._finished.add(bundle)
            return True
        _log.error("set aside: %s: %s %s", bundle, refused.status, refused.code)
        watch.board.trouble("set aside", refused.reason)
        if last_chance or refused.status == _UNAUTHORIZED:
            watch.refuse(refused.reason)
        return False

    def _waits_for_drive(self, bundle: Bundle, *, last_chance: bool) -> bool:
        """Tell whether the drive with it is unplugged; with nothing else left, wait for that."""
        watch = self._watch
        while watch.spool.is_away(bundle):
            watch.board.trouble("drive", UNPLUGGED)
            if not last_chance:
                return True
            watch.rest(Ending.UNPLUGGED)
        watch.board.trouble("drive", None)
        return False

    def _attempt(self, courier: Courier, bundle: Bundle) -> Refused | None:
        self._board.phase("sending")
        return courier.send(bundle, self._watch.spool.read)
