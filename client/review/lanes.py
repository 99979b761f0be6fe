"""One lane a source: what is recorded of it, what stands in for it, what is missing and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from client.base.clock import SECOND_US
from client.base.text import Text
from client.evidence.coverage import SOURCES
from client.evidence.entries import Source
from client.evidence.findings import Finding
from client.evidence.timeline import Stretch, united, within, without
from client.review.films import SEAM_US, Film

NAMES: dict[Source, Text] = {
    "screen": Text("屏幕", "Screen"),
    "camera": Text("摄像头", "Camera"),
    "second": Text("第二摄像头", "2nd camera"),
    "sound": Text("声音", "Sound"),
}
_SHORTEST_US = 50_000
"""Less than a picture: nothing to show."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a file that holds this source."""

    file: str
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch that counts as not recorded: nothing there at all, or a stand-in."""

    kind: Literal["gap", "stand_in"]
    stretch: Stretch
    text: Text


@dataclass(frozen=True)
class Lane:
    """All of one source on the session's clock."""

    source: Source
    bars: tuple[Bar, ...]
    holes: tuple[Hole, ...]


def lanes_of(films: Sequence[Film], uncovered: Sequence[Finding]) -> list[Lane]:
    """Return the lanes of the sources that were recorded or should have been."""
    lanes = []
    for source in SOURCES:
        bars = tuple(_bars(films, source))
        holes = tuple(_holes(uncovered, source, [bar.stretch for bar in bars]))
        if bars or holes:
            lanes.append(Lane(source, bars, holes))
    return lanes


def bars_only(films: Sequence[Film]) -> list[Lane]:
    """Return the lanes where no journal says what is missing."""
    lanes = [Lane(source, tuple(_bars(films, source)), ()) for source in SOURCES]
    return [lane for lane in lanes if lane.bars]


def _bars(films: Iterable[Film], source: Source) -> Iterator[Bar]:
    for film in films:
        holds = film.sound if source == "sound" else film.picture
        if holds and film.shows == ("camera" if source == "sound" else source):
            yield from (Bar(film.name, stretch) for stretch in film.stretches)


def _holes(
    uncovered: Iterable[Finding], source: Source, recorded: Sequence[Stretch]
) -> Iterator[Hole]:
    """Tell apart, in each stretch that does not count, what can be played and what is not there."""
    there = united(recorded, SEAM_US)
    for finding in uncovered:
        if finding.source != source or finding.seconds is None:
            continue
        start, end = (round(second * SECOND_US) for second in finding.seconds)
        pieces = [Hole("stand_in", part, finding.text) for part in within(there, (start, end))]
        pieces += [Hole("gap", part, finding.text) for part in without([(start, end)], there)]
        yield from sorted(
            (p for p in pieces if p.stretch[1] - p.stretch[0] >= _SHORTEST_US),
            key=lambda p: p.stretch,
        )
