"""What is set up around the program: a known picture, a tone, a counting camera."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tryout import tone
from tryout.camera import CountingCamera, counting_camera
from tryout.target import Failed, NotTried, Target, eventually, until_left

from tests import devices

WINDOW_COMES_S = 60


@dataclass(frozen=True)
class Stage:
    """The devices of one place, and what the program is told to use them."""

    camera: CountingCamera
    has_picture: bool
    has_tone: bool

    @property
    def choices(self) -> list[str]:
        """Return the words that choose camera and microphone."""
        return ["--camera", self.camera.address, "--microphone", self.microphone]

    @property
    def microphone(self) -> str:
        """Return the default microphone, which is ours, or the simulated one where none is."""
        return "default" if self.has_tone else "test"


@contextlib.contextmanager
def stage(target: Target, *, picture: bool = True) -> Iterator[Stage]:
    """Set up all that `target` can have, the known picture if wanted; its environment is told."""
    with contextlib.ExitStack() as things:
        camera = things.enter_context(counting_camera())
        if target.sound:
            things.enter_context(known_tone(target))
        has_picture = picture and (bool(target.display) or sys.platform == "win32")
        if has_picture:
            things.enter_context(known_window(target))
        yield Stage(camera, has_picture, target.sound)


@contextlib.contextmanager
def known_tone(target: Target) -> Iterator[None]:
    """Give the place a microphone that hears the known tone."""
    with devices.sound_server(folder=target.share) as sound:
        target.environment |= {
            "PULSE_SERVER": f"unix:{target.socket(Path(sound.server.removeprefix('unix:')))}",
            "PULSE_SOURCE": sound.source,
            "PULSE_COOKIE": target.socket(Path(sound.cookie)),
        }
        wave = f"aevalsrc={tone.LEVEL}*sin(2*PI*{tone.HERTZ}*t):s=48000:n=480"
        player = ["ffmpeg", "-nostdin", "-v", "fatal", "-re", "-f", "lavfi", "-i", wave]
        player += ["-f", "pulse", "-device", devices.SINK, "tone"]
        with devices.running(*player, environment=sound.environment):
            yield


@contextlib.contextmanager
def known_window(target: Target) -> Iterator[None]:
    """Show the known picture on the place's screen."""
    script = Path(__file__).with_name("known_window.py")
    with until_left(target.launch(target.python(script, ()))) as window:

        def shown() -> bool:
            if window.process.poll() is not None:
                raise Failed(f"the known picture's window: {window.wait(1).tail()}")
            return "shown" in window.out.read_text(encoding="utf-8", errors="replace")

        eventually(shown, WINDOW_COMES_S, "the window with the known picture")
        yield


def screenshot(target: Target, file: Path) -> None:
    """Write a picture (PNG) of the place's X display."""
    if not target.display:
        raise NotTried("no X display")
    grab = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "x11grab", "-draw_mouse", "0"]
    file.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([*grab, "-i", target.display, "-frames:v", "1", str(file)], check=True)
