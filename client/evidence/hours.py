"""The recording beside the hours of its paper: begun when asked, and there until the planned end.

The organizer's clock decides where a receipt tells it, else the computer's; the finding says which.
Rehearsals have no hours to keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from client.base.clock import SECOND_US
from client.base.text import Text
from client.contest.beijing import beijing_time
from client.contest.plan import Plan
from client.contest.schedule import PUNCTUAL_US, Schedule, schedule_of
from client.evidence.anchors import Anchor, organizers_us
from client.evidence.chain import Chain
from client.evidence.clocksteps import length_of
from client.evidence.entries import CloseReason, Step, StepName
from client.evidence.findings import Finding, Place, find
from client.evidence.timeline import Stretch, Timeline

ORGANIZERS = Text("按组委会的时钟", "by the organizer's clock")
COMPUTERS = Text("按这台电脑的时钟", "by this computer's clock")
BY_HAND = Text("选手自己结束了录制", "the contestant ended it")
WHY: dict[CloseReason, Text] = {
    "ended": Text("录制程序结束了录制", "the recorder ended it"),
    "plan": Text("录制程序按它的时钟自动结束", "the recorder ended it by its own clock"),
    "stopped": Text("录制程序被停止", "the recorder was stopped"),
    "disk": Text("磁盘已满", "the disk was full"),
}


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment of the session, with the wall time that is believed."""

    session_us: int
    utc_us: int
    clock: Text

    def place(self, stretch: Stretch) -> Place:
        """Return the place of a stretch of wall time."""
        start, end = (self.session_us + wall - self.utc_us for wall in stretch)
        return Place(seconds=(start / SECOND_US, end / SECOND_US), utc_us=stretch)


def check_hours(
    chain: Chain, timeline: Timeline, plan: Plan | None, anchors: Sequence[Anchor]
) -> Iterator[Finding]:
    """Compare a closed session with its paper: began_*, ended_early, handed_in_early."""
    opening, close = chain.opening, chain.close
    if plan is None or plan.rehearsal or opening is None or close is None:
        return
    paper = next((paper for paper in plan.papers() if paper.id == opening.paper), None)
    steps = _steps(chain, timeline, anchors)
    if paper is None or "identity" not in steps:
        return
    hours = schedule_of(plan, paper)
    yield from _beginning(hours, steps["identity"])
    end = steps.get("ended") or _moment(timeline.end_us, timeline, anchors)
    marked = steps.get("handed_in")
    if marked is not None and _counts(marked, hours, end):
        yield from _handed_in(hours, marked, end)
    elif end.utc_us < hours.ends_us - PUNCTUAL_US:
        missing = (max(end.utc_us, hours.starts_us), hours.ends_us)
        cause = BY_HAND if _is_by_hand(chain) else WHY[close.reason]
        yield _told("ended_early", end, hours.ends_us, missing, cause)


def _beginning(hours: Schedule, begun: _Moment) -> Iterator[Finding]:
    if begun.utc_us > hours.starts_us + PUNCTUAL_US:
        missing = (hours.starts_us, min(begun.utc_us, hours.ends_us))
        yield _told("began_after_start", begun, hours.starts_us, missing)
    elif hours.is_late(begun.utc_us):
        yield _told("began_late", begun, hours.filming_us, (hours.filming_us, begun.utc_us))


def _counts(marked: _Moment, hours: Schedule, end: _Moment) -> bool:
    """Tell whether a hand-in was marked in the paper's hours, and while it was recorded."""
    return hours.starts_us - PUNCTUAL_US <= marked.utc_us and marked.session_us <= end.session_us


def _handed_in(hours: Schedule, marked: _Moment, end: _Moment) -> Iterator[Finding]:
    if marked.utc_us < hours.ends_us:
        ended = _clock(end.utc_us, hours.ends_us)
        left = (marked.utc_us, hours.ends_us)
        yield _told("handed_in_early", marked, hours.ends_us, left, ended=ended)


def _told(
    code: str,
    moment: _Moment,
    due_us: int,
    stretch: Stretch,
    cause: Text | str = "",
    **facts: object,
) -> Finding:
    length = length_of((stretch[1] - stretch[0]) / SECOND_US)
    return find(
        code,
        moment.place(stretch),
        cause,
        at=_clock(moment.utc_us, due_us),
        due=_clock(due_us, due_us),
        length=length.zh,
        length_en=length.en,
        clock=moment.clock.zh,
        clock_en=moment.clock.en,
        **facts,
    )


def _steps(chain: Chain, timeline: Timeline, anchors: Sequence[Anchor]) -> dict[StepName, _Moment]:
    """Return when each step was first taken."""
    found: dict[StepName, _Moment] = {}
    for line in chain.lines:
        if isinstance(line.entry, Step) and line.entry.name not in found:
            found[line.entry.name] = _moment(timeline.of(line), timeline, anchors)
    return found


def _is_by_hand(chain: Chain) -> bool:
    steps = (line.entry for line in chain.lines if isinstance(line.entry, Step))
    return any(step.name == "ended" and step.by == "contestant" for step in steps)


def _moment(session_us: int, timeline: Timeline, anchors: Sequence[Anchor]) -> _Moment:
    organizers = organizers_us(anchors, session_us)
    if organizers is not None:
        return _Moment(session_us, organizers, ORGANIZERS)
    return _Moment(session_us, timeline.wall_us(session_us), COMPUTERS)


def _clock(utc_us: int, day_of_us: int) -> str:
    """Return the time of day in Beijing, with the day where it is another than `day_of_us`'s."""
    moment, other = (beijing_time(us) for us in (utc_us, day_of_us))
    return f"{moment:%H:%M:%S}" if moment.date() == other.date() else f"{moment:%Y-%m-%d %H:%M:%S}"
