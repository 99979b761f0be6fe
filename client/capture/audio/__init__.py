"""Sound of a microphone: a device of this computer, or the test tone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from client.base.text import Text
from client.capture.delay import Delay
from client.capture.origin import Origin

DUMB = Text("设备一直没有送来声音", "the device does not begin to deliver")
TEST = "test"
"""The name that asks for the labelled simulation."""

Samples = NDArray[np.int16]
"""One channel, shape (n,)."""

Sink = Callable[[Samples, int], None]
"""Takes a block of samples of its own and the monotonic microseconds of the first one.

It is called from a thread that must not wait: put the block aside and return.
"""


class SoundSource(Protocol):
    """A microphone that is ready to start."""

    name: str
    origin: Origin
    rate: int
    """Samples a second that the blocks truly have; may differ from what was asked."""

    @property
    def overflows(self) -> int:
        """Return how often samples were lost before they reached us; the time stamps jump there."""
        ...

    @property
    def muted(self) -> bool:
        """Tell whether the system says that it is muted; False where it does not tell."""
        ...

    def start(self, sink: Sink) -> None:
        """Deliver blocks of about 20 ms to `sink` from now on; DeviceError when it refuses."""
        ...

    def failed(self) -> Text | None:
        """Return why no more sound comes, or None while all is well."""
        ...

    def delay(self) -> Delay:
        """Return how old sound is when it is delivered; the time stamps have it taken off."""
        ...

    def close(self) -> None:
        """Stop; no call of the sink begins after this. More than once does no harm."""
        ...


def open_microphone(name: str, rate: int) -> SoundSource:
    """Open the microphone `name` with one channel, at `rate` samples a second where it can.

    `name` is `default`, a device name or part of it, a PulseAudio source name, or `test`.
    Raises DeviceError when there is no such device or it cannot be opened, DeviceHangsError when
    its driver does not answer; until it does, others are opened by a process of their own.
    """
    if name == TEST:
        from client.capture.audio.simulated import SimulatedMicrophone

        return SimulatedMicrophone(rate)
    from client.capture.audio.portaudio import portaudio_hangs

    if portaudio_hangs():
        from client.capture.audio.apart import open_apart

        return open_apart(name, rate)
    from client.capture.audio.microphone import open_portaudio

    return open_portaudio(name, rate)
