"""How many bytes a session takes by its plan: what a computer should have room for, and at most.

The most is the organizer's bound on one session. It is wide, as it must never stop an honest
recording: it keeps one key from filling the disk that all need.
"""

from __future__ import annotations

from typing import NamedTuple

from client.base.clock import SECOND_US
from client.contest.attachment import MOST_BYTES
from client.contest.plan import Paper, Plan, Recording
from client.contest.schedule import schedule_of

SCREEN_KBPS = 1000
"""Screen at 10 fps, quantiser 26: busy office work at 1920x1080 takes about 250; video far more.

The check `recording` measures what it is here; this one answers at once.
"""
_SCREEN_FPS, _SCREEN_QP = 10, 26
_QP_HALVES = 6
"""x264 halves the bit rate every so many steps of the quantiser."""
LINE_BYTES, RANGE_BYTES, RECEIPT_BYTES = 290, 175, 1100
"""A `media` line a second, its part of each track, and a receipt's line, each rounded up."""
JOURNAL_RESERVE = 4
"""Over what an undisturbed session writes: devices that come and go, lost pieces, restarts."""
JOURNAL_BASE = 4 * 1024**2
OWN_RESERVE = 8
"""Over what preflight asks room for: the screen has no bit rate. A judgement, not measured."""
OWN_BASE = 256 * 1024**2
FOREIGN_KBPS = 50_000
"""Assumed of a phone's film in 4K; another recorder of the screen takes less."""


class Most(NamedTuple):
    """Bytes that the organizer takes of one session."""

    journal: int
    own: int
    """Of journal and tracks together."""
    foreign: int
    """Of foreign recordings (外部录像) together, however many there are."""


def session_bytes(recording: Recording, seconds: float) -> int:
    """Return the bytes of all tracks of `seconds` of recording, as they are expected."""
    screen = SCREEN_KBPS * recording.screen.fps / _SCREEN_FPS
    screen *= 2 ** ((_SCREEN_QP - recording.screen.qp) / _QP_HALVES)
    kbps = screen + _cameras(recording) * recording.camera.kbps + recording.sound.kbps
    return round(kbps * 1000 / 8 * seconds)


def journal_bytes(plan: Plan, seconds: float) -> int:
    """Return the bytes of the journal of `seconds`, as they are expected."""
    tracks = 1 + _cameras(plan.recording)
    line = LINE_BYTES + tracks * RANGE_BYTES
    return round(seconds * (line + RECEIPT_BYTES / plan.upload.heartbeat_seconds))


def longest_seconds(plan: Plan, paper: Paper) -> float:
    """Return how long a session of `paper` may be: from its opening to the last of overrun."""
    times = schedule_of(plan, paper)
    return (times.stops_us - times.opens_us) / SECOND_US


def most_of(plan: Plan, paper: Paper) -> Most:
    """Return what the organizer takes of one session of `paper` at most."""
    seconds = longest_seconds(plan, paper)
    return Most(
        journal=JOURNAL_RESERVE * journal_bytes(plan, seconds) + JOURNAL_BASE,
        own=OWN_RESERVE * session_bytes(plan.recording, seconds) + OWN_BASE,
        foreign=max(MOST_BYTES, round(FOREIGN_KBPS * 1000 / 8 * seconds)),
    )


def _cameras(recording: Recording) -> int:
    return 2 if recording.second_camera else 1
