"""Every sound source keeps the same promises: the test tone and a real PulseAudio."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceError
from client.capture.audio import open_microphone
from client.capture.audio.inputs import NO_MICROPHONE
from client.capture.audio.pulse import default_source, streams_of
from tests import devices

RATE = 48_000


@contextlib.contextmanager
def simulated():
    yield "test", "simulated"


@contextlib.contextmanager
def pulse():
    with devices.sound_server() as sound, pytest.MonkeyPatch.context() as patch:
        for name, value in sound.environment.items():
            patch.setenv(name, value)
        yield "default", "loopback"


@pytest.fixture(params=[simulated, pulse], scope="module")
def place(request):
    with request.param() as (name, origin):
        yield name, origin


class Tape:
    """A sink that keeps what comes and can be waited for."""

    def __init__(self) -> None:
        self.blocks: list[tuple[np.ndarray, int]] = []
        self._came = threading.Condition()

    def __call__(self, samples, at_us: int) -> None:
        with self._came:
            self.blocks.append((samples, at_us))
            self._came.notify_all()

    def wait_for(self, seconds: float) -> None:
        """Wait until so much sound has come."""
        with self._came:
            assert self._came.wait_for(lambda: self.seconds() >= seconds, 15)

    def seconds(self) -> float:
        return sum(len(samples) for samples, _ in self.blocks) / RATE


@pytest.fixture
def microphone(place):
    source = open_microphone(place[0], RATE)
    yield source
    source.close()


@pytest.fixture
def tape(microphone):
    tape = Tape()
    microphone.start(tape)
    return tape


def test_it_says_what_it_is(place, microphone) -> None:
    assert microphone.origin == place[1]
    assert microphone.name not in ("", "default", "pulse")
    assert microphone.rate == RATE
    assert microphone.overflows == 0
    assert microphone.failed() is None


def test_blocks_of_20_ms_follow_each_other_without_a_gap(microphone, tape) -> None:
    begun_us = monotonic_us()
    tape.wait_for(2)
    assert {(samples.dtype, samples.shape) for samples, _ in tape.blocks} == {
        (np.dtype("int16"), (960,))
    }
    moments = np.array([at_us for _, at_us in tape.blocks])
    assert abs(np.diff(moments) - 20_000).max() < 1_000
    assert moments[0] > begun_us - 2 * SECOND_US
    assert microphone.failed() is None


def test_sound_is_dated_in_the_past_and_not_long_ago(tape) -> None:
    tape.wait_for(1)
    _, at_us = tape.blocks[-1]
    assert 0 <= monotonic_us() - at_us < SECOND_US // 4


def test_it_tells_its_delay_after_some_seconds(place, microphone, tape) -> None:
    tape.wait_for(4)
    delay = microphone.delay()
    assert delay.told_by == ("simulation" if place[1] == "simulated" else "device")
    assert 0 <= delay.us < SECOND_US // 4
    assert delay.spread_us >= 0


def test_after_close_nothing_more_comes(microphone, tape) -> None:
    tape.wait_for(0.1)
    microphone.close()
    microphone.close()
    heard = len(tape.blocks)
    threading.Event().wait(0.1)
    assert len(tape.blocks) == heard


def test_a_sink_that_fails_is_reported(microphone) -> None:
    def broken(*_) -> None:
        raise RuntimeError("the disk is full")

    microphone.start(broken)
    deadline = time.monotonic() + 5
    while microphone.failed() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "the disk is full" in microphone.failed().en


def test_opening_again_and_again_leaves_nothing_behind(place) -> None:
    def use() -> None:
        microphone = open_microphone(place[0], RATE)
        tape = Tape()
        microphone.start(tape)
        tape.wait_for(0.02)
        microphone.close()

    use()
    before = devices.open_files(), threading.active_count()
    for _ in range(2):
        use()
    assert (devices.open_files(), threading.active_count()) == before


def test_an_unknown_name_is_refused(place) -> None:
    with pytest.raises(DeviceError, match="no microphone"):
        open_microphone("no such thing", RATE)


def test_the_source_is_found_by_the_server_s_names() -> None:
    with pulse():
        for name in (f"{devices.SINK}.monitor", "Monitor of Null"):
            microphone = open_microphone(name, RATE)
            assert microphone.origin == "loopback"
            microphone.close()


def test_a_rate_that_the_device_does_not_have_is_converted() -> None:
    with devices.sound_server(44_100) as sound, pytest.MonkeyPatch.context() as patch:
        for name, value in sound.environment.items():
            patch.setenv(name, value)
        microphone = open_microphone("default", 16_000)
        tape = Tape()
        microphone.start(tape)
        tape.wait_for(320 * 25 / RATE)
        microphone.close()
        assert microphone.rate == 16_000
        assert {len(samples) for samples, _ in tape.blocks} == {320}


def test_a_server_that_dies_is_reported_and_a_new_one_is_found() -> None:
    with pulse():
        microphone = open_microphone("default", RATE)
        tape = Tape()
        microphone.start(tape)
        tape.wait_for(0.1)
    deadline = time.monotonic() + 5
    while microphone.failed() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert microphone.failed()
    microphone.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULSE_SERVER", "unix:/nowhere")
        with pytest.raises(DeviceError):
            open_microphone("default", RATE)
    with pulse():
        again = open_microphone("default", RATE)
        again.start(tape)
        heard = len(tape.blocks)
        tape.wait_for((heard + 10) * 960 / RATE)
        again.close()


def test_a_microphone_that_is_unplugged_is_not_silently_another_one(tmp_path) -> None:
    """Every desktop has a source more: the monitor of the loudspeaker."""
    fifo = tmp_path / "samples"
    shape = ["format=s16le", "rate=48000", "channels=1"]
    with pulse():
        module = ["module-pipe-source", "source_name=usb", f"file={fifo}", *shape]
        subprocess.run(["pactl", "load-module", *module], check=True, capture_output=True)
        microphone = open_microphone("usb", RATE)
        with fifo.open("wb", buffering=0) as plug:
            microphone.start(Tape())
            deadline = time.monotonic() + 15
            while not streams_of(os.getpid()) and time.monotonic() < deadline:
                plug.write(bytes(1920))
                time.sleep(0.02)
            assert microphone.failed() is None
            words = ["pactl", "unload-module", "module-pipe-source"]
            subprocess.run(words, check=True, capture_output=True)
        while microphone.failed() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert microphone.failed().en == "the sound server gave us another device"
        microphone.close()
        with pytest.raises(DeviceError, match="no microphone"):
            open_microphone("usb", RATE)


HANGING = """
import os, signal, sys, time
from client.capture.audio import open_microphone
microphone = open_microphone("default", 48000)
blocks = []
microphone.start(lambda samples, at_us: blocks.append(at_us))
while len(blocks) < 5:
    time.sleep(0.02)
