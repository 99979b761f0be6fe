"""A computer whose clock is ahead begins without the organizer, and ends by the organizer's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from client.base.clock import SECOND_US, monotonic_us, utc_us
from client.contest.plan import read_plan
from client.contest.schedule import Schedule, schedule_of
from client.evidence.entries import Close, Note, ReceiptSeen, Step
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import desk, eventually, faketime, note
from tests.e2e.venue import Organizer, attend, begun_session

pytestmark = pytest.mark.e2e
SECONDS = 24
AHEAD_S = 15
LEAD_S = 5
PUNCTUAL_S = 3.0


@dataclass(frozen=True)
class Ahead:
    """A session on that computer, ended by the plan."""

    folder: Path
    schedule: Schedule
    clock: int
    """Organizer's UTC minus monotonic time: both run on one machine, its wall clock is shifted."""

    def ended_us(self) -> int:
        """When the last step was taken, by the organizer's clock."""
        (line,) = [x for x in recorded.lines(self.folder) if _is_end(x.entry)]
        return line.mono_us + self.clock


def _is_end(entry: object) -> bool:
    return isinstance(entry, Step) and entry.name == "ended"


@pytest.fixture(scope="module")
def ahead() -> Iterator[Ahead]:
    with devices.display() as screen, desk(screen) as at:
        behind = at.with_environment(**faketime(FAKETIME=f"-{AHEAD_S}s"))
        organizer = Organizer(behind, at.home / "organizer")
        organizer.prepare(SECONDS, lead=LEAD_S - AHEAD_S)
        plan = read_plan(organizer.plan).plan
        clock = utc_us() - monotonic_us() - AHEAD_S * SECOND_US
        verb = attend(at, organizer.plan, "test", "test", at.home / "sessions")
        folder = begun_session(at.home / "sessions", verb)
        organizer.serve()
        verb.wait(120)
        eventually(lambda: recorded.entries(folder, Close), 5, "the close")
        yield Ahead(folder, schedule_of(plan, plan.papers()[0]), clock)


def test_it_ends_when_the_paper_does_and_not_by_its_own_clock(ahead: Ahead) -> None:
    late_s = (ahead.ended_us() - ahead.schedule.stops_us) / SECOND_US
    note(f"{AHEAD_S} s ahead, ended {late_s:+.2f} s after the plan's last moment")
    assert recorded.entries(ahead.folder, ReceiptSeen)
    assert [close.reason for close in recorded.entries(ahead.folder, Close)] == ["plan"]
    assert 0 <= late_s <= PUNCTUAL_S


def test_the_journal_says_so_once(ahead: Ahead) -> None:
    said = [n for n in recorded.entries(ahead.folder, Note) if "比组委会的快" in n.zh]
    assert len(said) == 1, recorded.entries(ahead.folder, Note)
    note(said[0].zh)
    figure = re.match(r"this computer's clock is ([0-9.]+) s ahead", said[0].en)
    assert figure is not None
    assert AHEAD_S <= float(figure[1]) <= AHEAD_S + PUNCTUAL_S  # a receipt's way is in it
