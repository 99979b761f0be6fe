"""One run of one recorder: the desk rests, then a minute is worked, and it is watched.

Cost is a slope: the processor time of the recorder's whole tree at the end of the worked minute
less that at its beginning. So is the idle figure, within the first minute, after start-up.
"""

from __future__ import annotations

import json
import subprocess
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.clock import now, wait_until
from tests.bench.contestants import OURS, Contestant, Running, epoch_of, recording
from tests.bench.desk import Desk
from tests.bench.proc import Memory, cpu_seconds, memory_of, stat_of, ticks_a_second
from tests.bench.script import MINUTE, Player

LEAD_S = 1.0
"""The desk is watched so long before a recorder is started."""
_FFPROBE = (
    *("ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "json"),
    *("-show_entries", "packet=pts_time"),
)
CLOSELY_S = 5.0
"""So long after its start a recorder is watched every 0.1 s, then every second."""


class RecorderEndedError(Exception):
    """A recorder ended before it was asked to."""

    def __init__(self, recorder: Running) -> None:
        said = (recorder.folder / "said.txt").read_text(encoding="utf-8", errors="replace")
        super().__init__(f"{recorder.contestant.name} ended by itself: {said[-2000:]}")


FAILURES = (RecorderEndedError, subprocess.SubprocessError, LookupError, OSError, ValueError)
"""What a run may end in that does not end well; the other runs go on."""

Span = tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """When, in seconds from the start of the process, what is measured."""

    idle: Span | None = (15.0, 60.0)
    active: Span | None = (60.0, 120.0)
    worked_from: float = 60.0
    """The scripted minute begins here, so that it is played from its beginning."""
    until: float = 0.0
    """Records on until then, though all figures were taken."""

    @property
    def seconds(self) -> float:
        """Return how long a recorder runs."""
        return max(self.until, *(span[1] for span in (self.idle, self.active) if span))


FULL = Plan()
ONLY_IDLE = Plan(active=None)
ONLY_ACTIVE = Plan(idle=None, worked_from=0.0)
QUICK = Plan((4.0, 9.0), (9.0, 29.0), 9.0)
QUICK_IDLE = Plan((5.0, 25.0), None)
QUICK_ACTIVE = Plan(None, (5.0, 25.0), 5.0)


@dataclass
class Watched:
    """Processor seconds of recorder and X server, and the recorder's memory, over time."""

    times: list[float] = field(default_factory=list)
    """Seconds from the start of the process."""
    cpu: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    memory: list[tuple[float, Memory]] = field(default_factory=list)

    def look(self, since: float, recorder: int | None, server: int) -> None:
        """Note how things are now."""
        self.times.append(now() - since)
        self.cpu.append(cpu_seconds(recorder) if recorder is not None else 0.0)
        stat = stat_of(server)
        self.server.append(stat.own / ticks_a_second() if stat is not None else 0.0)

    def weigh(self, since: float, recorder: int) -> None:
        """Note the memory now."""
        self.memory.append((now() - since, memory_of(recorder)))


def at(moment: float, times: list[float], values: list[float]) -> float:
    """Return the value at `moment`, between two readings by a straight line."""
    place = bisect_left(times, moment)
    if place == 0:
        return values[0]
    if place == len(times):
        return values[-1]
    before, after = times[place - 1], times[place]
    part = (moment - before) / (after - before)
    return values[place - 1] + part * (values[place] - values[place - 1])


def a_minute(span: Span | None, times: list[float], values: list[float]) -> float | None:
    """Return by how much `values` grow in a minute, by their growth within `span`."""
    if span is None:
        return None
    start, end = span
    return (at(end, times, values) - at(start, times, values)) * MINUTE / (end - start)


@dataclass
class Run:
    """The figures of one run; seconds of processor time a minute where not said otherwise."""

    active: float | None
    idle: float | None
    server_active: float | None
    """The X server's whole time; that of a run without a recorder is taken off later."""
    server_idle: float | None
    first_frame: float = 0.0
    """Seconds from the start of the process."""
    start_up: float = 0.0
    """Processor seconds of the tree until one second after the first frame."""
    pss: int = 0
    size: int = 0
    frames: int = 0
    late: float = 0.0
    """Seconds by which the script lagged behind at most."""
    began: float = 0.0
    """The benchmark's clock just before the process was started."""


def run(contestant: Contestant | None, desk: Desk, folder: Path, plan: Plan) -> Run:
    """Measure one recorder, or the desk without one."""
    desk.rest()
    wait_until(now() + LEAD_S)
    if contestant is None:
        return summed_up(*watch(None, desk, now(), plan), plan)
    with recording(contestant, desk.screen, folder, desk.environment) as recorder:
        watched, late = watch(recorder, desk, recorder.started, plan)
        recorder.end()
    result = summed_up(watched, late, plan)
    packets = packets_of(recorder.file)
    result.first_frame = first_moment(recorder, packets) - recorder.started
    result.start_up = at(result.first_frame + 1.0, watched.times, watched.cpu)
    result.pss = max(memory.pss for _, memory in watched.memory)
    result.size = recorder.file.stat().st_size
    result.frames = len(packets)
    result.began = recorder.started
    return result


def watch(
    recorder: Running | None,
    desk: Desk,
    since: float,
    plan: Plan,
    every_second: Callable[[float], None] = lambda _moment: None,
) -> tuple[Watched, float]:
    """Look until the plan ends; return what was seen, and how late the script was at most."""
    pid = recorder.process.pid if recorder else None
    watched = Watched()
    player = Player(desk.environment, since + plan.worked_from)
    if plan.active is not None:
        player.start()
    try:
        for moment in moments(plan.seconds):
            wait_until(since + moment)
            watched.look(since, pid, desk.server)
            if recorder is not None and moment == int(moment):
                if recorder.process.poll() is not None:
                    raise RecorderEndedError(recorder)
                watched.weigh(since, recorder.process.pid)
                every_second(moment)
    finally:
        if plan.active is not None:
            player.leave()
    return watched, player.late


def summed_up(watched: Watched, late: float, plan: Plan) -> Run:
    """Return the slopes; the rest is not known yet."""
    return Run(
        active=a_minute(plan.active, watched.times, watched.cpu),
        idle=a_minute(plan.idle, watched.times, watched.cpu),
        server_active=a_minute(plan.active, watched.times, watched.server),
        server_idle=a_minute(plan.idle, watched.times, watched.server),
        late=late,
    )


def moments(seconds: float) -> list[float]:
    """Return when to look: closely at first, then every second; whole seconds always."""
    closely = [n / 10 for n in range(1, round(min(seconds, CLOSELY_S) * 10) + 1)]
    return closely + [float(n) for n in range(round(CLOSELY_S) + 1, round(seconds) + 1)]


def packets_of(file: Path) -> list[float]:
    """Return the time of each picture in a file, in order, as ffprobe reads them."""
    shown = subprocess.run(
        [*_FFPROBE, str(file)], check=True, capture_output=True, text=True
    ).stdout
    return sorted(float(packet["pts_time"]) for packet in json.loads(shown)["packets"])


def first_moment(recorder: Running, packets: list[float]) -> float:
    """Return when the first picture was taken, by the benchmark's clock.

    Ours is in the journal, exactly. Of the others only the end is known: the last picture is at
    most 0.1 s older than the moment at which they were asked to end.
    """
    if recorder.contestant.name in OURS:
        file = recorder.file
        return epoch_of(file.parent, file.name) + packets[0]
    return recorder.asked_to_end - (packets[-1] - packets[0])
