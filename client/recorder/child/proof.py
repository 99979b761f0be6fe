"""Once a minute: is what the file of the screen holds the living screen? See decision 0031.

A thread of its own opens the screen a second time, just before a key picture is encoded and just
after, and looks that picture up in the file, as a stranger would.
"""

from __future__ import annotations

import contextlib
import io
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import av
import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import SaiJianError
from client.base.files import open_file
from client.base.text import Text
from client.capture.screen import ScreenChanged, ScreenSource
from client.evidence.entries import Entry, Note
from client.recorder.child.container import Part
from client.recorder.child.living import Changes, Second, Verdict, judge
from client.recorder.child.picture import ScreenCanvas, planes
from client.recorder.child.screentrack import ScreenTrack
from client.recorder.child.tickfinder import Luma
from client.recorder.child.trackfile import TrackWriter

LEAD_US = SECOND_US // 5
"""So long before a key picture the screen is read: opening it takes 10 to 50 ms."""
QUIET_US, PICTURES = SECOND_US, 10
"""So long, and so many pictures, before that changes are noted: an animation shows itself."""
TRIES = 2
"""Failures in a row after which what is recorded counts as wrong."""
LATE_US = 3 * SECOND_US
"""A fragment ends half a second after its key picture; hardware holds some back."""
LOOK_S = 0.02
CLOCK_US = 1000
"""Rounding of moments between our clock and the file's."""
NOTHING: tuple[Verdict, int] = ("unprovable", 0)

ALIVE = Text(
    "已核对：录下的就是屏幕上的画面（以后每分钟核对一次，不再逐次记录）",
    "checked: what is recorded is what the screen shows (checked every minute from now on)",
)
COUNTED = Text(
    "录制期间核对屏幕画面：{proved} 次一致，{not_provable} 次画面一直在变、无法核对",
    "checks of the recorded screen: {proved} times the same, {not_provable} times nothing to check",
)
WRONG: dict[Verdict, Text] = {
    "frozen": Text(
        "录下的屏幕画面停住了，与屏幕上的不符；已改用另一种方式录屏",
        "what is recorded stands still, and the screen does not; it is recorded another way now",
    ),
    "black": Text(
        "录下的屏幕画面是黑的，屏幕上却有内容；已改用另一种方式录屏",
        "what is recorded is black and the screen is not; it is recorded another way now",
    ),
}
FAILS = (SaiJianError, ScreenChanged, OSError, av.FFmpegError, ValueError, LookupError)
"""Of a second opening, or of a file that is just being ended: nothing is proved then."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pauses:
    """Seconds between checks."""

    first: float = 5.0
    usual: float = 60.0
    again: float = 5.0
    """After one that failed, and while what is recorded is doubted."""


class Prover:
    """The thread. It hears of nothing and can hold nothing up."""

    def __init__(
        self,
        track: ScreenTrack,
        open_again: Callable[[], ScreenSource],
        post: Callable[[Entry], None],
        pauses: Pauses = Pauses(),
    ) -> None:
        """Prepare; `open_again` opens the screen independently of what `track` reads."""
        self._track, self._open, self._post, self._pauses = track, open_again, post, pauses
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._check, name="proof", daemon=True)
        self._good_us = 0
        self._failed = self._unprovable = 0

    def start(self) -> None:
        """Begin to check."""
        self._good_us = monotonic_us()
        self._thread.start()

    def stop(self, timeout_s: float = 0.2) -> None:
        """Check no more; say in the journal how often it was done."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        if self._track.proofs or self._unprovable:
            said = COUNTED.format(proved=self._track.proofs, not_provable=self._unprovable)
            self._post(Note.of(said, source="screen"))

    def _check(self) -> None:
        pause = self._pauses.first
        while not self._ended.wait(pause):
            try:
                verdict, at_us = self._look()
            except FAILS as error:
                log.info("the screen could not be checked: %s", error)
                verdict, at_us = NOTHING
            if not self._ended.is_set():
                self._take(verdict, at_us)
            pause = self._pauses.again if self._failed else self._pauses.usual

    def _take(self, verdict: Verdict, at_us: int) -> None:
        log.info("the screen is %s", verdict)
        if verdict == "proved":
            if not self._track.proofs:
                self._post(Note.of(ALIVE, source="screen"))
            self._failed, self._good_us = 0, at_us
            self._track.trust(at_us)
        elif verdict == "unprovable":
            self._unprovable += 1
        else:
            self._failed += 1
            if self._failed >= TRIES:
                self._track.doubt(verdict, WRONG[verdict], self._good_us, self._open)

    def _look(self) -> tuple[Verdict, int]:
        """Return the verdict on one key picture, and its moment."""
        part = self._track.begin_proof()
        if part is None:
            return NOTHING
        try:
            period_us = self._track.rate.period_us
            self._sleep_until(monotonic_us() + max(QUIET_US, PICTURES * period_us))
            if not self._failed:
                self._sleep_until(part.next_key_us - LEAD_US)
            second = self._read_around(part)
            self._sleep_until(monotonic_us() + 2 * period_us)
        finally:
            changed = self._track.end_proof(part)
        encoded = self._in_file(part.writer, second.keyed_us) if second else None
        if second is None or changed is None or encoded is None:
            return NOTHING
        return judge(encoded, second, changed), second.keyed_us

    def _read_around(self, part: Part) -> Second | None:
        """Read the screen before and after a key picture; None where none is taken in time."""
        with contextlib.closing(self._open()) as source:
            canvas = ScreenCanvas(source.width, source.height)
            canvas.update(source.read())
            keyed_us = self._key_after(part, monotonic_us())
            seen = planes(canvas.picture)[0]
            moves = Changes(seen)
            moves.note(seen, canvas.update(source.read()))
        return None if keyed_us is None else Second(seen, moves.squares, keyed_us)

    def _key_after(self, part: Part, read_us: int) -> int | None:
        """Wait for a key picture that was taken after `read_us`; return when that was."""
        if self._failed:
            part.next_key_us = 0
        seconds = part.video.key_frame_seconds if part.video else 0
        until_us = read_us + seconds * SECOND_US + LATE_US
        self._sleep_until(min(part.next_key_us, until_us))
        while part.keyed_us < read_us:
            if monotonic_us() > until_us or self._ended.wait(LOOK_S):
                return None
        return part.keyed_us

    def _in_file(self, writer: TrackWriter, keyed_us: int) -> Luma | None:
        """Return the key picture as the file has it; None where it does not come in time."""
        until_us = monotonic_us() + LATE_US
        while (place := writer.key_since(keyed_us - CLOCK_US)) is None:
            if monotonic_us() > until_us or self._ended.wait(10 * LOOK_S):
                return None
        init_end, (begin, end), at_us = place
        if abs(at_us - keyed_us) > CLOCK_US:
            return None
        with open_file(writer.path) as file:
            start = file.read(init_end)
            file.seek(begin)
            return first_picture(start + file.read(end - begin))

    def _sleep_until(self, at_us: int) -> None:
        self._ended.wait(max(0, at_us - monotonic_us()) / SECOND_US)


def first_picture(file: bytes) -> Luma | None:
    """Return the lightness of the first picture of an MP4; None where there is none."""
    with av.open(io.BytesIO(file), "r") as media:
        media.streams.video[0].codec_context.thread_count = 1
        for frame in media.decode(video=0):
            plane = frame.planes[0]
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            return rows[: frame.height, : frame.width].copy()
    return None
