"""The microphone's own thread: opens it, watches it, opens it again; blocks wait in a queue."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import SaiJianError
from client.base.text import Text
from client.capture.audio import Samples as Block
from client.capture.audio import SoundSource
from client.capture.delay import UNKNOWN, Delay
from client.evidence.entries import Device
from client.recorder.child.chronicle import Chronicle

REOPEN_S = 2.0
STALLED_US = 3 * SECOND_US
OPENING = Text("麦克风正在打开", "the microphone is being opened")
STALLED = Text("麦克风不再送来声音", "the microphone delivers nothing any more")

log = logging.getLogger(__name__)


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
        self.device = ""
        self.opened = 0
        """How many times a device was opened so far."""
        self.cause = OPENING
        """Why nothing is heard, when nothing is."""

    def start(self) -> None:
        """Begin to open the microphone."""
        self._thread.start()

    def stop(self) -> None:
        """Let the microphone go; a device that hangs is left to the end of the process."""
        self._stopping.set()
        self._thread.join(3.0)

    def drain(self) -> list[tuple[Block, int, int]]:
        """Return what came since the last call: blocks, each with its time and rate."""
        blocks = []
        while self._blocks:
            blocks.append(self._blocks.popleft())
        return blocks

    def peak(self) -> float:
        """Return the loudest sample since the last call, 0 to 1."""
        peak, self._peak = self._peak, 0
        return peak / 32768

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._use(self._open())
            except SaiJianError as error:
                self.cause = error.title
                log.warning("microphone: %s", error)
            self._stopping.wait(REOPEN_S)

    def _use(self, source: SoundSource) -> None:
        def sink(block: Block, at_us: int) -> None:
            self._heard_us = monotonic_us()
            self._blocks.append((block, at_us, source.rate))
            if block.size:
                self._peak = max(self._peak, int(np.abs(block.astype(np.int32)).max()))

        self._source = source
        self._announce(source)
        self._heard_us = monotonic_us()
        try:
            source.start(sink)
            while not self._stopping.wait(0.25):
                reason = source.failed()
                if reason is not None:
                    self.cause = Text(f"麦克风中断（{reason}）", f"microphone lost ({reason})")
                    return
                if monotonic_us() - self._heard_us > STALLED_US:
                    self.cause = STALLED
                    return
        finally:
            self._source = None
            source.close()
            log.info("microphone %s: samples were lost %d times", source.name, source.overflows)

    def delay(self) -> Delay:
        """Return how old what the device delivers is; unknown while none is open."""
        source = self._source
        return UNKNOWN if source is None else source.delay()

    def _announce(self, source: SoundSource) -> None:
        self.device = source.name
        self.opened += 1
        self.cause = STALLED
        self._chronicle.post(
            Device(
                source="sound",
                name=source.name[:500],
                origin=source.origin,
                rate=max(0, round(source.rate)),
            )
        )
