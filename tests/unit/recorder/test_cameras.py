"""Whose the cameras are that come later, and that no driver is asked before recording begins."""

from __future__ import annotations

import uuid

import pytest

from client.base.errors import DeviceError
from client.capture.camera import another, local
from client.capture.camera.another import ANOTHER, NONE_YET
from client.capture.camera.local import LocalCamera
from client.recorder.child import cameras
from client.recorder.child.cameras import Cameras
from client.recorder.child.eye import Eye
from client.recorder.setup import Devices, RecorderSetup
from tests.unit.recorder.test_screentrack import Chronicle

FACE, DESK = LocalCamera(0, "HD 1080p", "real"), LocalCamera(2, "Webcam", "real")


@pytest.fixture
def here(monkeypatch) -> list[LocalCamera]:
    """Cameras of this computer, of which any may be opened and is its name."""
    found: list[LocalCamera] = []
    for module in (another, local):
        monkeypatch.setattr(module, "local_cameras", lambda: list(found))
    monkeypatch.setattr(cameras, "CameraOpener", lambda name, *_, **__: lambda: name)
    return found


def second_beside(camera: str) -> Eye:
    devices = Devices(camera=camera, second_camera=ANOTHER)
    setup = RecorderSetup(session=str(uuid.uuid4()), purpose="recording", devices=devices)
    built = Cameras(setup, Chronicle())
    second = built.second(built.first())
    assert second is not None
    return second


@pytest.mark.parametrize("camera", ["HD 1080p", "0"])
def test_the_first_s_camera_that_comes_later_is_not_the_second(here, camera: str) -> None:
    second = second_beside(camera)
    for plugged in ([], [FACE]):
        here.extend(plugged)
        with pytest.raises(DeviceError) as caught:
            second._open()
        assert caught.value.title == NONE_YET
    here.append(DESK)
    assert second._open() == DESK.name


def test_a_number_stays_that_of_the_camera_that_had_it_first(here) -> None:
    second = second_beside("0")
    here[:] = [FACE, DESK]
    assert second._open() == DESK.name
    here[:] = [LocalCamera(0, DESK.name, "real"), LocalCamera(1, FACE.name, "real")]
    assert second._open() == DESK.name


def test_no_driver_is_asked_before_anything_is_recorded(monkeypatch) -> None:
    def hangs() -> list[LocalCamera]:
        raise AssertionError("a driver may hang at this")

    for module in (another, local, cameras):
        monkeypatch.setattr(module, "local_cameras", hangs, raising=False)
    second_beside("HD 1080p")
