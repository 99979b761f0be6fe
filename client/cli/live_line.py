"""The line that `saijian record` keeps showing, and the counting behind it. No input or output."""

from __future__ import annotations

import math
import unicodedata
from collections import deque

from client.base.text import Text
from client.recorder.protocol import SourceStatus, Status
from client.recorder.remarks import pieces_lost, spare

RATE_SECONDS = 10.0
"""So far back the rate looks."""
QUIETEST_DB = -60
"""What the level bar begins at; a full one is 0 dB, the loudest that 16 bits hold."""
BAR = 8
_PLENTY_MINUTES = 20_000
"""A disk that lasts two weeks is said to be enough: longer figures only puzzle."""
NAMES = {
    "screen": Text("屏幕", "screen"),
    "camera": Text("摄像头", "camera"),
    "second": Text("第二摄像头", "second camera"),
    "sound": Text("声音", "sound"),
}
_STATES = {
    "live": Text("正常", "live"),
    "slate": Text("无画面", "NO PICTURE"),
    "silence": Text("无声音", "NO SOUND"),
    "black": Text("画面全黑", "BLACK"),
    "frozen": Text("画面不动", "FROZEN"),
    "muted": Text("已静音", "MUTED"),
    "off": Text("打开中", "opening"),
}


class Pace:
    """Bytes a second over the last 10 s."""

    def __init__(self) -> None:
        """Nothing has been seen."""
        self._seen: deque[tuple[float, int]] = deque()

    def saw(self, second: float, size: int) -> float:
        """Take in the size so far and return the rate; 0 until a second has passed."""
        self._seen.append((second, size))
        while len(self._seen) > 2 and second - self._seen[1][0] >= RATE_SECONDS:  # noqa: PLR2004 - two make a rate
            self._seen.popleft()
        since, before = self._seen[0]
        return (size - before) / (second - since) if second - since >= 1 else 0.0


def size_of(status: Status) -> int:
    """Return the bytes of all track files."""
    return sum(track.bytes for track in status.tracks)


def live_line(status: Status, rate: float, width: int) -> str:
    """Return the line for `rate` bytes a second, in at most `width` columns.

    What matters most stands first: a narrow terminal cuts the end off.
    """
    pieces = [
        clock(status.seconds),
        f"{size_of(status) / 1e6:.1f} MB",
        f"{rate / 1000:.0f} kB/s",
        *(_source(source) for source in status.sources),
        Text(status.disk, status.disk_en).say() or left(status.free_bytes, rate).say(),
        *(
            f"{NAMES[source.source].say()} {named.say()}"
            for source in status.sources
            for named in spare(source)
        ),
    ]
    return cut("  ".join(pieces), width)


def clock(seconds: float) -> str:
    """Return seconds as h:mm:ss."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def left(free: int, rate: float) -> Text:
    """Say how long the disk lasts at this rate, and how much of it is free."""
    gigabytes = f"{free / 1e9:.1f} GB"
    if rate <= 0:
        return Text(f"磁盘剩 {gigabytes}", f"disk {gigabytes} left")
    minutes = int(free / rate / 60)
    if minutes > _PLENTY_MINUTES:
        return Text(f"磁盘足够（{gigabytes}）", f"disk enough ({gigabytes})")
    return Text(f"磁盘还够 {minutes} 分钟（{gigabytes}）", f"disk {minutes} min left ({gigabytes})")


def _source(source: SourceStatus) -> str:
    words = [NAMES[source.source].say(), _STATES[source.state].say()]
    if source.state == "live" and source.source == "sound":
        words = [words[0], level(source.level)]
    elif source.state != "live" and source.cause:
        words.append(f"({Text(source.cause, source.cause_en or source.cause).say()})")
    words += [f"({lost.say()})" for lost in pieces_lost(source)]
    return " ".join(words)


def level(peak: float) -> str:
    """Return a peak of 0 to 1 as a bar and in dB of the loudest possible: `[#####---] -23 dB`."""
    decibels = max(QUIETEST_DB, round(20 * math.log10(peak))) if peak > 0 else QUIETEST_DB
    full = round(BAR * (decibels - QUIETEST_DB) / -QUIETEST_DB)
    told = f"{decibels} dB" if decibels > QUIETEST_DB else f"<{QUIETEST_DB} dB"
    return f"[{'#' * full}{'-' * (BAR - full)}] {told:>7}"


def cut(line: str, width: int) -> str:
    """Return what of `line` fits into `width` columns; Chinese letters take two."""
    taken = 0
    for at, letter in enumerate(line):
        taken += 1 + (unicodedata.east_asian_width(letter) in "WF")
        if taken > width:
            return line[:at]
    return line
