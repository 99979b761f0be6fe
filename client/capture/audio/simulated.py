"""The test tone: a quiet 440 Hz hum, and a loud beep of 100 ms at each whole second.

The beep falls on the same moments of the monotonic clock as the simulated camera's flash.
"""

from __future__ import annotations

import threading

import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.base.text import Text
from client.capture.audio import Samples, Sink
from client.capture.delay import Delay
from client.capture.origin import Origin

BEEP_US = 100_000
BLOCKS_A_SECOND = 50
_HUM_HZ, _HUM = 440, 600
_BEEP_HZ, _BEEP = 1000, 16000


class SimulatedMicrophone:
    """See `SoundSource`. Blocks of 20 ms, delivered when their last sample is due."""

    name = "模拟麦克风 simulated microphone"
    origin: Origin = "simulated"
    overflows = 0
    muted = False

    def __init__(self, rate: int) -> None:
        """Prepare; every rate that 50 blocks a second divide is exact."""
        self.rate = rate
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: Text | None = None

    def start(self, sink: Sink) -> None:
        """Deliver from the next 20 ms on."""
        self._thread = threading.Thread(
            target=self._run, args=(sink,), name="simulated-microphone", daemon=True
        )
        self._thread.start()

    def failed(self) -> Text | None:
        """Return what the sink raised, if it did."""
        return self._failure

    def delay(self) -> Delay:
        """Return none: a block is delivered when its last sample is due."""
        return Delay(0, "simulation")

    def close(self) -> None:
        """Stop and wait for the thread (at most one block), unless it is the thread that asks."""
        self._closed.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=1)

    def _run(self, sink: Sink) -> None:
        size = self.rate // BLOCKS_A_SECOND
        sample = monotonic_us() * self.rate // SECOND_US  # counted from 0 of the clock
        while True:
            due_us = (sample + size) * SECOND_US // self.rate
            if self._closed.wait(max(0, due_us - monotonic_us()) / SECOND_US):
                return
            try:
                sink(tone(sample, size, self.rate), sample * SECOND_US // self.rate)
            except Exception as error:  # noqa: BLE001 - whatever the sink raises ends the sound, named
                self._failure = Text(repr(error), repr(error))
                return
            sample += size


def tone(first: int, size: int, rate: int) -> Samples:
    """Return `size` samples of the test tone from sample number `first` of the clock on."""
    # integers first: sine of a sample number of days would lose its fraction
    phase = (first + np.arange(size, dtype=np.int64)) % rate
    seconds = phase / rate
    wave = _HUM * np.sin(2 * np.pi * _HUM_HZ * seconds)
    beep = _BEEP * np.sin(2 * np.pi * _BEEP_HZ * seconds)
    beeping = seconds < BEEP_US / SECOND_US
    return np.where(beeping, beep, wave).astype(np.int16)
