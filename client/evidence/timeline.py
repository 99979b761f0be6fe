"""One time axis for a session: microseconds since the devices started, across restarts and boots.

Monotonic stamps of different boots do not compare. Across a boot the `restart` line says how long
the recorder was down; wall time is only read off the lines beside.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from client.base.clock import SECOND_US
from client.evidence.entries import Close, Part, Restart, Step
from client.evidence.findings import Place
from client.evidence.journal import Line

Stretch = tuple[int, int]
"""Half-open, in microseconds of a Timeline."""


class Timeline:
    """Turns the stamps of a journal into one axis that begins with the recording."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Read the boots, the beginning and the end off verified `lines` (at least one)."""
        self._offsets: dict[str, int] = {}
        previous, restarts = lines[0], _restarts(lines)
        for line in lines:
            if line.boot not in self._offsets:
                self._offsets[line.boot] = self._offset(previous, restarts.get(line.boot, line))
            previous = line
        self._origin = 0
        self._origin = self.at(*_beginning(lines))
        self._moments = [self.of(line) for line in lines]
        self._walls = [line.utc_us for line in lines]
        self.end_us = self._end(lines)

    def _offset(self, previous: Line, line: Line) -> int:
        if not self._offsets:
            return -line.mono_us
        entry = line.entry
        down = entry.down_us if isinstance(entry, Restart) else line.utc_us - previous.utc_us
        return previous.mono_us + self._offsets[previous.boot] + down - line.mono_us

    def at(self, mono_us: int, boot: str) -> int:
        """Return the moment of a monotonic stamp of `boot`; an unknown boot counts as the last."""
        offset = self._offsets.get(boot, next(reversed(self._offsets.values())))
        return mono_us + offset - self._origin

    def of(self, line: Line) -> int:
        """Return when `line` was written."""
        return self.at(line.mono_us, line.boot)

    def wall_us(self, moment_us: int) -> int:
        """Return what the computer's wall clock showed then, UTC."""
        index = max(0, bisect_right(self._moments, moment_us) - 1)
        return self._walls[index] + moment_us - self._moments[index]

    def place(self, stretch: Stretch, *, file: str = "", source: str = "") -> Place:
        """Return the place of a finding about `stretch`."""
        start, end = stretch
        return Place(
            file=file,
            seconds=(start / SECOND_US, end / SECOND_US),
            utc_us=(max(0, self.wall_us(start)), max(0, self.wall_us(end))),
            source=source,
        )

    def _end(self, lines: Sequence[Line]) -> int:
        """Return when recording was to stop: the step `ended`, else the last line."""
        for line in lines:
            if isinstance(line.entry, Step) and line.entry.name == "ended":
                return self.of(line)
        last = self.of(lines[-1])
        return last - CLOSING_US if isinstance(lines[-1].entry, Close) else last


def _restarts(lines: Sequence[Line]) -> dict[str, Line]:
    """Return the first restart line of each boot; the tails of files may stand before it."""
    found: dict[str, Line] = {}
    for line in lines:
        if isinstance(line.entry, Restart):
            found.setdefault(line.boot, line)
    return found


CLOSING_US = 2 * SECOND_US
"""What a recorder that was simply stopped may take to finish its files before the close record."""


def _beginning(lines: Sequence[Line]) -> tuple[int, str]:
    """Return stamp and boot of the beginning: the identity step, else the first track file."""
    for line in lines:
        if isinstance(line.entry, Step) and line.entry.name == "identity":
            return line.mono_us, line.boot
    for line in lines:
        if isinstance(line.entry, Part):
            return line.entry.epoch_us, line.boot
    return lines[0].mono_us, lines[0].boot


def united(stretches: Sequence[Stretch], seam_us: int = 0) -> list[Stretch]:
    """Return the union of `stretches` in order; neighbours closer than `seam_us` are joined."""
    result: list[Stretch] = []
    for start, end in sorted(stretches):
        if end <= start:
            continue
        if result and start - result[-1][1] <= seam_us:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without(stretches: Sequence[Stretch], holes: Sequence[Stretch]) -> list[Stretch]:
    """Return what is left of `stretches` outside all `holes`."""
    left = united(stretches)
    for hole_start, hole_end in united(holes):
        cut: list[Stretch] = []
        for start, end in left:
            if hole_end <= start or end <= hole_start:
                cut.append((start, end))
                continue
            cut += [(start, hole_start)] if start < hole_start else []
            cut += [(hole_end, end)] if hole_end < end else []
        left = cut
    return left


def within(stretches: Sequence[Stretch], window: Stretch) -> list[Stretch]:
    """Return the parts of `stretches` inside `window`."""
    low, high = window
    return [(max(s, low), min(e, high)) for s, e in united(stretches) if e > low and s < high]
