"""Phones and network cameras by real servers: each way to send, and why there is no picture."""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from pathlib import Path

import pytest

from client.base.clock import SECOND_US
from client.base.errors import DeviceError
from client.capture.camera import open_camera
from client.capture.camera.opener import CameraOpener
from tests import devices, phones


def pictures_of(camera, seconds: float = 3.0):
    frames, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        frame = camera.read()
        if frame is not None:
            frames.append(frame)
    return frames


def longest_pause_s(frames) -> float:
    moments = [frame.at_us for frame in frames]
    return max(b - a for a, b in itertools.pairwise(moments)) / SECOND_US


def refusal(source: str) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        open_camera(source, 640, 360, 15)
    return caught.value


def test_rtsp_with_sound_of_its_own_and_a_password() -> None:
    with phones.rtsp_camera("s3cret") as place:
        camera = open_camera(f"rtsp://admin:s3cret@{place}", 640, 360, 15)
        frames = pictures_of(camera)
        camera.close()
        assert camera.name == f"rtsp://{place}"  # no password
        assert (camera.width, camera.height) == (640, 360)
        assert len(frames) >= 25
        assert longest_pause_s(frames) < 0.6
        wrong = refusal(f"rtsp://admin:wrong@{place}")
        assert "no password, or a wrong one" in wrong.title.en
        assert "密码" in wrong.advice.zh
        assert "wrong@" not in wrong.sentence("en") + wrong.sentence("zh")
        missing = refusal(f"rtsp://admin:s3cret@{place}x")
        assert "no picture at that path" in missing.title.en


def test_hls_is_spread_evenly_and_said_to_be_late() -> None:
    told = []
    with phones.hls_camera() as address:
        camera = CameraOpener(address, (640, 360), 15, tell=told.append)()
        frames = pictures_of(camera, 6.5)
        camera.close()
    assert len(told) == 1
    assert "its pictures are about 4 s older than they are dated" in told[0].en
    gaps = [b.at_us - a.at_us for a, b in itertools.pairwise(frames)]
    assert 0.04 < statistics.median(gaps) / SECOND_US < 0.1  # 15 a second, not a burst in 2 s
    assert longest_pause_s(frames) < 1.0  # a second without a picture would be a slate
    assert len(frames) > 60


def test_a_phone_that_is_locked_or_asleep_or_gone_says_so() -> None:
    with phones.phone("--password", "s3cret") as place:
        locked = refusal(f"{place}/video")
        opened = open_camera(place.replace("//", "//admin:s3cret@") + "/video", 640, 360, 15)
        assert opened.read() is not None
        opened.close()
    gone = refusal(f"{place}/video")
    with phones.phone() as place:
        asleep = refusal(f"{place}/asleep")
        elsewhere = refusal(f"{place}/elsewhere")
        with pytest.raises(DeviceError, match="points to another host"):
            CameraOpener(f"{place}/live.m3u8", (640, 360), 15)()
    assert "no password, or a wrong one" in locked.title.en
    assert "app is not running" in gone.title.en
    assert "is the phone locked" in asleep.title.en
    assert "cannot be opened" in elsewhere.title.en
    assert len({error.advice for error in (locked, gone, asleep)}) == 3


def test_pictures_are_turned_clockwise(tmp_path: Path) -> None:
    with phones.phone() as place:
        opener = CameraOpener(f"{place}/video", (640, 360), 15, turn=90, phones=tmp_path / "none")
        camera = opener()
        image = camera.read().image
        camera.close()
    assert (camera.width, camera.height) == (360, 640)
    assert image.shape == (640, 360, 3)
    top_was_red = image[320, 300]  # what was above is on the right now
    assert top_was_red[2] > 150 > top_was_red[0]
    assert image[320, 60][0] > 150


def test_a_battery_that_runs_low_is_told_once(monkeypatch) -> None:
    told, heard = [], threading.Event()

    def tell(text) -> None:
        told.append(text)
        heard.set()

    monkeypatch.setattr("client.capture.camera.phone.battery.EVERY_S", 0.1)
    with phones.phone("--battery", "12") as place:
        address = f"{place}/video"
        monkeypatch.setattr("client.capture.camera.opener.tells_battery", lambda _: "/sensors.json")
        monkeypatch.setattr(
            "client.capture.camera.phone.battery.tells_battery", lambda _: "/sensors.json"
        )
        camera = CameraOpener(address, (640, 360), 15, tell=tell)()
        assert heard.wait(10)
        time.sleep(0.5)
        camera.close()
    assert [text.en[:42] for text in told] == ["The phone's battery is down to 12%: plug i"]
    devices.wait_until(lambda: not any(t.name == "phone-battery" for t in threading.enumerate()))
