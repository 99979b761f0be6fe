"""The microphone's own thread: opens it, watches it, opens it again; blocks wait in a queue."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Literal

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import SaiJianError
from client.base.text import Text
from client.base.trouble import reason_of
from client.capture.audio import Samples as Block
from client.capture.audio import SoundSource
from client.capture.delay import UNKNOWN, Delay
from client.evidence.entries import Device, Note
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.losses import Losses
from client.recorder.child.precedence import SOUND, take_precedence

REOPEN_S = 2.0
STALLED_US = 3 * SECOND_US
STARTS_US = 6 * SECOND_US
"""The first sound may take longer: 2.0 to 2.3 s where PulseAudio had suspended the source."""
LOST = Text("麦克风中断：{zh}", "microphone lost: {en}")
HUSH_US = 60 * SECOND_US
OPENING = Text("麦克风正在打开", "the microphone is being opened")
STARTING = Text(
    "麦克风正在启动，还没有送来声音", "the microphone is starting: it has delivered nothing yet"
)
STALLED = Text("麦克风不再送来声音", "the microphone delivers nothing any more")
MUTED = Text("麦克风在系统里被静音，请取消静音", "the microphone is muted in the system: unmute it")
HUSHED = Text(
    "麦克风一分钟没有任何声音；如果房间里有人说话，请检查麦克风",
    "no sound at all for a minute; if somebody speaks in the room, check the microphone",
)
HEARD = Text("麦克风又有声音了", "the microphone hears something again")

log = logging.getLogger(__name__)


class Hush:
    """Whether there has been any sound: samples that are all the same are none."""

    def __init__(self) -> None:
        """Begin with sound."""
        self._flat_since_us: int | None = None
        self._now_us = 0
        self._is_told = False

    def heard(self, now_us: int, *, is_flat: bool) -> None:
        """Take in one block."""
        self._now_us = now_us
        if not is_flat:
            self._flat_since_us = None
        elif self._flat_since_us is None:
            self._flat_since_us = now_us

    def news(self, *, is_muted: bool) -> Text | None:
        """Return what is to be said now: after a minute without sound, and when it is back."""
        since = self._flat_since_us
        if since is None:
            was_told, self._is_told = self._is_told, False
            return HEARD if was_told else None
        if self._is_told or is_muted or self._now_us - since < HUSH_US:
            return None
        self._is_told = True
        return HUSHED


class Ear:
    """Keeps what the microphone delivered until the film track drains it."""

    def __init__(self, open_microphone: Callable[[], SoundSource], chronicle: Chronicle) -> None:
        """Prepare; `start` begins."""
        self._open = open_microphone
        self._chronicle = chronicle
        self._blocks: deque[tuple[Block, int, int]] = deque()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="ear", daemon=True)
        self._source: SoundSource | None = None
        self._heard_us = 0
        self._peak = 0
        self._hush = Hush()
        self.losses = Losses()
        self.muted = False
        """The system says that the microphone is muted."""
        self.device = ""
        self.next_name: Callable[[], str] = lambda: ""
        """Names what is opened in its place when it fails; empty where there is nothing."""
        self.opened = 0
        """How many times a device was opened so far."""
        self.cause = OPENING
        """Why nothing is heard, when nothing is."""

    def start(self) -> None:
        """Begin to open the microphone."""
        self._thread.start()

    def leave(self) -> None:
        """Begin to let the microphone go."""
        self._stopping.set()

    def stop(self, timeout_s: float = 3.0) -> None:
        """Let the microphone go; a device that hangs is left to the end of the process."""
        self.leave()
        self._thread.join(timeout_s)

    def drain(self, before_us: int) -> list[tuple[Block, int, int]]:
        """Return what came since the last call: blocks, each with its time and rate.

        The first one from `before_us` on, and all behind it, stay for another call.
        """
        blocks = []
        while self._blocks and self._blocks[0][1] < before_us:
            blocks.append(self._blocks.popleft())
        return blocks

    @property
    def next_us(self) -> int | None:
        """Return the time of the block that is drained next; None where none waits."""
        blocks = self._blocks
        return blocks[0][1] if blocks else None

    def peak(self) -> float:
        """Return the loudest sample since the last call, 0 to 1."""
        peak, self._peak = self._peak, 0
        return peak / 32768

    def _listen(self) -> None:
        take_precedence(SOUND)
        while not self._stopping.is_set():
            try:
                self._use(self._open())
            except Exception as error:
                self.cause = reason_of(error)
                unforeseen = not isinstance(error, SaiJianError)
                log.warning("microphone: %s", error, exc_info=unforeseen)
            self._stopping.wait(REOPEN_S)

    def _use(self, source: SoundSource) -> None:
        def sink(block: Block, at_us: int) -> None:
            self._heard_us = monotonic_us()
            self._blocks.append((block, at_us, source.rate))
            self.losses.heard(at_us, block.size, source.rate)
            if block.size:
                low, high = int(block.min()), int(block.max())
                self._peak = max(self._peak, -low, high)
                self._hush.heard(self._heard_us, is_flat=low == high)

        self._source = source
        self._announce(source)
        self._heard_us = 0
        self.muted = False
        self.losses.begins()
        try:
            source.start(sink)
            self._watch(source, monotonic_us() + STARTS_US)
        finally:
            self._source = None
            source.close()
            self._tell(self.losses.news(monotonic_us(), source.overflows, is_last=True), "warning")

    def _watch(self, source: SoundSource, first_due_us: int) -> None:
        """Return once the source is to be closed, with the cause of it."""
        while not self._stopping.wait(0.25):
            reason = source.failed()
            self.muted = source.muted
            self._tell(self._hush.news(is_muted=self.muted))
            self._tell(self.losses.news(monotonic_us(), source.overflows), "warning")
            if reason is not None:
                self.cause = LOST.format(zh=reason.zh, en=reason.en)
                return
            due_us = self._heard_us + STALLED_US if self._heard_us else first_due_us
            is_late = monotonic_us() > due_us
            if self._heard_us or is_late:
                self.cause = STALLED
            if is_late:
                return

    def _tell(self, text: Text | None, level: Literal["info", "warning"] = "info") -> None:
        if text is not None:
            self._chronicle.post(Note.of(text, level, "sound"))

    def delay(self) -> Delay:
        """Return how old what the device delivers is; unknown while none is open."""
        source = self._source
        return UNKNOWN if source is None else source.delay()

    def _announce(self, source: SoundSource) -> None:
        self.device = source.name
        self.opened += 1
        self.cause = STARTING
        self._chronicle.post(
            Device(
                source="sound",
                name=source.name[:500],
                origin=source.origin,
                rate=max(0, round(source.rate)),
            )
        )
