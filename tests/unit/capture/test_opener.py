"""Opening a phone that has moved: once, only a known one, and no more often than allowed."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera import opener
from client.capture.camera.opener import CameraOpener
from client.capture.camera.simulated import SimulatedCamera

OLD, NEW = "http://u:pw@10.0.0.2:9000/video", "http://u:pw@10.0.0.8:9000/video"
KNOWN = [{"address": "http://10.0.0.2:9000/video", "mac": "aa:bb:cc:00:11:22", "gateway": False}]


@pytest.fixture
def scene(monkeypatch, tmp_path: Path):
    """Cameras answer at `there`; the phone is now at `place`; each search is counted."""

    made = SimpleNamespace(
        there=(), place=None, searches=0, told=[], phones=tmp_path / "phones.json"
    )

    def open_camera(source: str, *_: int) -> SimulatedCamera:
        if source not in made.there:
            raise DeviceError(Text("无", "none"), Text("无", "none"))
        return SimulatedCamera(64, 48, 15)

    def address_now(*_: object) -> str | None:
        made.searches += 1
        return made.place

    monkeypatch.setattr(opener, "open_camera", open_camera)
    monkeypatch.setattr(opener, "address_now", address_now)
    made.phones.write_text(json.dumps(KNOWN), "utf-8")
    return made


def opening(scene, source: str = OLD) -> CameraOpener:
    def tell(text: Text) -> None:
        scene.told.append(text.en)

    return CameraOpener(source, (64, 48), 15, tell=tell, phones=scene.phones)


def test_it_goes_on_at_the_new_address_and_says_so_without_the_password(scene) -> None:
    open_again = opening(scene)
    scene.there, scene.place = (NEW,), NEW
    open_again().close()
    open_again().close()
    assert scene.searches == 1  # it remembers where the phone is
    (said,) = scene.told
    assert "10.0.0.8" in said
    assert "10.0.0.2" in said
    assert "pw" not in said


def test_it_searches_every_twenty_seconds_at_most(scene) -> None:
    open_again = opening(scene)
    for _ in range(5):
        with pytest.raises(DeviceError):
            open_again()
    assert scene.searches == 1


@pytest.mark.parametrize("source", ["http://10.0.0.3:9000/video", "0", "test", "USB camera"])
def test_what_was_not_found_by_a_search_is_never_searched_for(scene, source: str) -> None:
    with pytest.raises(DeviceError):
        opening(scene, source)()
    assert scene.searches == 0


def test_a_phone_that_comes_back_to_its_old_address_is_found_there(scene, monkeypatch) -> None:
    monkeypatch.setattr(opener, "SEARCH_EVERY_S", 0.0)
    open_again = opening(scene)
    scene.there, scene.place = (NEW,), NEW
    open_again().close()
    scene.there, scene.place = (OLD,), OLD
    open_again().close()
    assert len(scene.told) == 2
