"""A microphone through PortAudio (sounddevice): one channel of 16 bits in blocks of 20 ms."""

from __future__ import annotations

from typing import Any

import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.audio import Samples, Sink
from client.capture.audio.inputs import SoundInput, find_input
from client.capture.audio.portaudio import fresh_portaudio, let_go, opened
from client.capture.audio.pulse import asking_for
from client.capture.audio.pulse_watch import PulseWatch
from client.capture.audio.sample_clock import SampleClock
from client.capture.delay import Delay

BLOCKS_A_SECOND = 50
BUFFER_SECONDS = 0.1
"""What the device may hold for us while this process is kept waiting."""
FIRST_SOUND_US = 5 * SECOND_US
SILENCE_US = 2 * SECOND_US
"""A living device delivers blocks even when the room is quiet."""


def open_portaudio(name: str, rate: int) -> PortAudioMicrophone:
    """Open the input that `name` means; see `open_microphone`."""
    return PortAudioMicrophone(find_input(name), rate)


class PortAudioMicrophone:
    """See `SoundSource`."""

    def __init__(self, device: SoundInput, rate: int) -> None:
        """Open `device`: one channel at `rate` if it can, else two, else at its own rate."""
        self.name = device.name
        self.origin = device.origin
        self.overflows = 0
        self._failure: str | None = None
        self._closed = False
        self._sink: Sink | None = None
        self._held: list[tuple[int, Samples]] = []
        self._started_us: int | None = None
        self._heard_us: int | None = None
        self._stream = self._open(device, rate)
        self.rate = int(self._stream.samplerate)
        self._clock = SampleClock(self.rate)
        self._watch = PulseWatch() if device.pulse is not None else None

    def start(self, sink: Sink) -> None:
        """Deliver from now on; the first quarter of a second comes late but rightly dated."""
        self._sink = sink
        self._started_us = monotonic_us()
        library = fresh_portaudio()
        try:
            self._stream.start()
        except library.PortAudioError as error:
            raise microphone_refused(self.name) from error

    def failed(self) -> str | None:
        """Return why no more sound comes, or None while all is well."""
        if self._failure is not None or self._started_us is None:
            return self._failure
        if self._watch is not None and self._watch.is_moved():
            self._failure = "the sound server gave us another device"
            return self._failure
        now_us = monotonic_us()
        if self._heard_us is None:
            waited = now_us - self._started_us
            return "the device does not begin to deliver" if waited > FIRST_SOUND_US else None
        return "the device stopped delivering" if now_us - self._heard_us > SILENCE_US else None

    def delay(self) -> Delay:
        """Return the constant delay that the device tells."""
        return self._clock.delay()

    def close(self) -> None:
        """Stop; waits at most 3 s for a device that hangs."""
        if not self._closed:
            self._closed = True
            if self._watch is not None:
                self._watch.close()
            let_go(self._stream)

    def _open(self, device: SoundInput, rate: int) -> Any:  # noqa: ANN401 - sounddevice ships no types
        library = fresh_portaudio()
        last: Exception | None = None
        for channels, hertz in ((1, rate), (2, rate), (1, device.rate), (2, device.rate)):
            if hertz <= 0:
                continue
            try:
                with asking_for(device.pulse):
                    return opened(
                        lambda c=channels, h=hertz: self._stream_of(library, device, c, h)
                    )
            except (library.PortAudioError, ValueError) as error:
                last = error
        raise microphone_refused(device.name) from last

    def _stream_of(self, library: Any, device: SoundInput, channels: int, hertz: int) -> Any:  # noqa: ANN401
        return library.InputStream(
            device=device.index,
            channels=channels,
            samplerate=hertz,
            dtype="int16",
            blocksize=hertz // BLOCKS_A_SECOND,
            latency=BUFFER_SECONDS,
            callback=self._take,
            finished_callback=self._ended,
        )

    def _take(self, data: Any, size: int, time: Any, status: Any) -> None:  # noqa: ANN401 - C structures
        """Date one block and pass it on; called by PortAudio's thread."""
        arrived_us = monotonic_us()
        self._heard_us = arrived_us
        if self._closed or self._sink is None:
            return
        if status.input_overflow:
            self.overflows += 1
            self._clock.lost_samples()
        age_us = (time.currentTime - time.inputBufferAdcTime) * SECOND_US
        self._held.append((self._clock.saw(size, arrived_us, age_us), one_channel(data)))
        if self._clock.is_settled:
            self._deliver(self._sink)

    def _deliver(self, sink: Sink) -> None:
        try:
            for first, samples in self._held:
                sink(samples, self._clock.at_us(first))
        except Exception as error:
            self._failure = f"the receiver of the sound failed: {error!r}"
            raise fresh_portaudio().CallbackAbort from error
        finally:
            self._held.clear()

    def _ended(self) -> None:
        """PortAudio ended the stream, by our closing it or because the device is gone."""
        if not self._closed and self._failure is None:
            self._failure = "the device is gone"


def one_channel(data: Samples) -> Samples:
    """Return a copy of `data` (n, channels) as (n,), several channels averaged."""
    if data.shape[1] == 1:
        return data[:, 0].copy()
    return np.asarray(data.mean(axis=1), np.int16)


def microphone_refused(name: str) -> DeviceError:
    """Return the error for an input that cannot be opened."""
    return DeviceError(
        Text(f"麦克风打不开：{name}。", f"Microphone {name} cannot be opened."),
        Text(
            "请关闭占用麦克风的程序，并在系统设置中允许本程序使用麦克风；也可以换用备用设备。",
            "Close programs that use it and allow this program to use the microphone in the "
            "system's settings; or use the spare.",
        ),
    )
