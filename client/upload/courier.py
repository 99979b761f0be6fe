"""Carries one bundle to the organizer: the engine decides, the pacer slows, the timer waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from client.base.clock import SECOND_US
from client.base.errors import EvidenceError
from client.base.text import Text
from client.contest.signed import sha256
from client.remote.messages import BundleMeta
from client.upload.answers import Refused
from client.upload.calls import Organizer, trouble_of
from client.upload.cutting import Bundle
from client.upload.engine import Done, Send, Upload, Wait
from client.upload.pacing import Pacer
from client.upload.retry import Random
from client.upload.timer import Timer

STEP_US = SECOND_US


@dataclass(frozen=True)
class Route:
    """Where bundles go: a connection, the session's token, the server's scheme and host."""

    organizer: Organizer
    token: str
    origin: str


class Courier:
    """Sends bundles one after another; calls `on_step` between all exchanges and while waiting."""

    def __init__(
        self,
        route: Route,
        pacer: Pacer,
        timer: Timer,
        random: Random,
        on_step: Callable[[], None],
        on_trouble: Callable[[Text | None], None],
    ) -> None:
        self._route = route
        self._pacer = pacer
        self._timer = timer
        self._random = random
        self._on_step = on_step
        self._on_trouble = on_trouble
        self.under_way = 0
        """Bytes of the present bundle that the organizer has."""

    def send(self, bundle: Bundle, read: Callable[[Bundle], bytes]) -> Refused | None:
        """Bring the bytes that `read` gives to the organizer; return why they did not get there."""
        try:
            data = read(bundle)
        except EvidenceError as error:
            both = zip(error.title, error.advice, strict=True)
            return Refused(0, "damaged here", Text(*(title + advice for title, advice in both)))
        move = self.carry(bundle, data)
        return move if isinstance(move, Refused) else None

    def carry(self, bundle: Bundle, data: bytes) -> Done | Refused:
        """Return when the organizer has all of `data`, or refuses it; meanwhile never give up."""
        meta = BundleMeta(
            name=bundle.name, offset=bundle.offset, length=bundle.length, sha256=sha256(data)
        )
        upload = Upload(meta, data, self._route.origin, self._random, self._pacer.chunk)
        try:
            while True:
                self._on_step()
                move = upload.next(self._timer.now_us())
                if isinstance(move, Send):
                    self._exchange(upload, move)
                elif isinstance(move, Wait):
                    self._wait_until(move.until_us)
                else:
                    return move
        finally:
            self.under_way = 0

    def _exchange(self, upload: Upload, move: Send) -> None:
        now = self._timer.now_us()
        size = len(move.request.body)
        due = self._pacer.due_us(size, now)
        if due > now:
            self._wait_until(due)
            return
        self._pacer.spend(size, now)
        failures = upload.failures
        outcome = self._route.organizer.exchange(self._route.token, move.request)
        upload.receive(outcome, self._timer.now_us())
        self.under_way = upload.offset
        if upload.failures > failures:
            self._on_trouble(trouble_of(outcome))
        elif upload.failures == 0:
            self._on_trouble(None)

    def _wait_until(self, moment_us: int) -> None:
        """Wait, but not so long that `on_step` is forgotten."""
        self._timer.wait_until(min(moment_us, self._timer.now_us() + STEP_US))
