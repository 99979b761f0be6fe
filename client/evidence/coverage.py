"""Which seconds of each source are really recorded, and why the others are not.

A second counts when a journalled range of a file covers it, the file has samples there, no line
calls it a gap or a stand-in, and the device was a real one. What is missing is named with the
cause that the journal gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from client.base.clock import SECOND_US
from client.base.text import Text
from client.contest.plan import Recording
from client.evidence.entries import Device, Gap, Restart, Source, State
from client.evidence.findings import Finding, Place, find
from client.evidence.journal import Line
from client.evidence.layout import picture_of
from client.evidence.ledger import FileLedger, Ledger
from client.evidence.media import Kind, TrackInfo
from client.evidence.timeline import Stretch, Timeline, united, within, without

TOLERANCE_US = SECOND_US // 2
"""Shorter holes are the rounding of frames and fragments, not missing record."""
SEAM_US = 300_000
"""Between the last sample of one file and the first of the next."""
START_US = 2 * SECOND_US
"""What devices may take to deliver their first sample."""

SOURCES: tuple[Source, ...] = get_args(Source)
ALWAYS: tuple[Source, ...] = ("screen", "camera", "sound")
"""What every contest asks for."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of a session."""

    required: tuple[Source, ...]
    simulation_allowed: bool
    """A rehearsal or a plain recording; in a contest only real devices count."""
    closed: bool


UNEXPLAINED = Text("日志没有说明", "the journal does not say")
AWAY = Text("这一段在另一块硬盘上，请接上", "it lies on another drive: connect that")
NO_DEVICE = Text("没有设备", "no device")
NOT_BEGUN = Text(
    "方案要求录制，但录制时没有这一路",
    "the plan asks for it, and it was not among what was recorded",
)


@dataclass(frozen=True, slots=True)
class Excuse:
    """A stretch that the journal itself calls missing."""

    source: Source | None
    stretch: Stretch
    cause: Text


@dataclass(frozen=True)
class Coverage:
    """The result: findings, and up to where everything required is recorded."""

    findings: list[Finding]
    gaps: list[Finding]
    """The findings that are missing seconds."""
    proved_us: int


def required_by(recording: Recording | None) -> tuple[Source, ...]:
    """Return the sources that a contest with these settings asks for; None: no plan is known."""
    asked = {*ALWAYS}
    if recording is not None and recording.second_camera:
        asked.add("second")
    return tuple(source for source in SOURCES if source in asked)


def promised(lines: Sequence[Line], ledger: Ledger) -> tuple[Source, ...]:
    """Return the sources that devices or files of this journal stand for."""
    named = {line.entry.source for line in lines if isinstance(line.entry, Device | State)}
    filmed = {source for source in SOURCES if any(_files(ledger, source))}
    return tuple(source for source in SOURCES if source in named | filmed)


def check_coverage(
    lines: Sequence[Line],
    timeline: Timeline,
    ledger: Ledger,
    infos: Mapping[str, TrackInfo],
    rules: Rules,
) -> Coverage:
    """Find the seconds without record; findings: uncovered, simulated, not_real, no_media."""
    if not any(known.stretches for known in ledger.files.values()):
        return Coverage([find("no_media")], [], 0)
    covered = {source: _covered(ledger, infos, source) for source in rules.required}
    start = 0
    ends = [stretches[-1][1] if stretches else 0 for stretches in covered.values()]
    end = timeline.end_us if rules.closed else max(ends, default=0)
    findings = list(_device_findings(lines, timeline, rules))
    excuses = [*_excuses(lines, timeline, rules), *_away(ledger, infos)]
    gaps: list[Finding] = []
    for source, stretches in covered.items():
        mine = [e for e in excuses if e.source in (None, source)]
        unexcused = without(stretches, [e.stretch for e in mine if e.source is not None])
        allowance = TOLERANCE_US if rules.closed else START_US
        for hole in _holes(unexcused, (start, end), allowance):
            place = timeline.place(hole, source=source)
            unknown = UNEXPLAINED if stretches or source in ALWAYS else NOT_BEGUN
            gaps.append(find("uncovered", place, cause=_cause(hole, mine, unknown)))
    proved = end if rules.closed else min(ends, default=0)
    return Coverage(findings + gaps, gaps, max(0, proved))


