"""Which camera, which address, which microphone a name means."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from client.base.errors import DeviceError
from client.capture.audio import inputs, pulse
from client.capture.audio.inputs import SoundInput, find_input
from client.capture.camera import open_camera
from client.capture.camera.local import LocalCamera, _video4linux, find_camera
from client.capture.camera.network import public_name
from client.capture.screen import open_screen

CAMERAS = [
    LocalCamera(0, "Integrated Camera", "real"),
    LocalCamera(2, "HD Pro Webcam C920", "real"),
    LocalCamera(4, "Webcam", "real"),
]


@pytest.mark.parametrize(
    ("source", "index"),
    [("0", 0), ("2", 2), ("HD Pro Webcam C920", 2), ("c920", 2), ("webcam", 4), ("integrated", 0)],
)
def test_a_camera_by_index_name_or_part(source: str, index: int) -> None:
    assert find_camera(source, CAMERAS).index == index


@pytest.mark.parametrize("source", ["1", "7", "nikon", ""])
def test_an_unknown_camera_is_refused_with_the_ones_that_exist(source: str) -> None:
    with pytest.raises(DeviceError) as caught:
        find_camera(source, CAMERAS)
    assert "HD Pro Webcam C920" in caught.value.advice.zh


def test_without_any_camera_the_advice_is_a_phone() -> None:
    with pytest.raises(DeviceError) as caught:
        find_camera("0", [])
    assert "手机" in caught.value.advice.zh


def test_video4linux_lists_pictures_not_metadata(tmp_path: Path) -> None:
    def node(name: str, label: str, index: str, place: str) -> None:
        folder = tmp_path / "devices" / place / name
        folder.mkdir(parents=True)
        (folder / "name").write_text(label + "\n", encoding="utf-8")
        (folder / "index").write_text(index + "\n", encoding="ascii")
        (tmp_path / "class" / name).symlink_to(folder)

    (tmp_path / "class").mkdir()
    node("video10", "HD 网络摄像头", "0", "pci0/usb1")
    node("video11", "HD 网络摄像头", "1", "pci0/usb1")
    node("video2", "Innocent Name", "0", "virtual")
    node("v4l-subdev0", "sensor", "0", "pci0")
    assert _video4linux(tmp_path / "class") == [
        LocalCamera(2, "Innocent Name", "virtual"),
        LocalCamera(10, "HD 网络摄像头", "real"),
    ]


def test_names_of_network_cameras_keep_no_secret() -> None:
    address = "http://teacher:pa55@192.0.2.4:8080/video/mjpg?token=abc#x"
    assert public_name(address) == "http://192.0.2.4:8080/video/mjpg"
    assert public_name("rtsp://[2001:db8::4]/live") == "rtsp://[2001:db8::4]/live"


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "concat://a|b",
        "http://",
        "http://[::1",
        "http://h:99999/",
        "ftp://h/a",
    ],
)
def test_only_addresses_of_cameras_are_opened(address: str) -> None:
    with pytest.raises(DeviceError) as caught:
        open_camera(address, 640, 480, 15)
    assert "http://" in caught.value.advice.zh


def test_nobody_at_the_address_is_a_clear_error() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(DeviceError, match="cannot be opened"):
            open_camera(f"http://127.0.0.1:{port}/cam", 640, 480, 15)


def test_wayland_is_refused(monkeypatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", ":0")
    with pytest.raises(DeviceError) as caught:
        open_screen()
    assert "Wayland" in caught.value.title.zh
    assert "Xorg" in caught.value.advice.zh


@pytest.mark.parametrize("name", ["", ":987", "rubbish"])
def test_no_display_is_refused(monkeypatch, name: str) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", name)
    with pytest.raises(DeviceError):
        open_screen()


LISTING = [
    {
        "name": "alsa_input.usb-Yeti",
        "description": "Yeti 麦克风",
        "monitor_source": "",
        "sample_specification": "s16le 2ch 44100Hz",
    },
    {
        "name": "alsa_output.pci.monitor",
        "description": "Monitor of Built-in",
        "monitor_source": "alsa_output.pci",
        "sample_specification": "s16le 2ch 48000Hz",
    },
]


def test_sources_of_the_sound_server(monkeypatch) -> None:
    monkeypatch.setattr(pulse, "_pactl", lambda *_: json.dumps(LISTING))
    yeti, monitor = pulse.pulse_sources()
    assert (yeti.description, yeti.rate, yeti.origin) == ("Yeti 麦克风", 44100, "real")
    assert (monitor.name, monitor.origin) == ("alsa_output.pci.monitor", "loopback")


@pytest.mark.parametrize("rubbish", ["", "{", "[1]", '{"a": 1}', '[{"name": 1}, null]', "null"])
def test_rubbish_of_the_sound_server_is_no_source(monkeypatch, rubbish: str) -> None:
    monkeypatch.setattr(pulse, "_pactl", lambda *_: rubbish)
    assert pulse.pulse_sources() in ([], [pulse.PulseSource("1", "1", False, 0)])


def test_asking_for_a_source_leaves_the_environment_as_it_was(monkeypatch) -> None:
    monkeypatch.setenv("PULSE_SOURCE", "before")
    with pulse.asking_for("mine"):
        assert pulse.default_source() == "mine"
    with pulse.asking_for(None):
        assert pulse.default_source() == "before"
    monkeypatch.delenv("PULSE_SOURCE")
    with pulse.asking_for("mine"):
        pass
    monkeypatch.setattr(pulse, "_pactl", lambda *_: "theirs\n")
    assert pulse.default_source() == "theirs"


@pytest.fixture
def microphones(monkeypatch):
    own = [
        SoundInput("HDA Intel: ALC (hw:0,0)", "real", 48000, 0),
        SoundInput("pulse", "real", 44100, 3),
        SoundInput("default", "real", 44100, 4),
    ]
    monkeypatch.setattr(inputs, "_portaudio_inputs", lambda: own)
    monkeypatch.setattr(pulse, "_pactl", lambda *_: json.dumps(LISTING))
    monkeypatch.setattr(inputs, "default_source", lambda: "alsa_output.pci.monitor")


@pytest.mark.usefixtures("microphones")
@pytest.mark.parametrize("name", ["default", "pulse", "Default"])
def test_the_default_is_never_what_the_computer_plays(name: str) -> None:
    found = find_input(name)
    assert (found.name, found.origin) == ("Yeti 麦克风", "real")
    assert (found.index, found.pulse) == (3, "alsa_input.usb-Yeti")


@pytest.mark.usefixtures("microphones")
def test_what_the_computer_plays_is_taken_where_it_was_named(monkeypatch) -> None:
    assert find_input("alsa_output.pci.monitor").origin == "loopback"
    monkeypatch.setenv("PULSE_SOURCE", "alsa_output.pci.monitor")
    found = find_input("default")
    assert (found.name, found.origin) == ("Monitor of Built-in", "loopback")


@pytest.mark.usefixtures("microphones")
def test_with_nothing_but_what_the_computer_plays_there_is_no_default(monkeypatch) -> None:
    monkeypatch.setattr(inputs, "_portaudio_inputs", lambda: [SoundInput("pulse", "real", 1, 3)])
    monkeypatch.setattr(pulse, "_pactl", lambda *_: json.dumps(LISTING[1:]))
    with pytest.raises(DeviceError) as caught:
        find_input("default")
    assert caught.value.title == inputs.NO_MICROPHONE


def test_where_portaudio_chooses_the_default_it_is_judged_as_well(monkeypatch) -> None:
    mix = SoundInput("Stereo Mix (Realtek)", "loopback", 48000, 0)
    array = SoundInput("Microphone Array (Realtek)", "real", 48000, 1)
    monkeypatch.setattr(inputs, "_portaudio_inputs", lambda: [mix, array])
    monkeypatch.setattr(inputs, "pulse_sources", list)
    for number, expected in ((0, array), (1, array)):
        monkeypatch.setattr(inputs, "in_portaudio", lambda _, n=number: n)
        assert find_input("default") == expected
    assert find_input("stereo mix") == mix


@pytest.mark.usefixtures("microphones")
@pytest.mark.parametrize("name", ["yeti", "Yeti 麦克风", "alsa_input.usb-Yeti"])
def test_a_microphone_by_name_or_part(name: str) -> None:
    assert find_input(name).pulse == "alsa_input.usb-Yeti"


@pytest.mark.usefixtures("microphones")
@pytest.mark.parametrize("name", ["shure", ""])
def test_an_unknown_microphone_is_refused_with_the_ones_that_exist(name: str) -> None:
    with pytest.raises(DeviceError) as caught:
        find_input(name)
    assert "Yeti 麦克风" in caught.value.advice.zh
