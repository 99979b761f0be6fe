"""A person in front of a real X display: reads what stands there, presses it, types."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import devices
from tests.e2e.program import ROOT, Running
from tests.reading import Spot, find_words, read_picture

SHOTS = ROOT / "build" / "screenshots" / "e2e"
ARMED_S = 0.9
"""A new button waits for 0.7 s before it can be pressed."""
COMES_S = 60.0
GRAB = ("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "x11grab", "-draw_mouse", "0")


@dataclass
class Person:
    """Looks at one display; keeps a picture of each look."""

    display: devices.Display
    shots: Path
    looks: int = 0
    window: Running | None = None
    """What is being looked at: once it has ended, nothing more will come."""
    seen: list[Spot] = field(default_factory=list)

    def look(self, name: str) -> list[Spot]:
        """Return what stands on the screen now."""
        self.looks += 1
        file = self.shots / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*GRAB, "-i", self.display.name, "-frames:v", "1", str(file)], check=True)
        self.seen = read_picture(file)
        return self.seen

    def finds(self, words: str) -> Spot | None:
        """Return where `words` stood at the last look."""
        return find_words(words, self.seen)

    def awaits(self, words: str, name: str, seconds: float = COMES_S) -> Spot:
        """Look until `words` stand there."""
        deadline = time.monotonic() + seconds
        while True:
            self.look(name)
            if (spot := self.finds(words)) is not None:
                return spot
            if self.window is not None and self.window.process.poll() is not None:
                raise AssertionError(f"ended before “{words}”: {self.window.wait(1)}")
            assert time.monotonic() < deadline, f"“{words}” never came; read: {said(self.seen)}"

    def press(self, words: str, hold_s: float = 0.1) -> None:
        """Press what was called `words` at the last look."""
        spot = self.finds(words)
        assert spot is not None, f"“{words}” is not on the screen; read: {said(self.seen)}"
        self.hand("mousemove", str(spot.x - 3), str(spot.y))
        self.hand("mousemove", str(spot.x), str(spot.y))
        self.hand("mousedown", "1", "sleep", str(hold_s), "mouseup", "1")

    def types(self, words: str) -> None:
        """Type into whatever has the keyboard, then Enter."""
        self.hand("type", "--delay", "20", words)
        self.hand("key", "Return")

    def minimises(self, window: Running) -> None:
        """Minimise the window of this process."""
        found = self.hand("search", "--onlyvisible", "--pid", str(window.process.pid)).split()
        self.hand("windowminimize", "--sync", found[0])

    def hand(self, *words: str) -> str:
        """Do something with mouse or keyboard; return what xdotool said."""
        environment = {**self.display.environment, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            ["xdotool", *words], env=environment, check=True, timeout=30, capture_output=True
        )
        return done.stdout.decode()


@contextmanager
def at_a_desktop(name: str, width: int = 1366, height: int = 768) -> Iterator[Person]:
    """A person at an Xvfb with a window manager, as a cheap notebook shows it."""
    with (
        devices.display(width, height, moving=False) as shown,
        devices.running("openbox", "--sm-disable", environment=shown.environment),
    ):
        yield Person(shown, SHOTS / name)


def said(spots: Sequence[Spot]) -> str:
    """Return what was read, for a failure."""
    return " | ".join(spot.text for spot in spots)[:400]
