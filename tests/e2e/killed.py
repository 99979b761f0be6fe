"""What kills cost: of each one the seconds lost before it and until all is recorded again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from client.base.clock import SECOND_US
from client.evidence.coverage import UNEXPLAINED
from client.evidence.entries import Part, Source, State
from client.evidence.layout import SessionFolder
from client.evidence.media import Kind, probe
from tests.e2e import recorded
from tests.e2e.killing import Kill, Moment, Watch, step_us

LOST_S = 2.0
"""At most so much of what was filmed before a kill may be missing."""
BACK_S = 2.0
"""After a kill screen and camera track must be recorded again within this."""
KINDS: Mapping[Source, Kind] = {"screen": "picture", "camera": "picture", "sound": "sound"}

Track = Literal["screen", "film"]


@dataclass(frozen=True)
class Stretch:
    """What plays of one stream of one part, on the monotonic clock."""

    file: str
    from_us: int
    to_us: int
    errors: int
    """Packets that the decoder refused."""


@dataclass(frozen=True)
class Cost:
    """What one kill cost, in seconds; None where another kill came before it could be told."""

    moment: Moment
    second: float
    """Of the recording."""
    lost: Mapping[Source, float]
    """Filmed before the kill, and not there. Nothing for a source that was not filmed yet."""
    back: Mapping[Track, float | None]
    camera: float | None
    """Until a real picture of the camera."""
    until_next: float
    """Until the next kill, or the end."""


def stretches(folder: Path, source: Source) -> list[Stretch]:
    """Decode every part that holds `source`; return what plays, in order."""
    parts = {part.file: part for part in recorded.entries(folder, Part)}
    found = []
    for path in SessionFolder(folder).tracks():
        if (source == "screen") != path.name.startswith("screen") or path.name not in parts:
            continue
        stream = probe(path, decode=True).stream(KINDS[source])
        if stream is not None:
            epoch = parts[path.name].epoch_us
            span = (epoch + stream.first_us, epoch + stream.end_us)
            found.append(Stretch(path.name, *span, stream.errors))
    return sorted(found, key=lambda stretch: stretch.from_us)


def costs(folder: Path, kills: Sequence[Kill], watch: Watch) -> list[Cost]:
    """Return what each kill cost between the beginning and the end of the recording."""
    begun_us, ended_us = step_us(folder, "identity"), step_us(folder, "ended")
    plays = {source: stretches(folder, source) for source in KINDS}
    live = [s.at_us for s in recorded.entries(folder, State) if _is_picture(s)]
    found = []
    for number, kill in enumerate(kills):
        before = kills[number - 1].at_us if number else 0
        after = kills[number + 1].at_us if number + 1 < len(kills) else ended_us
        if kill.at_us >= ended_us:
            continue
        lost = {source: _lost(kill.at_us, before, plays[source], watch, source) for source in KINDS}
        again = {
            "screen": _back(kill.at_us, after, plays["screen"], watch, "screen"),
            "film": _back(kill.at_us, after, plays["camera"], watch, "camera"),
        }
        real = next((at for at in live if kill.at_us < at < after), None)
        found.append(
            Cost(
                kill.moment,
                (kill.at_us - begun_us) / SECOND_US,
                {source: value for source, value in lost.items() if value is not None},
                again,  # type: ignore[arg-type]
                None if real is None else (real - kill.at_us) / SECOND_US,
                (after - kill.at_us) / SECOND_US,
            )
        )
    return found


def _is_picture(state: State) -> bool:
    return state.source == "camera" and state.state == "live"


def _begins(watch: Watch, source: Source, span: tuple[int, int]) -> Iterator[int]:
    """Yield when parts that hold `source` were first seen within `span`."""
    for name, at in watch.seen_us.items():
        if (source == "screen") == name.startswith("screen") and span[0] < at < span[1]:
            yield at


def _lost(
    at_us: int, before_us: int, plays: Sequence[Stretch], watch: Watch, source: Source
) -> float | None:
    """Return what is missing before a kill of what its victim filmed since the kill before."""
    ends = [p.to_us for p in plays if before_us <= p.from_us < at_us]
    began = min(_begins(watch, source, (before_us, at_us)), default=None)
    if not ends and began is None:
        return None
    return max(0, at_us - max([*ends, began or 0])) / SECOND_US


def _back(
    at_us: int, after_us: int, plays: Sequence[Stretch], watch: Watch, source: Source
) -> float | None:
    """Return after how long there is a picture again, or a file that was to hold one."""
    seen = [p.from_us for p in plays if at_us < p.from_us < after_us]
    first = min([*seen, *_begins(watch, source, (at_us, after_us))], default=None)
    return None if first is None else (first - at_us) / SECOND_US


def too_slow(cost: Cost) -> list[str]:
    """Return in words what of this kill's cost is beyond the limits."""
    said = [f"{source} lost {s:.2f} s" for source, s in cost.lost.items() if s > LOST_S]
    for track, seconds in cost.back.items():
        waited = cost.until_next if seconds is None else seconds
        if waited > BACK_S:
            said.append(f"{track} back after {waited:.2f} s")
    return said


def complaints(folder: Path, report: dict[str, Any], allowed: frozenset[str]) -> list[str]:
    """Return in words what is wrong with the session besides what kills take."""
    said = [
        f"{finding['code']}: {finding}"
        for finding in report["findings"]
        if finding["code"] not in allowed
    ]
    said += [f"no cause: {gap}" for gap in report["gaps"] if UNEXPLAINED.zh in gap["cause"]]
    for source in KINDS:
        said += [f"does not decode: {play}" for play in stretches(folder, source) if play.errors]
    return said


def figures(found: Sequence[Cost]) -> dict[str, tuple[int, float, float]]:
    """Return how many, median and worst of each figure, in seconds."""
    columns: dict[str, list[float]] = {}
    for cost in found:
        for source, lost in cost.lost.items():
            columns.setdefault(f"lost: {source}", []).append(lost)
        for track, back in {**cost.back, "camera's picture": cost.camera}.items():
            if back is not None:
                columns.setdefault(f"back: {track}", []).append(back)
    return {name: (len(all_), median(all_), max(all_)) for name, all_ in columns.items()}
