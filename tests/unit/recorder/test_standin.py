"""The slate shows why there is no picture, for each cause that the code can give."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera import unreachable
from client.capture.camera.another import NONE_YET
from client.capture.camera.live import camera_held, camera_lost, camera_refused
from client.capture.camera.local import find_camera
from client.capture.camera.slates import SlateName, slate
from client.capture.holders import held_by
from client.contest.plan import Recording
from client.recorder.child.eye import OPENING, SILENT, Eye
from client.recorder.child.filmtrack import FilmTrack
from client.recorder.child.patience import HANGS
from client.recorder.child.standin import slate_of
from tests.unit.recorder.test_screentrack import Chronicle, eventually


def absent() -> Text:
    with pytest.raises(DeviceError) as error:
        find_camera("x", [])
    return error.value.title


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (OPENING, "opening"),
        (HANGS, "hangs"),
        (SILENT, "silent"),
        (absent(), "absent"),
        (NONE_YET, "absent"),
        (camera_held("Cam", held_by(["Zoom"])).title, "held"),
        (camera_refused("Cam").title, "refused"),
        (camera_lost("Cam").title, "lost"),
        (unreachable._refused("a", unreachable.PASSWORD).title, "password"),
        (unreachable._refused("a", unreachable.NO_APP).title, "app"),
        (unreachable._refused("a", unreachable.NOBODY).title, "unreachable"),
        (unreachable._refused("a", unreachable.WRONG_PATH).title, "address"),
        (unreachable._refused("a", unreachable.NO_CAMERA).title, "address"),
        (unreachable._refused("a", unreachable.ASLEEP).title, "asleep"),
        (Text("别的", "another"), "lost"),
    ],
)
def test_each_cause_has_its_slate(cause: Text, expected: SlateName) -> None:
    assert slate_of(cause, has_filmed=False) == expected
    assert slate_of(cause, has_filmed=True) == ("lost" if expected == "opening" else expected)


def test_no_two_slates_are_alike() -> None:
    shown = {slate(name, 640, 360).tobytes() for name in get_args(SlateName)}
    assert len(shown) == len(get_args(SlateName))


def filmed(folder: Path, opener) -> tuple[FilmTrack, Chronicle]:
    chronicle = Chronicle()
    watching = Eye(opener, chronicle)
    return FilmTrack(
        folder, "contest", {"contest": 1}, Recording(), watching, None, chronicle
    ), chronicle


def test_the_recording_shows_the_slate_of_the_cause_and_the_time(tmp_path: Path) -> None:
    def refuse():
        raise camera_held("Cam", held_by(["Zoom"]))

    film, _ = filmed(tmp_path, refuse)
    film.start()
    eventually(lambda: film.sources() and film.sources()[0].cause.startswith("摄像头打不开"))
    time.sleep(2)
    assert film.stop()
    with av.open(str(tmp_path / "contest-01.mp4")) as file:
        last = [frame.to_ndarray(format="bgr24") for frame in file.decode(video=0)][-1]
    height, width = last.shape[:2]
    far = {
        name: np.abs(last.astype(int) - slate(name, width, height))[: height // 2].mean()
        for name in get_args(SlateName)
    }
    assert min(far, key=lambda name: far[name]) == "held"
    stamped = np.abs(last.astype(int) - slate("held", width, height))[height * 7 // 10 :]
    assert (stamped.max(axis=2) > 90).sum() > 500


def test_a_camera_of_an_earlier_process_alarms_when_it_is_gone_and_not_while_it_opens(
    tmp_path: Path,
) -> None:
    going_on = threading.Event()

    def refuse():
        going_on.wait()
        raise camera_refused("cam")

    film, _ = filmed(tmp_path, refuse)
    film.delivered = {"camera": "cam"}
    film.start()
    eventually(lambda: [s.state for s in film.sources()] == ["slate"])
    time.sleep(1.2)
    assert [s.alarm for s in film.sources()] == [False]
    going_on.set()
    eventually(lambda: [(s.alarm, s.device) for s in film.sources()] == [(True, "cam")])
    assert film.stop()


def test_a_camera_that_never_was_there_does_not_alarm(tmp_path: Path) -> None:
    def refuse():
        raise camera_refused("cam")

    film, _ = filmed(tmp_path, refuse)
    film.start()
    eventually(lambda: [s.cause for s in film.sources()] == [camera_refused("cam").title.zh])
    assert [s.alarm for s in film.sources()] == [False]
    assert film.stop()
