"""How much goes through to the organizer and back, once it is this computer's turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from client.base.errors import OrganizerError
from client.base.text import Text
from client.preflight.check import Tell
from client.preflight.facts.network import BandwidthFacts
from client.remote.client import OrganizerClient
from client.remote.probing import (
    LONGEST_PIECE,
    enter_queue,
    fetch_piece,
    leave_queue,
    send_piece,
    wait_for_turn,
)

FIRST_PIECE = 64 * 1024
MOST_BYTES = 16 * 1024 * 1024
"""Each way; both fit into what the organizer allows a turn."""
LONGEST, SHORTEST = 1.2, 0.2
"""Seconds each way: at most, and where the line is plainly fast enough."""
_PIECE_SECONDS = 0.3
_ABOVE = 4
"""So many times what is enough is as good as any speed: no larger pieces for it."""
_ASK_SECONDS = 3.0
_CALM_SECONDS = 15.0
_KBIT = 125
"""Bytes."""


class BandwidthRun:
    """Waits for its turn, then measures; may be stopped at any moment."""

    def __init__(self, client: OrganizerClient, enough_kbps: int, calm: threading.Event) -> None:
        """Measure by `client`, no longer than needed once `enough_kbps` are seen.

        It begins when `calm` is set: bytes in bulk would spoil the delay that others measure.
        """
        self._client = client
        self._enough_kbps = enough_kbps
        self._calm = calm
        self._stopped = threading.Event()
        self._tell: Tell = _quiet

    def follow(self, tell: Tell) -> None:
        """Tell `tell` the place in the queue; a stopped run may begin again."""
        self._tell = tell
        self._stopped.clear()

    def stop(self) -> None:
        """Give up the place or the turn, soon."""
        self._stopped.set()

    def __call__(self) -> BandwidthFacts:
        """Return the rates; OrganizerError where they cannot be had."""
        self._calm.wait(_CALM_SECONDS)
        begun = time.monotonic()
        place = enter_queue(self._client)
        try:
            while place.position:
                self._say_place(place.position)
                self._check()
                place = wait_for_turn(self._client, place.turn, _ASK_SECONDS)
            waited = time.monotonic() - begun
            began = time.monotonic()
            wait_for_turn(self._client, place.turn, 0)
            trip = time.monotonic() - began
            self._tell(Text("正在测量上传速度。", "Measuring the way up."))
            up = self._rate(partial(send_piece, self._client, place.turn), trip)
            self._tell(Text("正在测量下载速度。", "Measuring the way down."))
            down = self._rate(partial(fetch_piece, self._client, place.turn), trip)
        finally:
            leave_queue(self._client, place.turn)
        return BandwidthFacts(up_kbps=up, down_kbps=down, waited_seconds=waited)

    def _rate(self, move: Callable[[int], None], trip: float) -> int:
        """Return kbit/s; the first piece only warms the line up, where there are more."""
        size, moved, begun = FIRST_PIECE, 0, time.monotonic()
        pieces: list[tuple[int, float]] = []
        while True:
            self._check()
            start = time.monotonic()
            move(size)
            took = time.monotonic() - start
            moved += size
            pieces.append((size, max(took - trip, took / 2, 1e-6)))
            counted = pieces[1:] or pieces
            rate = sum(n for n, _ in counted) / sum(t for _, t in counted)
            spent = time.monotonic() - begun
            fast = rate / _KBIT >= self._enough_kbps and len(pieces) > 1 and spent >= SHORTEST
            if fast or spent >= LONGEST or moved >= MOST_BYTES:
                return round(rate / _KBIT)
            wanted = round(min(rate, _ABOVE * self._enough_kbps * _KBIT) * _PIECE_SECONDS)
            size = min(max(wanted, FIRST_PIECE), LONGEST_PIECE, MOST_BYTES - moved)

    def _check(self) -> None:
        if self._stopped.is_set():
            raise OrganizerError(
                Text("测速没有做完。", "The measurement was not finished."),
                Text("人少的时候请单独再测一次。", "Measure again alone, when fewer people do."),
            )

    def _say_place(self, position: int) -> None:
        self._tell(
            Text(
                f"排队测速，前面还有 {position} 台电脑。",
                f"Waiting to be measured; {position} before this computer.",
            )
        )


def _quiet(_: Text) -> None:
    """Tell nobody."""