def stand_ins(lines: Sequence[Line], timeline: Timeline) -> list[tuple[Source, Stretch, Text]]:
    """Return the stretches that the journal itself calls missing, longer than `verify` allows.

    Each with its source and its cause. No file is looked at; the end is that of the recording.
    """
    rules = Rules((), simulation_allowed=True, closed=True)
    found = []
    for excuse in _excuses(lines, timeline, rules):
        low, high = max(0, excuse.stretch[0]), min(timeline.end_us, excuse.stretch[1])
        is_long = high - low > TOLERANCE_US and not _is_start((low, high))
        if excuse.source is not None and is_long:
            found.append((excuse.source, (low, high), excuse.cause))
    return found


def check_media_times(
    ledger: Ledger, infos: Mapping[str, TrackInfo], timeline: Timeline
) -> Iterator[Finding]:
    """Find files that are shorter than their journal says, or hold other moments: media_time."""
    for known in ledger.files.values():
        info = infos.get(known.name)
        claimed = united(known.stretches)
        if info is None or not claimed:
            continue
        streams = [stream for stream in info.streams if stream.packets]
        for low, high in [s.stray for s in streams if s.stray is not None][:1]:
            stray = (low + known.epoch_us, high + known.epoch_us)
            yield find("media_time", timeline.place(stray, file=known.name))
        first = min((s.first_us for s in streams), default=0) + known.epoch_us
        last = max((s.end_us for s in streams), default=0) + known.epoch_us
        if last < claimed[-1][1] - TOLERANCE_US:
            place = timeline.place((max(last, claimed[0][0]), claimed[-1][1]), file=known.name)
            yield find("media_time", place)
        elif first > claimed[0][0] + TOLERANCE_US:
            yield find("media_time", timeline.place((claimed[0][0], first), file=known.name))


def _files(ledger: Ledger, source: Source) -> Iterator[tuple[FileLedger, Kind]]:
    """Yield the files that hold `source`, with the kind of stream to look at."""
    shown_by = "camera" if source == "sound" else source
    for known in ledger.files.values():
        if known.part is None or picture_of(known.name) != shown_by:
            continue
        if source == "sound" and known.part.sound:
            yield known, "sound"
        elif source != "sound" and known.part.width:
            yield known, "picture"


def _covered(ledger: Ledger, infos: Mapping[str, TrackInfo], source: Source) -> list[Stretch]:
    found: list[Stretch] = []
    for known, kind in _files(ledger, source):
        info = infos.get(known.name)
        stream = info.stream(kind) if info else None
        if stream is None:
            continue
        epoch = known.epoch_us
        there = (epoch + stream.first_us, epoch + stream.end_us)
        claimed = within(united(known.stretches, SEAM_US), there)
        found += without(claimed, [(epoch + low, epoch + high) for low, high in stream.holes])
    return united(found, SEAM_US)


def _away(ledger: Ledger, infos: Mapping[str, TrackInfo]) -> Iterator[Excuse]:
    """Yield what the files hold that lie on another drive, which is not connected."""
    for source in SOURCES:
        for known, _ in _files(ledger, source):
            if known.on_spare and known.name not in infos:
                yield from (Excuse(source, stretch, AWAY) for stretch in known.stretches)


def _holes(covered: Sequence[Stretch], window: Stretch, at_end: int) -> Iterator[Stretch]:
    """Yield what is missing of `window`; a little more is allowed at its beginning."""
    begin, end = window
    for low, high in without([window], covered):
        allowed = at_end if high == end else TOLERANCE_US
        if high - low > allowed and not _is_start((low - begin, high - begin)):
            yield low, high


def _is_start(stretch: Stretch) -> bool:
    """Tell whether a device may still be opening; `stretch` counts from the beginning.

    A stand-in may begin some samples after its file does.
    """
    low, high = stretch
    return low <= TOLERANCE_US and high <= START_US


