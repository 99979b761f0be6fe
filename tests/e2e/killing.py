"""kill -9 of a session's recorder at moments of every kind, and what was seen from outside."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal

import psutil

from client.base.clock import SECOND_US, monotonic_us
from client.evidence.entries import Step, StepName
from client.evidence.layout import SessionFolder
from tests.e2e import recorded
from tests.e2e.program import Desk, eventually, named

Moment = Literal["filming", "starting", "turning", "sealing"]
LIVES_S = 1.5
"""A kill while filming comes at most so long after the screen is recorded again."""
STARTS_S = 1.3
"""A kill while starting comes at most so long after the process is there: imports, then devices."""
ENDS_S = 0.15
LOOK_S = 0.01


@dataclass(frozen=True)
class Kill:
    """A recorder that was killed."""

    moment: Moment
    at_us: int


@dataclass
class Watch:
    """When each track file of a session was first seen with bytes in it, on the monotonic clock."""

    folder: Path
    seen_us: dict[str, int] = field(default_factory=dict)

    def look(self) -> None:
        """Note new files."""
        for path in SessionFolder(self.folder).tracks():
            if path.name not in self.seen_us and path.stat().st_size:
                self.seen_us[path.name] = monotonic_us()

    def screen_since(self, since_us: int) -> bool:
        """Tell whether a part of the screen began after this moment."""
        seen = list(self.seen_us.items())
        return any(at > since_us for name, at in seen if name.startswith("screen"))


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[Watch]:
    """Watch for new track files until the block ends."""
    watch, leaving = Watch(folder), threading.Event()

    def keep() -> None:
        while not leaving.wait(LOOK_S):
            watch.look()

    watch.look()
    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        leaving.set()
        thread.join()


@dataclass
class Killer:
    """Kills the recorder of one session; `kills` are those that found one."""

    desk: Desk
    watch: Watch
    dice: Random
    kills: list[Kill] = field(default_factory=list)
    _killed: set[int] = field(default_factory=set)

    def filming(self) -> None:
        """Kill it some time after the screen is recorded again."""
        since_us = self.kills[-1].at_us if self.kills else 0
        eventually(lambda: self.watch.screen_since(since_us), 20, "another part of the screen")
        time.sleep(self.dice.uniform(0, LIVES_S))
        self.kill("filming")

    def starting(self) -> None:
        """Kill it while it starts: while it imports, reads the journal, opens devices."""
        eventually(self._living, 10, "another recorder")
        time.sleep(self.dice.uniform(0, STARTS_S))
        self.kill("starting")

    def often(self, filming: int, starting: int, until_second: float) -> None:
        """Kill it so many times at moments of both kinds in any order, the first while filming.

        On a slow computer fewer: none after this second of the recording.
        """
        rest = ["filming"] * (filming - 1) + ["starting"] * starting
        self.dice.shuffle(rest)
        until_us = step_us(self.watch.folder, "identity") + round(until_second * SECOND_US)
        for moment in ("filming", *rest):
            if monotonic_us() < until_us:
                (self.filming if moment == "filming" else self.starting)()

    def at_second(self, second: float, moment: Moment) -> None:
        """Kill it at this second of the recording."""
        sleep_until_second(self.watch.folder, second)
        self.kill(moment)

    def sealing(self) -> None:
        """Kill it while it ends: while it flushes, closes the journal, seals."""
        eventually(self._ends, 90, "the end of the recording")
        time.sleep(self.dice.uniform(0, ENDS_S))
        self.kill("sealing")

    def _ends(self) -> bool:
        journal = SessionFolder(self.watch.folder).journal.read_bytes()
        return b'"name":"ended"' in journal[-10_000:]

    def kill(self, moment: Moment) -> None:
        """kill -9 every process that is, or is about to be, this session's recorder."""
        living, at_us = self._living(), monotonic_us()
        for process in living:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
            self._killed.add(process.pid)
        if living:
            self.kills.append(Kill(moment, at_us))

    def _living(self) -> list[psutil.Process]:
        found = named(self.desk, "recorder", "--session", self.watch.folder)
        return [process for process in found if process.pid not in self._killed]


def sleep_until_second(folder: Path, second: float) -> None:
    """Return at this second of the recording."""
    begun = step_us(folder, "identity") / SECOND_US
    time.sleep(max(0, begun + second - monotonic_us() / SECOND_US))


def step_us(folder: Path, name: StepName) -> int:
    """Return when this step was taken, on the monotonic clock."""
    steps = [x for x in recorded.lines(folder) if isinstance(x.entry, Step)]
    return next(x.mono_us for x in steps if isinstance(x.entry, Step) and x.entry.name == name)
