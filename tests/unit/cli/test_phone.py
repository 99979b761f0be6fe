"""What `saijian phone` and `--rotate` say and mean."""

from __future__ import annotations

import json

import pytest

from client.base.text import Text
from client.capture.camera.phone.find import Found, Search
from client.capture.camera.phone.nets import small_net
from client.cli.arguments import command_line
from client.cli.phone import say, to_json
from client.cli.record import rotation_of

NETS = [small_net("wlan0", "10.0.0.9", "255.255.255.0")]


def found(*, locked: bool) -> Found:
    return Found(
        "http://10.0.0.2:8080/video", Text("网", "IP Webcam"), "mjpeg", 640, 360, locked, "", False
    )


def test_a_camera_is_one_line_with_the_address_to_use(monkeypatch) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", "en")
    assert say(NETS, Search(found=[found(locked=False)])) == [
        "IP Webcam  640x360  http://10.0.0.2:8080/video"
    ]
    (line,) = say(NETS, Search(found=[found(locked=True)]))
    assert "http://name:password@10.0.0.2:8080/video" in line


@pytest.mark.parametrize(("language", "words"), [("zh", "USB 网络共享"), ("en", "USB tethering")])
def test_where_nothing_is_found_the_steps_follow(monkeypatch, language, words) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", language)
    assert words in "\n".join(say(NETS, Search()))
    assert "10.0.0" not in "\n".join(say([], Search()))


def test_programs_get_all_of_it() -> None:
    document = json.loads(json.dumps(to_json(NETS, Search(found=[found(locked=False)]))))
    assert document["networks"] == ["10.0.0.0/24"]
    assert document["cameras"][0]["app"]["en"] == "IP Webcam"
    assert document["advice"] is None


@pytest.mark.parametrize(("words", "degrees"), [([], 0), (["--rotate", "270"], 270)])
def test_rotation_is_of_the_camera(words, degrees) -> None:
    read = command_line("0").read(["record", "--out", "x", "--seconds", "1", *words])
    assert rotation_of(read) == degrees
