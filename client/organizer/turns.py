"""Who may measure the line now: a queue that is fair between addresses and bounded in everything.

Values in, values out; the caller brings the time. One address is one line: its computers measure
one after another, so that none lowers the figure of another.
"""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from client.base.clock import SECOND_US

_MB = 1024 * 1024
_HOUR_US = 3600 * SECOND_US
_ADDRESSES = 10_000


@dataclass(frozen=True)
class Bounds:
    """What the queue allows."""

    at_once: int = 4
    """Of different addresses."""
    hold_us: int = 12 * SECOND_US
    silence_us: int = 10 * SECOND_US
    """Who waits and does not ask for so long has gone."""
    waiting: int = 600
    waiting_of_one: int = 200
    """Of one address: a venue with two hundred computers behind it."""
    turn_bytes: int = 40 * _MB
    hour_bytes: int = 4096 * _MB
    """Of one address within an hour: two hundred computers with a fast line, twice."""


@dataclass
class _Turn:
    address: str
    arrived: int
    asked_us: int
    until_us: int = 0
    """When it must be over; 0 while it waits."""
    spent: int = 0


class QueueFullError(Exception):
    """There is no more room in the queue."""


class UsedUpError(Exception):
    """An address, or a turn, has had its share of bytes."""


class NoTurnError(Exception):
    """No such turn, or not any more."""


@dataclass
class _Hour:
    begun_us: int
    spent: int = 0


@dataclass
class Turns:
    """The queue. Not safe for threads: it lives in the server's event loop."""

    bounds: Bounds = Bounds()
    _turns: dict[str, _Turn] = field(default_factory=dict)
    _hours: OrderedDict[str, _Hour] = field(default_factory=OrderedDict)
    _arrivals: int = 0

    def enter(self, address: str, now_us: int) -> str:
        """Join the queue; the answer is the turn's secret name. QueueFullError, UsedUpError."""
        self._clear(now_us)
        if self._spent(address, now_us) >= self.bounds.hour_bytes:
            raise UsedUpError
        same = sum(turn.address == address for turn in self._turns.values())
        if len(self._turns) >= self.bounds.waiting or same >= self.bounds.waiting_of_one:
            raise QueueFullError
        name = secrets.token_hex(16)
        self._arrivals += 1
        self._turns[name] = _Turn(address, self._arrivals, now_us)
        self._hand_out(now_us)
        return name

    def position(self, name: str, now_us: int) -> int:
        """Return how many come before; 0: it is its turn. NoTurnError. Asking keeps the place."""
        self._clear(now_us)
        turn = self._turns.get(name)
        if turn is None:
            raise NoTurnError
        turn.asked_us = now_us
        self._hand_out(now_us)
        return 0 if turn.until_us else self._order().index(name) + 1

    def left_us(self, name: str, now_us: int) -> int:
        """Return how long the turn lasts yet; 0 while it waits. NoTurnError."""
        self._clear(now_us)
        turn = self._turns.get(name)
        if turn is None:
            raise NoTurnError
        return max(0, turn.until_us - now_us)

    def spend(self, name: str, size: int, now_us: int) -> None:
        """Count bytes of a turn; UsedUpError where they are too many, and nothing is counted."""
        turn = self._turns.get(name)
        if turn is None:
            raise NoTurnError
        hour = self._spent(turn.address, now_us) + size
        if turn.spent + size > self.bounds.turn_bytes or hour > self.bounds.hour_bytes:
            raise UsedUpError
        turn.spent += size
        self._hours[turn.address].spent += size

    def leave(self, name: str, now_us: int) -> None:
        """End a turn or give up a place; a name that is not known is no error."""
        self._turns.pop(name, None)
        self._clear(now_us)
        self._hand_out(now_us)

    def _clear(self, now_us: int) -> None:
        """Forget turns that are over, and those whose computer has gone."""
        silent = now_us - self.bounds.silence_us
        for name, turn in list(self._turns.items()):
            if turn.until_us < now_us if turn.until_us else turn.asked_us < silent:
                del self._turns[name]

    def _hand_out(self, now_us: int) -> None:
        measuring = {turn.address for turn in self._turns.values() if turn.until_us}
        for name in self._order():
            if len(measuring) >= self.bounds.at_once:
                return
            turn = self._turns[name]
            if turn.address not in measuring:
                turn.until_us = now_us + self.bounds.hold_us
                measuring.add(turn.address)

    def _order(self) -> list[str]:
        """Return who waits: every address's first, then every address's second, and so on."""
        rank: Counter[str] = Counter()
        places = []
        by_arrival = sorted(self._turns.items(), key=lambda item: item[1].arrived)
        for name, turn in sorted(by_arrival, key=lambda item: not item[1].until_us):
            rank[turn.address] += 1
            if not turn.until_us:
                places.append((rank[turn.address], turn.arrived, name))
        return [name for *_, name in sorted(places)]

    def _spent(self, address: str, now_us: int) -> int:
        hour = self._hours.get(address)
        if hour is None or now_us - hour.begun_us >= _HOUR_US:
            hour = self._hours[address] = _Hour(now_us)
            self._hours.move_to_end(address)
            while len(self._hours) > _ADDRESSES:
                self._hours.popitem(last=False)
        return hour.spent
