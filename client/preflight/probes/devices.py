"""Lists cameras or microphones and tries them, each in a process that is ended when it hangs.

A driver that crashes takes that process along and nothing else. All are tried side by side.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from client.base.errors import DeviceError
from client.base.job import helper
from client.base.process import own_command
from client.base.text import Text
from client.capture.audio.inputs import microphones
from client.capture.camera.local import local_cameras
from client.capture.camera.network import public_name
from client.capture.origin import origin_of_address
from client.capture.trial import Trial
from client.preflight.facts.devices import Blocked, Device, DeviceFacts, Kind, Origin, Said, Tried
from client.preflight.probes.card import CRASHED, HANGS, LIMIT_S, CardLook

TRIED_S = 3.0
MOST = 4
"""So many of a kind are tried."""
STOPPED = Text("试用被停止了。", "The try was stopped.")
Listed = tuple[str, str, Origin]
"""What the try takes, what a person knows it by, where it comes from."""


class DeviceTries:
    """One look at all devices of a kind; another thread may stop it."""

    def __init__(
        self,
        kind: Kind,
        *,
        allowed: bool,
        sources: Sequence[str] = (),
        card: CardLook | None = None,
    ) -> None:
        """Look for `kind`; open them only where `allowed`. `sources`: cameras by address too.

        The first real one is tried by `card`, which reads its pictures afterwards.
        """
        self._card = card
        self._kind: Kind = kind
        self._allowed = allowed
        self._sources = tuple(sources)
        self._stopped = threading.Event()
        self._running: set[subprocess.Popen[bytes]] = set()

    def __call__(self) -> DeviceFacts:
        """Return what was found."""
        not_listed = None
        try:
            listed = self._listed()
        except DeviceError as error:
            listed, not_listed = [], _said(error.title)
        listed = [*self._named(), *listed]
        tried: list[Tried | None] = [None] * len(listed)
        if self._allowed and listed:
            with ThreadPoolExecutor(MOST) as pool:
                tried[:MOST] = pool.map(self._try, self._trials(listed[:MOST]))
        return DeviceFacts(
            kind=self._kind,
            allowed=self._allowed,
            devices=tuple(
                Device(name=name[:120], origin=origin, tried=outcome)
                for (_, name, origin), outcome in zip(listed, tried, strict=True)
            ),
            blocked=_blocked(self._kind),
            not_listed=not_listed,
        )

    def stop(self) -> None:
        """End the tries; `__call__` then returns at once."""
        self._stopped.set()
        if self._card is not None:
            self._card.stop()
        for process in list(self._running):
            process.kill()

    def _named(self) -> list[Listed]:
        """Return the cameras that were given by address; one that is none is shown as it is not."""
        found: list[Listed] = []
        for source in self._sources:
            try:
                found.append((source, public_name(source), origin_of_address(source)))
            except DeviceError as error:
                found.append((source, error.title.zh, "real"))
        return found

    def _listed(self) -> list[Listed]:
        if self._kind == "camera":
            return [(str(camera.index), camera.name, camera.origin) for camera in local_cameras()]
        return [(entry.pulse or entry.name, entry.name, entry.origin) for entry in microphones()]

    def _trials(self, listed: Sequence[Listed]) -> list[Callable[[], Trial]]:
        """Return what tries each; the card's process is that of the first real one."""
        trials: list[Callable[[], Trial]] = [partial(self._outcome, one[0]) for one in listed]
        real = [at for at, (_, _, origin) in enumerate(listed) if origin == "real"]
        if self._card is not None and real:
            source, name, _ = listed[real[0]]
            trials[real[0]] = self._card.begin(source, name, TRIED_S)
        return trials

    def _try(self, trial_of: Callable[[], Trial]) -> Tried:
        """Try one; a process that hangs in its driver cannot even be killed, so it is left."""
        found: list[Trial] = []

        def wait() -> None:
            found.append(trial_of())

        waiting = threading.Thread(target=wait, name="device-try", daemon=True)
        waiting.start()
        waiting.join(LIMIT_S + 1)
        trial = found[0] if found else Trial(error=HANGS)
        return Tried(figures=dict(trial.figures), error=_said(trial.error) if trial.error else None)

    def _outcome(self, source: str) -> Trial:
        words = ("--json", "--test-one", f"{self._kind}:{source}", "--seconds", f"{TRIED_S:g}")
        command = own_command("devices", *words)
        with helper(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            self._running.add(process)
            try:
                if self._stopped.is_set():
                    return Trial(error=STOPPED)
                said, _ = process.communicate(timeout=LIMIT_S)
            except subprocess.TimeoutExpired:
                return Trial(error=HANGS)
            finally:
                self._running.discard(process)
        if self._stopped.is_set():
            return Trial(error=STOPPED)
        try:
            return Trial.of_json(json.loads(said))
        except (ValueError, KeyError, TypeError, AttributeError):
            return Trial(error=CRASHED)


def _said(text: Text) -> Said:
    return Said(zh=text.zh, en=text.en)


def _blocked(kind: Kind) -> Blocked | None:
    if sys.platform == "win32":
        from client.preflight.probes.windows.machine import ThisMachine
        from client.preflight.probes.windows.privacy import blocked_by

        return blocked_by(ThisMachine(), kind)
    return None
