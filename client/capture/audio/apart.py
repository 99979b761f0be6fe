"""A microphone by another process, for when a driver hangs in PortAudio and with it all of it.

PortAudio asks every driver for its devices before it opens any, so a second copy of it would hang
at the same driver. What is used here opens the one device alone: on Linux `parec`, on Windows
FFmpeg's DirectShow (`feeder.py`). A process that hangs is killed, and no thread of ours with it.
A Linux without a sound server has no such way: FFmpeg as it comes with PyAV does not find ALSA's
settings.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass

import numpy as np

from client.base.errors import DeviceHangsError
from client.base.job import helper
from client.base.process import own_command
from client.capture.audio.delivery import DeliveredSource
from client.capture.audio.inputs import SoundInput, find_among, pulse_inputs
from client.capture.audio.microphone import microphone_refused
from client.capture.audio.portaudio import HANGS, OPENS_S
from client.capture.audio.watch import watch_of
from client.capture.origin import Origin, origin_of_sound_name

MOST_BYTES = 65_536
_SAMPLE = np.dtype("<i2")
_ADVICE = microphone_refused("").advice


@dataclass(frozen=True)
class Feed:
    """A process that writes a microphone's samples: 16 bits, little end first, one channel."""

    name: str
    origin: Origin
    command: tuple[str, ...]
    is_of_server: bool = False
    """Whether the sound server has its stream."""


def open_apart(name: str, rate: int) -> PipedMicrophone:
    """Open the microphone that `name` means; see `open_microphone`."""
    return PipedMicrophone(feed_of(name, rate), rate)


def feed_of(name: str, rate: int) -> Feed:
    """Return what delivers `name`; DeviceError where nothing does."""
    if sys.platform == "win32":
        return _direct_show(name, rate)
    sources = pulse_inputs(None)
    if not sources:
        raise DeviceHangsError(HANGS, _ADVICE)
    found = find_among(name, sources)
    words = ("parec", "--raw", "--channels=1", "--format=s16le", f"--rate={rate}")
    command = (*words, "--latency-msec=20", f"--device={found.pulse}")
    return Feed(found.name, found.origin, command, is_of_server=True)


def _direct_show(name: str, rate: int) -> Feed:
    """DirectShow tells whole names, of which PortAudio's are often the first 31 letters."""
    from av.device import enumerate_input_devices

    try:
        devices = enumerate_input_devices("dshow")
    except (OSError, ValueError):  # FFmpeg's errors are OSErrors; none plugged in is one of them
        devices = []
    names = [device.description for device in devices if "audio" in device.media_types]
    inputs = [SoundInput(name, origin_of_sound_name(name), 0, None) for name in names]
    found = find_among(name, inputs)
    return Feed(found.name, found.origin, fed_by("dshow", f"audio={found.name}", rate))


def fed_by(form: str, device: str, rate: int) -> tuple[str, ...]:
    """Return the command that feeds what FFmpeg opens as `device` in the form `form`."""
    return tuple(own_command("microphone", form, device, str(rate)))


class PipedMicrophone(DeliveredSource):
    """See `SoundSource`. Its process ends with it, and with us; what its pipe loses is not seen."""

    def __init__(self, feed: Feed, rate: int, opens_s: float | None = None) -> None:
        """Start the process and wait for the first of its sound.

        Raises DeviceError where it ends, DeviceHangsError where nothing comes within 10 s.
        """
        super().__init__(feed.name, feed.origin, rate)
        self._feed = feed
        self._process: subprocess.Popen[bytes] | None = None
        self._changed = threading.Event()
        self._has_ended = False
        self._thread = threading.Thread(target=self._read, name="sound-reader", daemon=True)
        self._thread.start()
        is_there = self._changed.wait(OPENS_S if opens_s is None else opens_s)
        if self._has_ended or not is_there:
            self.close()
            raise microphone_refused(self.name) if is_there else DeviceHangsError(HANGS, _ADVICE)
        if self._process is not None:
            self._watch = watch_of(
                self.name, is_of_server=feed.is_of_server, process=self._process.pid
            )

    def close(self) -> None:
        """End the process; one that cannot be killed is left to the kernel after 2 s."""
        self._let_go()
        if self._process is not None:
            self._process.kill()
        if self._thread is not threading.current_thread():
            self._thread.join(2.0)

    def _read(self) -> None:
        try:
            with helper(
                self._feed.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as process:
                self._process = process
                if not self._delivery.is_closed and process.stdout is not None:
                    self._pass_on(process.stdout.fileno())
                process.kill()
        except OSError:  # no such program
            pass
        self._has_ended = True
        self._delivery.ended()
        self._changed.set()

    def _pass_on(self, pipe: int) -> None:
        rest = b""
        while data := os.read(pipe, MOST_BYTES):
            data = rest + data
            whole = len(data) // _SAMPLE.itemsize * _SAMPLE.itemsize
            samples, rest = np.frombuffer(data[:whole], _SAMPLE), data[whole:]
            self._changed.set()
            try:
                self._delivery.took(samples.astype(np.int16))
            except Exception:  # noqa: BLE001 - the sink's; `failed` names it
                return
