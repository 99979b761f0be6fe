"""PortAudio's one thread, and the process of its own that delivers sound while that hangs."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceError, DeviceHangsError
from client.capture.audio import delivery, portaudio
from client.capture.audio.apart import Feed, PipedMicrophone, fed_by
from client.capture.audio.portaudio import in_portaudio, portaudio_hangs

DIES = "import sys, time; sys.stdout.buffer.write(bytes(96000)); time.sleep(0.3)"
SAYS_NOTHING = "import time; time.sleep(60)"


@pytest.fixture
def freed() -> Iterator[threading.Event]:
    """What a call waits for; PortAudio's thread is its own again afterwards."""
    event = threading.Event()
    yield event
    event.set()
    deadline = time.monotonic() + 5
    while portaudio_hangs():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_call_that_hangs_is_given_up_with_what_it_borrowed(freed, monkeypatch) -> None:
    monkeypatch.setenv("PULSE_SOURCE", "before")
    undone: list[str] = []
    stderr = os.fstat(2).st_ino
    in_portaudio(lambda _: None)  # loaded

    def work(_: object) -> str:
        assert os.environ["PULSE_SOURCE"] == "wanted"
        freed.wait()
        return "late"

    with pytest.raises(DeviceHangsError):
        in_portaudio(work, 0.1, source="wanted", undo=undone.append)
    assert (os.environ["PULSE_SOURCE"], os.fstat(2).st_ino) == ("before", stderr)
    begun = time.monotonic()
    with pytest.raises(DeviceHangsError):
        in_portaudio(lambda _: None)
    assert time.monotonic() - begun < 1
    assert undone == []
    freed.set()
    while portaudio_hangs():
        time.sleep(0.01)
    assert undone == ["late"]
    assert in_portaudio(lambda library: library.__name__) == "sounddevice"


def test_a_stream_is_closed_after_all_when_the_hanging_call_comes_back(freed) -> None:
    class Stream:
        is_open = True

        def close(self, *, ignore_errors: bool) -> None:
            self.is_open = False

    stream = in_portaudio(lambda _: portaudio.counted(Stream()))
    with pytest.raises(DeviceHangsError):
        in_portaudio(lambda _: freed.wait(), 0.1)
    portaudio.let_go(stream)
    assert stream.is_open
    freed.set()
    deadline = time.monotonic() + 5
    while stream.is_open and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not stream.is_open


# ---- the process of its own --------------------------------------------------------------------


def fed(*command: str) -> Feed:
    return Feed("fed", "real", command)


def test_what_ffmpeg_opens_comes_through_the_process_dated_and_whole() -> None:
    """DirectShow exists on Windows alone: here FFmpeg opens its own tone, of two channels."""
    tone = "sine=frequency=1000:sample_rate=44100,arealtime,aformat=channel_layouts=stereo"
    microphone = PipedMicrophone(fed(*fed_by("lavfi", tone, 48_000)), 48_000)
    blocks: list[tuple[np.ndarray, int]] = []
    microphone.start(lambda samples, at_us: blocks.append((samples, at_us)))
    begun_us = monotonic_us()
    while monotonic_us() - begun_us < 2 * SECOND_US:
        assert microphone.failed() is None
        time.sleep(0.05)
    microphone.close()
    sound = np.concatenate([samples for samples, _ in blocks]).astype(float)
    assert sound.size / 48_000 == pytest.approx(2, abs=0.4)
    strongest = np.abs(np.fft.rfft(sound[:24_000])).argmax() * 2
    assert strongest == pytest.approx(1000, abs=4)
    assert begun_us - SECOND_US < blocks[0][1] < blocks[-1][1] <= monotonic_us()
    assert microphone.delay().told_by == "nobody"


def test_a_process_that_ends_or_says_nothing_is_no_microphone() -> None:
    with pytest.raises(DeviceError) as ended:
        PipedMicrophone(fed(*fed_by("lavfi", "no such filter", 48_000)), 48_000)
    assert not isinstance(ended.value, DeviceHangsError)
    with pytest.raises(DeviceError):
        PipedMicrophone(fed("no-such-program"), 48_000)
    begun = time.monotonic()
    with pytest.raises(DeviceHangsError):
        PipedMicrophone(fed(sys.executable, "-c", SAYS_NOTHING), 48_000, opens_s=0.2)
    assert time.monotonic() - begun < 3


def test_a_process_that_dies_is_a_device_that_is_gone() -> None:
    microphone = PipedMicrophone(fed(sys.executable, "-c", DIES), 48_000)
    microphone.start(lambda *_: None)
    deadline = time.monotonic() + 5
    while microphone.failed() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert microphone.failed() == delivery.GONE
    microphone.close()
