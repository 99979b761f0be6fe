"""The screen track: one thread that grabs, compares and encodes the whole desktop.

While the system hands out no picture another thread goes on in the same file with a slate. Where it
has handed out none yet, the slate has a file of its own, from the first moment on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

import av

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import SaiJianError
from client.base.text import Text
from client.base.trouble import reason_of
from client.capture.camera.slates import slate, stamp
from client.capture.screen import ScreenChanged, ScreenSource
from client.contest.plan import Recording
from client.evidence.entries import Device, Note, Source
from client.evidence.layout import track_file
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.container import Part
from client.recorder.child.encoder import EncoderFailedError, VideoShape
from client.recorder.child.filler import STILL_US, Filler
from client.recorder.child.hints import Area
from client.recorder.child.living import Changes, Squares
from client.recorder.child.pace import Rate
from client.recorder.child.picture import Pixels, ScreenCanvas, planes, to_i420
from client.recorder.child.track import Health, TrackThread

REOPEN_S = 1.0
OPENS_US = 5 * SECOND_US
"""The first opening may take so long before it is called hanging; one that is refused is not."""
NO_SIZE = (1280, 720)
"""Width and height of the slate while no screen was seen: nobody knows the desktop's."""
HANGS_S = 0.5
"""At the end a thread that hangs in the system is waited for so long."""
NEXT_FILE_US = SECOND_US
"""A slate whose file failed begins another one after so long."""
HANGS = Text("系统没有交出屏幕画面（可能卡住了）", "the system hands out no screen: it may hang")
RESIZED = Text(
    "屏幕从 {before} 变为 {after}，录制在新文件里继续",
    "the desktop was {before} and is {after} now: the recording goes on in a new file",
)

log = logging.getLogger(__name__)


class Beside(Protocol):
    """A thread that looks after something of the screen."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End, soon."""
        ...


