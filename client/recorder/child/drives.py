"""On which drive the tracks of a session go on, and when that changes.

A thread of its own looks: a spare drive that hangs or spins up keeps nothing waiting. The journal
stays on the first drive, which keeps room for it.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from client.base.errors import StorageError
from client.base.files import free_bytes
from client.base.text import Text
from client.evidence.entries import Entry, Note
from client.evidence.layout import SessionFolder
from client.evidence.spare import (
    device_of,
    is_there,
    make_place,
    trouble_with_spare,
)
from client.recorder.child.reserve import JOURNAL_BYTES, RESERVE_BYTES, Reserve

LOOK_S = 0.5
STOPS_S = 2.0
"""A drive that hangs is waited for no longer."""
NEAR_BYTES = 32 << 20
"""With a spare drive the first one is left before it is full: half a minute of the largest tracks
that a plan allows, in which a sleeping disk wakes."""

Where = Literal["first", "spare", "nowhere"]
Event = Literal["filling", "gone"]

MOVES: dict[tuple[Where, Event], Where] = {
    ("first", "filling"): "spare",
    ("spare", "filling"): "nowhere",
    ("spare", "gone"): "first",
}
"""Where the tracks go on. A drive that does not take them counts as nowhere: the recording ends."""

MOVED = Text(
    "第一块硬盘快满了，录像改存到另一块硬盘，请不要拔下",
    "the first drive is nearly full: the recording goes on on another drive; do not unplug it",
)
ON_SPARE = Text("正在往另一块硬盘录像，请不要拔下", "recording on another drive; do not unplug it")
BACK = Text(
    "另一块硬盘断开了，录像改回第一块硬盘；请把那块硬盘接上，不要删除上面的文件",
    "the other drive is gone, the recording goes on on the first one; connect it again, and delete "
    "nothing on it",
)
NO_ROOM = Text(
    "另一块硬盘断开了，第一块硬盘也没有空间，录制停止",
    "the other drive is gone and the first one is full: the recording stops",
)
LOST = Text(
    "另一块硬盘断开时，最后的录像没有写完",
    "the other drive was gone before the last of it was written",
)
REFUSED = Text("备用硬盘不能写入：{why}", "the spare drive cannot be written to: {why}")

log = logging.getLogger(__name__)


class Drives:
    """The first drive and, where the setup names one, the spare. Safe from any thread."""

    def __init__(
        self, folder: SessionFolder, post: Callable[[Entry], None], spare: Path | None = None
    ) -> None:
        """Go on where an earlier process of this session did; `spare` is its place there."""
        self._home = folder
        self._post = post
        self._place = spare
        self._first = Reserve(folder.reserve, JOURNAL_BYTES if spare else 0)
        self._second = Reserve(spare / "reserve") if spare else None
        self._device: tuple[str, int] | None = None
        self._said: Text | None = None
        self._unusable: Text | None = None
        """Why the spare drive is of no use now."""
        self._wake = threading.Event()
        self._must_move = False
        self._stopping = False
        self._thread = threading.Thread(target=self._watch, name="drives", daemon=True)
        self.free = RESERVE_BYTES
        """Bytes that the recording may still take, when that was last looked at."""
        self.where: Where = "first"
        self.folder = folder.path
        """Where a part that begins now lies."""
        if spare is not None and is_there(spare):
            self._take(spare)

    @property
    def is_ending(self) -> bool:
        """Tell whether no drive takes more, so that the recording is to end while it can."""
        return self.where == "nowhere"

    @property
    def present(self) -> Text | None:
        """Return what is to be shown now."""
        return ON_SPARE if self.where == "spare" else self._unusable

    def start(self) -> None:
        """Look after the drives from now on."""
        self.free = _free(self._home.path)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping = True
        self._wake.set()
        self._thread.join(STOPS_S)

    def hold(self) -> None:
        """Keep room back."""
        self._first.hold()
        if self.where == "spare" and self._second is not None:
            self._second.hold()

    def let_go(self) -> None:
        """Give the room back."""
        self._first.let_go()
        if self._second is not None:
            self._second.let_go()

    def is_on_spare(self, path: Path) -> bool:
        """Tell whether the file lies on the spare drive."""
        return path.parent == self._place

    def make_room(self, path: Path) -> bool:
        """The disk of `path` is full: give some room back; tell whether there was any.

        On the first drive that is enough for what its tracks have under way until they moved, and
        for the journal from then on.
        """
        if self._second is not None and self.is_on_spare(path):
            self.where = "nowhere"
            return self._second.let_go()
        if self._place is not None and not self.is_ending:
            self._must_move = self._must_move or self.where == "first"
            self._wake.set()
            if self._first.give():
                return True
        self.where = "nowhere"
        return self._first.let_go()

    def _watch(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                self.look()
            except Exception:  # whatever a drive does, the other goes on
                log.exception("the drives could not be looked at")
            self._wake.wait(LOOK_S)

    def look(self) -> None:
        """See how much is left, and whether the drive is still there; move where it must be."""
        here, place = _free(self._home.path), self._place
        if self.where == "first":
            self.free = here + self._free_on_spare()
            limit = NEAR_BYTES if place else RESERVE_BYTES
            if self._must_move or 0 < here < limit:  # nothing at all: the drive may be gone
                self._go(MOVES["first", "filling"], here)
        elif self.where == "spare" and place is not None:
            is_connected = self._is_connected(place)
            self.free = _free(place) if is_connected else 0
            if not is_connected:
                self._go(MOVES["spare", "gone"], here)
            elif self.free < RESERVE_BYTES:
                self._go(MOVES["spare", "filling"], here)

    def _go(self, where: Where, here: int) -> None:
        """Go on `where`, if that drive takes it; `here` are the bytes free on the first one."""
        if where == "spare" and self._move():
            return
        if where == "first" and here > 2 * RESERVE_BYTES:
            self.where, self.folder = "first", self._home.path
            self._say(BACK)
        elif where == "first":
            self.where = "nowhere"
            self._say(NO_ROOM)
        elif where == "nowhere" or self._must_move or here < RESERVE_BYTES:
            self.where = "nowhere"

    def _move(self) -> bool:
        """Let parts begin on the spare drive; False where it takes none."""
        place, reserve = self._place, self._second
        if place is None or reserve is None or not self._is_usable(place):
            return False
        try:
            make_place(place)
            self._take(place)
        except OSError as error:
            self._say(REFUSED.format(why=error.strerror))
            return False
        reserve.hold()
        self._say(MOVED)
        return True

    def _take(self, place: Path) -> None:
        self._device = device_of(place)
        self._must_move = False
        self.where, self.folder = "spare", place

    def _is_usable(self, place: Path) -> bool:
        """Tell whether the spare drive is there and has room; say once why it is of no use."""
        why = trouble_with_spare(place.parent, self._home.path)
        said = why and Text(f"备用硬盘不能用：{why.zh}", f"the spare drive is of no use: {why.en}")
        self._unusable = said
        if said is not None:
            self._say(said)
        return said is None

    def _free_on_spare(self) -> int:
        """Return what the spare drive will take; nothing where there is none that could."""
        place = self._place
        if place is None or not self._is_usable(place):
            return 0
        return max(0, _free(place.parent) - RESERVE_BYTES)

    def _is_connected(self, place: Path) -> bool:
        """Tell whether the very drive that the tracks moved to is there."""
        with contextlib.suppress(OSError):
            return is_there(place) and device_of(place) == self._device
        return False

    def _say(self, text: Text) -> None:
        """Say something new, once."""
        if text != self._said:
            self._said = text
            self._post(Note.of(text, "warning"))


def _free(path: Path) -> int:
    """Return the bytes left on the drive of `path`; none on a drive that is gone."""
    try:
        return free_bytes(path)
    except StorageError:
        return 0
