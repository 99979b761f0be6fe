"""One minute of contest work, always the same: what to do at which second, by xdotool.

The desk has three tabs: form (1), products (2), sheet (3). The minute begins and ends on the form
with empty fields, nothing focused, the pointer at REST; so minute after minute is alike.
"""

from __future__ import annotations

import itertools
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.bench.clock import now, wait_until

MINUTE = 60.0
REST = (1700, 900)
KEY_MS = 140
"""Between two keys: about 70 Chinese characters a minute by pinyin."""
FIELD_TOP = {"shop": 202, "category": 267, "phone": 332, "budget": 397, "plan": 500}
"""Where the fields of the form are, for a window at 0,0 of 1920x1080."""


@dataclass(frozen=True)
class Action:
    """At `at` seconds of the minute xdotool does `words`."""

    at: float
    words: tuple[str, ...]


def _do(at: float, *words: object) -> Action:
    return Action(at, tuple(map(str, words)))


def _glide(at: float, start: tuple[int, int], end: tuple[int, int], seconds: float) -> Action:
    """Move the pointer as a hand does, a step each 40 ms."""
    steps = round(seconds / 0.04)
    words: list[object] = []
    for step in range(1, steps + 1):
        part = step / steps
        eased = part * part * (3 - 2 * part)
        x, y = (round(a + (b - a) * eased) for a, b in zip(start, end, strict=True))
        words += ["mousemove", x, y, "sleep", 0.04]
    return _do(at, *words)


def _type(at: float, text: str) -> Action:
    return _do(at, "type", "--delay", KEY_MS, text)


def minute() -> list[Action]:
    """Return the minute's actions in their order."""
    shop, plan = (400, FIELD_TOP["shop"]), (400, FIELD_TOP["plan"])
    return [
        _glide(0.5, REST, shop, 0.8),
        _do(1.6, "click", 1),
        _type(2.0, "dianzi shangwu jingsai "),
        _do(5.6, "key", "Tab"),
        _type(6.0, "shichang yunying "),
        _do(8.8, "key", "Tab"),
        _type(9.2, "073185551234"),
        _do(11.2, "key", "Tab"),
        _type(11.6, "26800"),
        # reading the paper until 14
        _glide(14.0, shop, plan, 0.8),
        _do(15.0, "click", 1),
        _type(15.3, "women jianyi tuiguang fangan kehu fuwu "),
        _do(21.3, "key", "Return"),
        _type(21.5, "shuju fenxi "),
        # the shop: scrolled in bursts, read, hovered
        _do(24.0, "key", "ctrl+2"),
        *(_do(25.0 + 0.25 * n, "click", 5) for n in range(6)),
        _glide(28.0, plan, (1100, 620), 1.0),
        *(_do(30.0 + 0.25 * n, "click", 5) for n in range(6)),
        _glide(33.0, (1100, 620), (700, 500), 0.8),
        *(_do(34.5 + 0.25 * n, "click", 4) for n in range(4)),
        # the sheet is filled
        _do(37.5, "key", "ctrl+3"),
        *_cells(38.2),
        # back and forth between two pages, then everything as it was
        _do(52.0, "key", "F2"),
        _do(52.3, "key", "ctrl+2"),
        _do(54.5, "key", "F2"),
        _do(54.8, "key", "ctrl+1"),
        _glide(56.5, (700, 500), REST, 0.8),
        _do(57.8, "key", "F2"),
    ]


def _cells(at: float) -> Iterator[Action]:
    """Sixteen numbers into the sheet, each ended by Return."""
    yield _do(at - 0.2, "key", "Return")
    for n in range(16):
        yield _do(at + 0.8 * n, "type", "--delay", 110, f"{(n * 7919) % 9000 + 1000}\n")


class Player(threading.Thread):
    """Plays the minute over and over from the moment `begin` on, until `leave`."""

    def __init__(self, environment: Mapping[str, str], begin: float) -> None:
        super().__init__(name="player", daemon=True)
        self._environment = dict(environment)
        self._begin = begin
        self._leaving = threading.Event()
        self._failure: subprocess.CalledProcessError | None = None
        self.late = 0.0
        """Seconds by which the latest action came too late: a machine too slow for the script."""

    def run(self) -> None:
        """Play; a minute that was begun is broken off at once by `leave`."""
        try:
            for number in itertools.count():
                for action in minute():
                    moment = self._begin + number * MINUTE + action.at
                    if not wait_until(moment, self._leaving):
                        return
                    self._act(action, moment)
        except subprocess.CalledProcessError as error:
            self._failure = error

    def _act(self, action: Action, moment: float) -> None:
        self.late = max(self.late, now() - moment)
        subprocess.run(
            ["xdotool", *action.words], env=self._environment, check=True, capture_output=True
        )

    def leave(self) -> None:
        """Stop after the present action; raise what ended the work before."""
        self._leaving.set()
        self.join()
        if self._failure is not None:
            raise self._failure