class ScreenTrack(TrackThread):
    """Records the desktop until `stop`; a lost one is opened again, a resized one as a new part."""

    _not_yet = frozenset({HANGS})

    def __init__(
        self,
        folder: Path,
        first_part: int,
        settings: Recording,
        open_screen: Callable[[], ScreenSource],
        chronicle: Chronicle,
        why_none: Callable[[], Text | None] = lambda: None,
    ) -> None:
        """Prepare; `start` begins. `why_none` tells why there may be no picture, if it is known."""
        super().__init__("screen", chronicle, Rate(settings.screen.fps), folder)
        self._next_part = first_part
        self._settings = settings
        self._open_screen = open_screen
        self._why_none = why_none
        self._file = threading.Lock()
        """Held by whichever thread writes into `_part`."""
        self._part: Part | None = None
        self._is_over = False
        self._last: Pixels | None = None
        """The desktop as it was put last, in the size of `_part`; None behind a slate."""
        self._put_us = 0
        self._size = NO_SIZE
        """Width and height of the desktop as it was seen last."""
        self._is_seen = self._is_refused = False
        """Whether a desktop was ever had, and whether the system has said no."""
        self._doubt: Health | None = None
        """What is wrong with the pictures that come; see `proof.py`."""
        self._changes: Changes | None = None
        self._opened_us = 0
        self._reopen = threading.Event()
        self.beside: list[Beside] = []
        """Threads that begin and end with this one."""
        self.proofs = 0
        """How often what was recorded was found to be the living screen."""
        self._filler = Filler(self._repeat, self._show_slate, self._stopping)

    def start(self) -> None:
        """Begin to record."""
        super().start()
        self._filler.start()
        for each in self.beside:
            each.start()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """End the last fragment, whether or not the system still hands out a picture."""
        for each in self.beside:
            each.stop()
        self._stopping.set()
        hangs = self._filler.since_us is not None
        ended = super().stop(min(timeout_s, HANGS_S) if hangs else timeout_s)
        self._filler.join(timeout_s)
        if not ended:
            self._finish(timeout_s)
            for writer in self._parts:
                writer.wait(timeout_s)
        return ended

    def _finish(self, timeout_s: float = -1) -> None:
        """End the file for good, unless a thread is at it for longer than that."""
        if self._file.acquire(timeout=timeout_s):
            try:
                self._is_over = True
                self._end_part()
            finally:
                self._file.release()

    def let_go(self) -> None:
        """Wait for nothing: a screen is closed at once, and one that hangs with the process."""

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._filler.waits(monotonic_us())
            try:
                source = self._open_screen()
            except (SaiJianError, OSError) as error:
                self._lost(error)
                self._stopping.wait(REOPEN_S)
                continue
            try:
                self._opened_us = 0
                self._announce(source)
                self._grab(source)
            except ScreenChanged:
                log.info("the desktop changed its size")
            except EncoderFailedError:
                raise  # x264 itself: tried again as after any failure of a track, not at once
            except SaiJianError as error:
                self._lost(error)
            finally:
                source.close()
            if not self._opened_us:  # not one picture came: at once the next would fare the same
                self._stopping.wait(REOPEN_S)
        self._finish()

    def _grab(self, source: ScreenSource) -> None:
        canvas = ScreenCanvas(source.width, source.height)
        due = monotonic_us()
        with self._file:
            self._last = self._changes = None
        self._reopen.clear()
        while not self._reopen.is_set():
            at_us = monotonic_us()
            self._filler.waits(at_us)
            patches = source.read()
            self._filler.came()
            with self._file:
                changed = canvas.update(patches)
                self._take(source, canvas, at_us, changed)
            self._load.did(due, monotonic_us())
            period = self.rate.period_us
            due = max(due + period, monotonic_us() - period)
            if self._stopping.wait(max(0, due - monotonic_us()) / SECOND_US):
                return

    def _take(
        self, source: ScreenSource, canvas: ScreenCanvas, at_us: int, changed: Sequence[Area]
    ) -> None:
        """Put the desktop into the file where it changed, or was put half a second ago."""
        health = self._doubt or Health("live", source.name)
        self._has_size(source.width, source.height)
        if self._health.get("screen", Health()) != health:
            at_us = monotonic_us()
            self._change("screen", health, at_us)
        self._opened_us = self._opened_us or at_us
        if self._changes is not None:
            self._changes.note(planes(canvas.picture)[0], changed)
        if self._last is None:
            self._add(canvas.picture, at_us, None)
        elif changed or at_us - self._put_us >= STILL_US:
            self._add(canvas.picture, at_us, changed)
        self._last = canvas.picture if self._part else None

    def _has_size(self, width: int, height: int) -> None:
        """Say so where the desktop has another size than it had."""
        before, self._size = self._size, (width, height)
        if self._is_seen and before != self._size:
            sizes = [f"{wide}x{high}" for wide, high in (before, self._size)]
            said = RESIZED.format(before=sizes[0], after=sizes[1])
            self._chronicle.post(Note.of(said, source="screen"))
        self._is_seen = True

    def _add(self, picture: Pixels, at_us: int, changed: Sequence[Area] | None) -> None:
        """Put a picture into a part of its size."""
        if self._is_over:
            return
        try:
            part = self._part_for(picture, at_us)
            self._put(part, picture, at_us, changed)
        except EncoderFailedError as error:
            self._go_on_with_x264(error)
        except (OSError, av.FFmpegError):
            self._end_part()
            raise
        self._put_us = at_us

    def _go_on_with_x264(self, error: EncoderFailedError) -> None:
        part = self._part
        self._part = None
        if part is None:
            raise error
        try:
            held = self._fall_back(part, error)
        finally:
            part.close()
        for picture, at_us in held:
            self._put(self._part_for(picture, at_us), picture, at_us)

    def _part_for(self, picture: Pixels, first_us: int) -> Part:
        """Return the present part, or a new one where the picture has another size."""
        height, width = picture.shape[0] * 2 // 3, picture.shape[1]
        part = self._part
        if part is not None and part.video is not None:
            same_size = (part.video.width, part.video.height) == (width, height)
            if same_size and not self._has_moved(part):
                return part
            self._end_part()
        self._part = part = self._new_part(width, height, first_us)
        self._begin(part)
        return part

    def _new_part(self, width: int, height: int, first_us: int) -> Part:
        shape, seconds = self._settings.screen, self._settings.key_frame_seconds
        video = VideoShape(width, height, shape.fps, shape.qp, seconds, encoder=self.encoder)
        path = self.folder / track_file("screen", self._next_part)
        self._next_part += 1
        return Part(path, first_us, video, None, self._chronicle.mend)

    def begin_proof(self) -> Part | None:
        """Note from now on what changes, and return the part; None where a slate is recorded."""
        with self._file:
            part, picture = self._part, self._last
            if part is None or picture is None:
                return None
            self._changes = Changes(planes(picture)[0])
            return part

    def end_proof(self, part: Part) -> Squares | None:
        """Return what changed since `begin_proof`; None where the file went on otherwise."""
        with self._file:
            changes, self._changes = self._changes, None
            return changes.squares if changes is not None and self._part is part else None

    def trust(self, at_us: int) -> None:
        """What was recorded at `at_us` is the living screen; a doubt ends with its reopening."""
        with self._file:
            self.proofs += 1
            if self._doubt is None:
                return
            device, self._doubt = self._doubt.device, None
            since_us = self._opened_us if 0 < self._opened_us <= at_us else at_us
            self._change("screen", Health("live", device), since_us)

    def doubt(
        self,
        state: Literal["frozen", "black"],
        cause: Text,
        since_us: int,
        open_screen: Callable[[], ScreenSource],
    ) -> None:
        """Say that what is recorded is not the living screen, and open it by `open_screen` now."""
        with self._file:
            device = self._health.get("screen", Health()).device
            self._doubt = Health(state, device, cause, is_urgent=True)
            self._change("screen", self._doubt, since_us)
        self._open_screen = open_screen
        self._reopen.set()

    def _proofs(self, source: Source) -> int:  # noqa: ARG002 - it has one source
        return self.proofs

    def _end_part(self) -> None:
        self._changes = None
        part, self._part = self._part, None
        if part is not None:
            self._leave(part)

    def _announce(self, source: ScreenSource) -> None:
        self._chronicle.post(
            Device(
                source="screen",
                name=source.name[:500],
                origin=source.origin,
                width=source.width,
                height=source.height,
                rate=self._settings.screen.fps,
            )
        )

    def _lost(self, error: SaiJianError | OSError) -> None:
        self._is_refused = True
        why = self._why_none() or reason_of(error)
        self._stands_in("screen", "slate", why, self._filler.since_us)

    def _repeat(self, now_us: int) -> None:
        """Put the last picture again: the next one is late, and may still come."""
        with self._file:
            is_due = self._filler.since_us is not None and now_us - self._put_us >= STILL_US
            if self._last is not None and is_due:
                self._fill_with(self._last, now_us, ())

    def _show_slate(self, since_us: int, now_us: int) -> None:
        """Name the loss, and put the slate into the file in which the desktop was.

        Where it was in none yet, into one that begins when the desktop was first waited for.
        """
        is_opening = not (self._is_seen or self._is_refused)
        if is_opening and now_us - since_us < OPENS_US:
            return
        if self._health.get("screen", Health()).state != "slate":
            self._stands_in("screen", "slate", self._why_none() or HANGS, since_us)
        with self._file:
            pause_us = STILL_US // 2 if self._part else NEXT_FILE_US
            if self._filler.since_us is None or now_us - self._put_us < pause_us:
                return
            self._last = self._changes = None
            missed = range(since_us, now_us, STILL_US) if self._put_us == 0 else ()
            for at_us in (*missed, now_us):
                self._fill_with(self._slate(now_us - at_us), at_us, None)

    def _slate(self, age_us: int) -> Pixels:
        """Return the slate, in the desktop's size, with the time of so long ago."""
        picture = slate("screen", *self._size).copy()
        now = datetime.now().astimezone() - timedelta(microseconds=age_us)
        stamp(picture, now.strftime("%Y-%m-%d %H:%M:%S"))
        return to_i420(picture)

    def _fill_with(self, picture: Pixels, at_us: int, changed: tuple[Area, ...] | None) -> None:
        try:
            self._add(picture, at_us, changed)
        except (OSError, av.FFmpegError, SaiJianError) as error:
            self._put_us = at_us
            self._failed(error)
