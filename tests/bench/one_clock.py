"""Camera and microphone in one program with one clock: every 2 s a flash, and a click with it.

The camera is MJPEG over loopback HTTP. The sound goes into PulseAudio's `module-pipe-source`, which
hands on what it reads when it reads it: no clock of its own, no resampling. So the sample clock is
ours, and may be wrong by so many parts in a million: sample n is what was to be heard n / (rate *
(1 + ppm / 1000000)) seconds after the first, and is written when that moment has come. A quiet hum
beneath the clicks tells recorded sound from inserted silence. As on any desktop there is a
loudspeaker too, to whose monitor PulseAudio moves what recorded a microphone that is unplugged.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from client.base.clock import SECOND_US, monotonic_us
from tests.devices import SoundServer, free_port, null_sink, pulse_server

RATE = 48_000
FPS = 15
EVERY_US = 2 * SECOND_US
FLASH_FRAMES = 3
CLICK_US = 100_000
BLOCK = RATE // 50
SOURCE = "saijian-one-clock"


@dataclass
class OneClock:
    """What both devices do, and what became of it."""

    ppm: float
    fifo: Path
    sound: SoundServer
    width: int = 1280
    height: int = 720
    port: int = field(default_factory=free_port)
    begun_us: int = field(default_factory=lambda: monotonic_us() + SECOND_US)
    refused_us: list[int] = field(default_factory=list)
    """When the sound server did not take a block: at rest, or a fault of the rig."""
    late_us: dict[int, int] = field(default_factory=dict)
    """How late each flash was sent, by its number."""
    away: list[tuple[str, int, int]] = field(default_factory=list)
    """Which device was taken away, from when to when."""
    _leaving: threading.Event = field(default_factory=threading.Event)
    _sound_there: threading.Event = field(default_factory=threading.Event)
    _camera_there: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/cam.mjpg"

    def moments(self, from_us: int, to_us: int) -> list[int]:
        """Return the moments of flash and click between two others."""
        first = -(-(from_us - self.begun_us) // EVERY_US)
        last = (to_us - self.begun_us) // EVERY_US
        return [self.begun_us + n * EVERY_US for n in range(max(0, first), last + 1)]

    def lose_sound(self, seconds: float) -> None:
        """Take the microphone away as if its plug was pulled, and bring it back."""
        since_us = monotonic_us()
        self._sound_there.clear()
        self._pactl("unload-module", "module-pipe-source")
        self._leaving.wait(seconds)
        self._pactl("load-module", *_module(self.fifo).split())
        self._sound_there.set()
        self.away.append(("sound", since_us, monotonic_us()))

    def lose_camera(self, seconds: float) -> None:
        """Take the camera away as if its cable was pulled, and bring it back."""
        since_us = monotonic_us()
        self._camera_there.clear()
        self._leaving.wait(seconds)
        self._camera_there.set()
        self.away.append(("camera", since_us, monotonic_us()))

    def _pactl(self, *words: str) -> None:
        environment = {**os.environ, **self.sound.environment}
        subprocess.run(["pactl", *words], env=environment, check=True, capture_output=True)

    # ---- sound ----

    def play(self) -> None:
        """Write samples while the microphone is there, from the FIFO's opening on."""
        while not self._leaving.is_set():
            if not self._sound_there.wait(0.1):
                continue
            with contextlib.suppress(OSError):  # not made yet, or just taken away
                pipe = os.open(self.fifo, os.O_WRONLY | os.O_NONBLOCK)
                try:
                    self._play_into(pipe)
                finally:
                    os.close(pipe)
            self._leaving.wait(0.05)

    def _play_into(self, pipe: int) -> None:
        origin_us, sample = monotonic_us(), 0
        span_us = SECOND_US / (RATE * (1 + self.ppm * 1e-6))
        while self._sound_there.is_set() and not self._leaving.is_set():
            due_us = origin_us + (sample + BLOCK) * span_us
            time.sleep(max(0.0, due_us - monotonic_us()) / SECOND_US)
            since = origin_us - self.begun_us + np.arange(sample, sample + BLOCK) * span_us
            data = heard(since).tobytes()
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(pipe, data) :]
            if data:
                self.refused_us.append(monotonic_us())
            sample += BLOCK

    # ---- picture ----

    def show(self) -> None:
        """Serve the camera to one reader after the other."""
        while not self._leaving.is_set():
            if not self._camera_there.wait(0.1):
                continue
            with socket.socket() as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(("127.0.0.1", self.port))
                listener.listen(1)
                listener.settimeout(0.2)
                with contextlib.suppress(OSError):  # nobody came, or the reader went
                    reader, _ = listener.accept()
                    with reader:
                        self._show_to(reader)

    def _show_to(self, reader: socket.socket) -> None:
        reader.settimeout(2)
        reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader.recv(4096)
        kind = b"multipart/x-mixed-replace; boundary=frame"
        reader.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n")
        dark, light = (_part(self.width, self.height, grey) for grey in (16, 235))
        frame_us, a_flash = SECOND_US / FPS, EVERY_US * FPS // SECOND_US
        while self._camera_there.is_set() and not self._leaving.is_set():
            number = max(0, int((monotonic_us() - self.begun_us) / frame_us) + 1)
            due_us = self.begun_us + number * frame_us
            time.sleep(max(0.0, due_us - monotonic_us()) / SECOND_US)
            flash, within = divmod(number, a_flash)
            if within == 0:
                self.late_us[flash] = round(monotonic_us() - due_us)
            reader.sendall(light if within < FLASH_FRAMES else dark)


def heard(since_us: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return the samples of these moments, counted from the first flash."""
    seconds = np.mod(since_us, EVERY_US) / SECOND_US  # whole periods of both tones
    hum = 0.02 * np.sin(2 * np.pi * 440 * seconds)
    click = 0.5 * np.sin(2 * np.pi * 1000 * seconds)
    clicks = (seconds < CLICK_US / SECOND_US) & (since_us >= 0)
    return np.asarray(np.where(clicks, click, hum) * 32767, np.int16)


def _part(width: int, height: int, grey: int) -> bytes:
    picture = np.full((height, width, 3), grey, np.uint8)
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
    return head.encode() + jpeg + b"\r\n"


def _module(fifo: Path) -> str:
    shape = f"format=s16le rate={RATE} channels=1"
    return f"module-pipe-source source_name={SOURCE} file={fifo} {shape}"


@contextlib.contextmanager
def one_clock(ppm: float) -> Iterator[OneClock]:
    """Run both devices until the block ends."""
    with tempfile.TemporaryDirectory(prefix="saijian-clock-") as home:
        fifo = Path(home) / "samples"
        with pulse_server(SOURCE, null_sink(), _module(fifo)) as sound:
            clock = OneClock(ppm, fifo, sound)
            clock._sound_there.set()
            clock._camera_there.set()
            threads = [threading.Thread(target=work) for work in (clock.play, clock.show)]
            for thread in threads:
                thread.start()
            try:
                yield clock
            finally:
                clock._leaving.set()
                for thread in threads:
                    thread.join()
