"""The two cameras of a recording: an eye for each; the spare belongs to the first."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from client.base.errors import DeviceError, SaiJianError
from client.base.text import Text
from client.capture.camera import CameraSource
from client.capture.camera.another import ANOTHER, AnotherCamera, Taken
from client.capture.camera.local import LocalCamera, fitting
from client.capture.camera.network import public_name
from client.capture.camera.opener import CameraOpener
from client.capture.camera.phone import memory
from client.capture.camera.turned import Turn
from client.evidence.entries import Note, Source
from client.evidence.layout import sessions_root
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.eye import Eye
from client.recorder.child.patience import Patient
from client.recorder.child.turns import SPARE_CAMERA, Turns
from client.recorder.setup import RecorderSetup


class Cameras:
    """Builds the eyes that a setup names; nothing is opened here."""

    def __init__(self, setup: RecorderSetup, chronicle: Chronicle) -> None:
        """Remember."""
        self._devices, self._shape = setup.devices, setup.recording.camera
        self._chronicle = chronicle

    def first(self) -> Eye | None:
        """Return the eye that sees the contestant; None where no camera is wanted."""
        devices = self._devices
        if not devices.camera:
            return None
        names = [name for name in (devices.camera, devices.spare_camera) if name]
        openers = [self._opener("camera", name, devices.camera_rotation) for name in names]
        shown = [_shown(name) for name in names]
        turns = Turns(openers, SPARE_CAMERA, partial(self._note, "camera"), names=shown)
        eye = Eye(turns, self._chronicle)
        eye.next_name = lambda: turns.next_name
        return eye

    def second(self, first: Eye | None) -> Eye | None:
        """Return the eye beside `first`; None where no second camera is wanted."""
        name = self._devices.second_camera
        if not name:
            return None
        opener = self._opener("second", name)
        if name == ANOTHER:
            opener = AnotherCamera(self._taken_beside(first), partial(self._opener, "second"))
        return Eye(opener, self._chronicle, "second")

    def _taken_beside(self, first: Eye | None) -> Taken:
        """Return what tells the names of the first's cameras, as they are known by then.

        A number means whichever camera has it first: it may be another's once something was plugged
        in.
        """
        named = (self._devices.camera, self._devices.spare_camera)
        known: dict[str, str] = {}

        def taken(cameras: list[LocalCamera]) -> set[str]:
            for name in named:
                for found in fitting(name, cameras)[:1]:
                    known.setdefault(name, found.name)
            return {*known.values(), *([first.device] if first is not None else [])}

        return taken

    def _opener(self, source: Source, name: str, turn: Turn = 0) -> Callable[[], CameraSource]:
        """Return what opens it; a network camera has time-outs of its own, a driver has none."""
        shape = self._shape
        opener = CameraOpener(
            name,
            (shape.width, shape.height),
            shape.fps,
            turn=turn,
            tell=partial(self._note, source),
            phones=_phones(),
        )
        return opener if "://" in name else Patient(opener)

    def _note(self, source: Source, text: Text) -> None:
        self._chronicle.post(Note.of(text, "warning", source))


def _shown(camera: str) -> str:
    """Return the name of a camera for the status: without a password; empty for a bad address."""
    with contextlib.suppress(DeviceError):
        return public_name(camera) if "://" in camera else camera
    return ""


def _phones() -> Path | None:
    """Return where this user's own search keeps the phones it found; None where nothing can be."""
    with contextlib.suppress(SaiJianError, OSError):
        return sessions_root().parent / memory.NAME
    return None
