"""Which camera is the second one: never the first, and found when it is plugged in."""

from __future__ import annotations

import pytest

from client.base.errors import DeviceError
from client.capture.camera import another, local
from client.capture.camera.another import NONE_YET, AnotherCamera, is_same, require_distinct
from client.capture.camera.local import LocalCamera, open_local_camera

FACE, DESK = LocalCamera(0, "HD 1080p", "real"), LocalCamera(2, "Webcam", "real")
TWINS = [LocalCamera(0, "C270", "real"), LocalCamera(2, "C270", "real")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0", "HD 1080p", True),
        ("1080p", "hd", True),
        ("0", "2", False),
        ("Webcam", "HD", False),
        ("test", "test", False),
        ("another", "0", False),
        ("", "", False),
        ("0", "http://h/video", False),
        ("http://h:8080/video", "http://user:code@H:8080/video/", True),
        ("http://h:8080/video", "http://h:8081/video", False),
        ("rtsp://nvr/1", "rtsp://nvr/2", False),
        ("not here", "NOT HERE", True),
    ],
)
def test_what_means_one_device(one: str, other: str, *, same: bool) -> None:
    assert is_same(one, other, [FACE, DESK]) is same
    assert is_same(other, one, [FACE, DESK]) is same


def test_twins_are_told_apart_by_number_only() -> None:
    assert not is_same("0", "2", TWINS)
    assert is_same("C270", "0", TWINS)


def test_one_device_for_both_is_refused_in_words_without_a_password(monkeypatch) -> None:
    monkeypatch.setattr(another, "local_cameras", lambda: [FACE, DESK])
    require_distinct("2", ("0", ""))
    with pytest.raises(DeviceError) as caught:
        require_distinct("http://a:secret@h/v", ("0", "http://h/v"))
    assert "同一个设备" in caught.value.title.zh
    assert "secret" not in f"{caught.value.title} {caught.value.advice}"


def test_another_is_whichever_nobody_has_as_soon_as_it_is_there(monkeypatch) -> None:
    here, taken = [FACE], {"HD 1080p"}
    monkeypatch.setattr(another, "local_cameras", lambda: here)
    made = []

    def opener_of(name):
        made.append(name)
        return lambda: f"opened {name}"

    opener = AnotherCamera(lambda _: taken, opener_of)
    with pytest.raises(DeviceError) as caught:
        opener()
    assert caught.value.title == NONE_YET
    here = [LocalCamera(0, "Webcam", "real"), LocalCamera(1, "HD 1080p", "real")]  # renumbered
    assert (opener(), opener()) == ("opened Webcam", "opened Webcam")
    assert made == ["Webcam"]  # one opener, whose thread may be waiting for a driver
    here = TWINS
    taken = {"C270"}
    assert opener() == "opened C270"


def test_of_one_name_the_one_that_is_not_in_use_is_opened(monkeypatch) -> None:
    tried = []

    def opened(camera, *_):
        tried.append(camera.index)
        if camera.index == 0:
            raise DeviceError(NONE_YET, NONE_YET)
        return camera

    monkeypatch.setattr(local, "local_cameras", lambda: TWINS)
    monkeypatch.setattr(local, "_open", opened)
    assert open_local_camera("C270", 1, 1, 1).index == 2
    with pytest.raises(DeviceError):
        open_local_camera("0", 1, 1, 1)  # a number means that one
    assert tried == [0, 2, 0]