os.kill(int(sys.argv[1]), signal.SIGSTOP)
while microphone.failed() is None:
    time.sleep(0.05)
print(microphone.failed().en, flush=True)
begun = time.monotonic()
microphone.close()
print(time.monotonic() - begun < 3, flush=True)
"""


def test_a_server_that_hangs_is_reported_and_holds_up_neither_close_nor_exit() -> None:
    with devices.sound_server() as sound:
        pid = sound.process.pid
        try:
            ended = subprocess.run(
                [sys.executable, "-c", HANGING, str(pid)],
                env={**os.environ, **sound.environment},
                capture_output=True,
                text=True,
                timeout=20,
                check=False,
            )
        finally:
            os.kill(pid, signal.SIGCONT)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == ["the device stopped delivering", "True"]


def test_a_default_that_hears_the_loudspeaker_is_no_microphone(monkeypatch, tmp_path) -> None:
    """PulseAudio names a monitor as default where there was nothing else when it began."""
    with devices.sound_server() as sound:
        for name, value in sound.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PULSE_SOURCE")
        assert default_source() == sound.source
        with pytest.raises(DeviceError) as refused:
            open_microphone("default", RATE)
        assert refused.value.title == NO_MICROPHONE
        open_microphone(sound.source, RATE).close()
        words = ["pactl", "load-module", "module-pipe-source", "source_name=usb"]
        subprocess.run([*words, f"file={tmp_path / 'samples'}"], check=True, capture_output=True)
        subprocess.run(["pactl", "set-default-source", sound.source], check=True)
        microphone = open_microphone("default", RATE)
        microphone.close()
        assert microphone.origin == "real"
