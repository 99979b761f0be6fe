"""A microphone through PortAudio (sounddevice): one channel of 16 bits in blocks of 20 ms."""

from __future__ import annotations

from typing import Any

import numpy as np

from client.base.clock import SECOND_US
from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.audio import Samples, Sink
from client.capture.audio.delivery import DeliveredSource
from client.capture.audio.inputs import SoundInput, find_input
from client.capture.audio.portaudio import counted, in_portaudio, let_go, look_anew
from client.capture.audio.watch import watch_of

BLOCKS_A_SECOND = 50
BUFFER_SECONDS = 0.1
"""What the device may hold for us while this process is kept waiting."""


def open_portaudio(name: str, rate: int) -> PortAudioMicrophone:
    """Open the input that `name` means; see `open_microphone`."""
    return PortAudioMicrophone(find_input(name), rate)


class PortAudioMicrophone(DeliveredSource):
    """See `SoundSource`."""

    def __init__(self, device: SoundInput, rate: int) -> None:
        """Open `device`: one channel at `rate` if it can, else two, else at its own rate."""
        self._closed = False
        self._library, self._stream = in_portaudio(
            lambda library: self._open(look_anew(library), device, rate),
            source=device.pulse,
            undo=lambda made: let_go(made[1]),
        )
        super().__init__(device.name, device.origin, int(self._stream.samplerate))
        self._watch = watch_of(device.name, is_of_server=device.pulse is not None)

    def start(self, sink: Sink) -> None:
        """Deliver from now on; DeviceError where the device does not begin."""
        super().start(sink)
        try:
            in_portaudio(lambda _: self._stream.start())
        except self._library.PortAudioError as error:
            raise microphone_refused(self.name) from error

    def close(self) -> None:
        """Stop; waits at most 3 s for a device that hangs."""
        if not self._closed:
            self._closed = True
            self._let_go()
            let_go(self._stream)

    def _open(self, library: Any, device: SoundInput, rate: int) -> tuple[Any, Any]:  # noqa: ANN401 - sounddevice ships no types
        last: Exception | None = None
        for channels, hertz in ((1, rate), (2, rate), (1, device.rate), (2, device.rate)):
            if hertz <= 0:
                continue
            try:
                return library, counted(self._stream_of(library, device, channels, hertz))
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

    def _take(self, data: Any, size: int, time: Any, status: Any) -> None:  # noqa: ANN401, ARG002 - C structures
        """Pass one block on; called by PortAudio's thread."""
        age_us = (time.currentTime - time.inputBufferAdcTime) * SECOND_US
        try:
            self._delivery.took(one_channel(data), age_us, lost=bool(status.input_overflow))
        except Exception as error:
            raise self._library.CallbackAbort from error

    def _ended(self) -> None:
        """PortAudio ended the stream, by our closing it or because the device is gone."""
        self._delivery.ended()


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