def _excuses(lines: Sequence[Line], timeline: Timeline, rules: Rules) -> Iterator[Excuse]:
    standing: dict[Source, tuple[int, Text]] = {}
    for line in lines:
        match line.entry:
            case State(source=source, state="live"):
                if source in standing:
                    since, cause = standing.pop(source)
                    until = timeline.at(line.entry.at_us, line.boot)
                    yield Excuse(source, (since, until), cause)
            case State(source=source) as state:
                since = timeline.at(state.at_us, line.boot)
                if source in standing:
                    began, before = standing[source]
                    yield Excuse(source, (began, since), before)
                why = state.why if state.cause else Text(state.state, state.state)
                standing[source] = (since, why)
            case Restart() as restart:
                now = timeline.of(line)
                yield Excuse(None, (now - restart.down_us, now), restart.why)
                yield from _ended(standing, now)
            case Gap() as gap:
                since = timeline.at(gap.from_us, gap.boot_before or line.boot)
                until = timeline.at(gap.to_us, line.boot)
                yield Excuse(gap.source, (since, until), gap.why)
            case _:
                pass
    yield from _ended(standing, max(timeline.of(line) for line in lines) + SECOND_US)
    if not rules.simulation_allowed:
        yield from _unreal(lines, timeline, rules)


def _unreal(lines: Sequence[Line], timeline: Timeline, rules: Rules) -> Iterator[Excuse]:
    """Yield the stretches of devices that are no evidence, and of sources without any."""
    named: set[Source] = set()
    for device, stretch in _devices(lines, timeline):
        named.add(device.source)
        if device.origin != "real":
            yield Excuse(device.source, stretch, _not_real(device))
    for source in rules.required:
        if source not in named:
            yield Excuse(source, (0, timeline.of(lines[-1])), NO_DEVICE)


def _ended(standing: dict[Source, tuple[int, Text]], now: int) -> Iterator[Excuse]:
    """A stand-in ends with the recorder that wrote it; its successor says anew what it has."""
    for source, (since, cause) in standing.items():
        yield Excuse(source, (since, now), cause)
    standing.clear()


def _not_real(device: Device) -> Text:
    return Text(
        f"不是真实设备（{device.origin}）：{device.name}", f"{device.origin} device: {device.name}"
    )


def _cause(hole: Stretch, excuses: Sequence[Excuse], unknown: Text) -> Text:
    """Return the causes that the journal gives for `hole`, the longest first, else `unknown`."""
    lengths: dict[Text, int] = {}
    for excuse in excuses:
        for low, high in within([excuse.stretch], hole):
            lengths[excuse.cause] = lengths.get(excuse.cause, 0) + high - low
    causes = sorted(lengths, key=lambda cause: -lengths[cause])
    if not causes:
        return unknown
    zh, en = (c.zh.rstrip("。") for c in causes), (c.en.rstrip(".") for c in causes)
    return Text("；".join(zh), "; ".join(en))


def _devices(lines: Sequence[Line], timeline: Timeline) -> Iterator[tuple[Device, Stretch]]:
    """Yield each device with its stretch; the first one of a source stands from the beginning."""
    current: dict[Source, tuple[Device, int]] = {}
    for line in lines:
        if isinstance(line.entry, Device):
            now = timeline.of(line) if line.entry.source in current else 0
            if line.entry.source in current:
                before, since = current[line.entry.source]
                yield before, (since, now)
            current[line.entry.source] = (line.entry, now)
    end = max(timeline.of(line) for line in lines) + SECOND_US
    for device, since in current.values():
        yield device, (since, end)


def _device_findings(lines: Sequence[Line], timeline: Timeline, rules: Rules) -> Iterator[Finding]:
    if not rules.simulation_allowed:
        return
    seen: set[tuple[str, str, str]] = set()
    for device, _ in _devices(lines, timeline):
        name = (device.source, device.origin, device.name)
        if device.origin != "real" and name not in seen:
            seen.add(name)
            code = "simulated" if device.origin == "simulated" else "not_real"
            yield find(code, Place(source=device.source), cause=device.name)
