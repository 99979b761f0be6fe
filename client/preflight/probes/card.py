"""Has a camera tried and a card in its pictures read, by one process (`saijian legible`).

The check of the cameras and that of legibility share it: the camera is opened once.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from client.base.errors import DeviceError
from client.base.job import helper
from client.base.process import own_command
from client.base.text import Text
from client.capture.camera.local import local_cameras
from client.capture.camera.network import public_name
from client.capture.origin import origin_of_address
from client.capture.trial import Trial
from client.preflight.facts.card import CardFacts
from client.preflight.facts.devices import Said

ALONE_S = 5.0
"""So long somebody has to show a card where the camera is opened for that only."""
LIMIT_S = 15.0
"""So long a try may take, the start of its process on a slow computer included."""
READS_S = 20.0
"""So long the reading may take after that: it has the lower priority beside a trial recording."""
FRESH_S = 30.0
"""A look that began longer ago shows another moment."""
HANGS = Text(f"{LIMIT_S:.0f} 秒内没有反应。", f"It did not answer within {LIMIT_S:.0f} seconds.")
CRASHED = Text("试用时驱动程序崩溃。", "Its driver crashed when it was tried.")
NOT_READ = Text(
    f"{READS_S:.0f} 秒内没有读完画面，或读字的进程中断了。",
    f"The pictures were not read within {READS_S:.0f} s, or the process that reads broke off.",
)


class _Look:
    """One process."""

    def __init__(self, source: str, name: str, seconds: float) -> None:
        """Start it; it opens `source`, which a person knows as `name`, for `seconds`."""
        self.name = name
        self.begun = time.monotonic()
        self.is_taken = False
        """Somebody has asked, or asks, for what is read."""
        self.told: list[dict[str, Any]] = []
        self.ended = threading.Event()
        self._opened = threading.Event()
        self._stopped = False
        self._process: subprocess.Popen[bytes] | None = None
        command = own_command("legible", source, f"{seconds:g}")
        threading.Thread(target=self._follow, args=(command,), name="card", daemon=True).start()

    def trial(self) -> Trial:
        """Return what the try found, once the camera is closed again."""
        if not self._opened.wait(LIMIT_S):
            self.stop()
            return Trial(error=HANGS)
        try:
            return Trial.of_json(self.told[0])
        except (IndexError, ValueError, KeyError, TypeError, AttributeError):
            return Trial(error=CRASHED)

    def stop(self) -> None:
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def _follow(self, command: Sequence[str]) -> None:
        """Take in what the process prints; it ends with this."""
        try:
            with helper(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
                self._process = process
                if self._stopped or process.stdout is None:
                    return
                for line in process.stdout:
                    self.told.append(json.loads(line))
                    self._opened.set()
        except (OSError, ValueError):
            pass
        finally:
            self._opened.set()
            self.ended.set()


class CardLook:
    """Looks through one camera each time that it is asked; another thread may stop it."""

    def __init__(self, *, allowed: bool, sources: Sequence[str] = ()) -> None:
        """Prepare; `sources` are network cameras by address, which come before this computer's."""
        self._allowed = allowed
        self._sources = tuple(sources)
        self._lock = threading.Lock()
        self._look: _Look | None = None

    def begin(self, source: str, name: str, seconds: float) -> Callable[[], Trial]:
        """Open a camera for `seconds`; return what waits for the result of that try."""
        with self._lock:
            self._look = look = _Look(source, name, seconds)
        return look.trial

    def __call__(self) -> CardFacts:
        """Return what was read.

        In the pictures of the look that the check of the cameras has begun for this; without one
        the camera is opened anew.
        """
        if not self._allowed:
            return self._facts()
        try:
            look = self._taken() or self._begun()
        except DeviceError as error:
            return self._facts(error.title)
        if look is None:
            return self._facts()
        trial = look.trial()
        if trial.error is not None:
            return self._facts(trial.error, look.name)
        look.ended.wait(READS_S)
        look.stop()
        sharpness = trial.figures.get("sharpness")
        try:
            return self._facts(None, look.name, sharpness=sharpness, **look.told[-1])
        except (ValueError, TypeError):  # it is the try itself: no reading came
            return self._facts(NOT_READ, look.name)

    def stop(self) -> None:
        """End the process."""
        with self._lock:
            if self._look is not None:
                self._look.stop()

    def _taken(self) -> _Look | None:
        """Return the look that was begun of late; it is good for one reading."""
        with self._lock:
            look = self._look
            if look is None or look.is_taken or time.monotonic() - look.begun > FRESH_S:
                return None
            look.is_taken = True
            return look

    def _begun(self) -> _Look | None:
        """Open the first real camera, as the check of the cameras would; None without one."""
        real = [
            (source, public_name(source))
            for source in self._sources
            if origin_of_address(source) == "real"
        ]
        real += [(str(c.index), c.name) for c in local_cameras() if c.origin == "real"]
        if not real:
            return None
        with self._lock:
            self._look = look = _Look(*real[0], ALONE_S)
            look.is_taken = True
        return look

    def _facts(self, error: Text | None = None, name: str = "", **figures: Any) -> CardFacts:  # noqa: ANN401
        said = None if error is None else Said(zh=error.zh, en=error.en)
        return CardFacts(camera=name[:120], allowed=self._allowed, error=said, **figures)
