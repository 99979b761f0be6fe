"""Cameras by names that last, and which device stands by where nobody chose one."""

from __future__ import annotations

import pytest

from client import wiring
from client.base.errors import DeviceError
from client.capture import devices, spares
from client.capture.audio import inputs
from client.capture.audio.inputs import SoundInput
from client.capture.camera import local
from client.capture.camera.local import LocalCamera
from client.capture.spares import lasting_name, spare_camera, spare_microphone
from client.cli.host import Wished
from client.recorder.setup import Devices

BUILT_IN = LocalCamera(0, "Integrated Camera", "real")
VIRTUAL = LocalCamera(1, "OBS Virtual Camera", "virtual")
USB = LocalCamera(2, "USB Webcam", "real")
CAMERAS = [BUILT_IN, VIRTUAL, USB]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0", "Integrated Camera"),
        ("2", "USB Webcam"),
        ("usb", "usb"),
        ("http://h/v", "http://h/v"),
        ("test", "test"),
        ("", ""),
    ],
)
def test_a_number_becomes_a_name(given: str, expected: str) -> None:
    assert lasting_name(given, CAMERAS) == expected


def test_a_number_stays_where_two_are_called_the_same_or_a_number() -> None:
    twins = [LocalCamera(0, "Cam", "real"), LocalCamera(2, "Cam", "real")]
    assert [lasting_name(number, twins) for number in "02"] == ["0", "2"]
    assert lasting_name("3", [LocalCamera(3, "7", "real")]) == "3"
    with pytest.raises(DeviceError):
        lasting_name("9", CAMERAS)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("0", "USB Webcam"),
        ("Integrated Camera", "USB Webcam"),
        ("usb", "Integrated Camera"),
        ("http://phone/video", "Integrated Camera"),
        ("test", ""),
        ("", ""),
    ],
)
def test_another_real_camera_stands_by(chosen: str, expected: str) -> None:
    assert spare_camera(chosen, CAMERAS, CAMERAS) == expected
    assert spare_camera(chosen, [VIRTUAL], CAMERAS) == ""


def pulse(name: str, origin: inputs.Origin = "real") -> SoundInput:
    return SoundInput(f"the {name}", origin, 48000, 3, name)


def wave(name: str, system: int = 0, origin: inputs.Origin = "real") -> SoundInput:
    return SoundInput(name, origin, 44100, 0, system=system)


def test_behind_a_sound_server_only_its_sources_stand_by() -> None:
    """What ALSA lists beside them may be the same microphone, which the server holds."""
    card, one, two = wave("HDA Intel: ALC (hw:0,0)"), pulse("alsa_input.pci"), pulse("usb")
    monitor = pulse("out.monitor", "loopback")
    known = [card, monitor, one, two]
    assert spare_microphone(one, known) == "usb"
    assert spare_microphone(two, known) == "alsa_input.pci"
    assert spare_microphone(one, [card, monitor, one]) == ""
    assert spare_microphone(card, known) == ""


def test_a_microphone_that_windows_lists_four_times_is_not_its_own_spare() -> None:
    whole = "Microphone (Realtek High Definition Audio)"
    array = "Microphone Array (USB)"
    chosen = wave(whole[:31])
    mapper = wave("Microsoft Sound Mapper - Input")
    listed = [mapper, chosen, wave(whole, 1), wave(whole, 2), wave("Mic in (Realtek HD)", 3)]
    assert spare_microphone(chosen, listed) == ""
    assert spare_microphone(chosen, [*listed, wave(array), wave(array, 1)]) == array
    assert spare_microphone(mapper, [*listed, wave(array)]) == ""
    assert spare_microphone(chosen, [chosen, wave("CABLE Output", 0, "virtual")]) == ""
    assert spare_microphone(None, listed) == ""


@pytest.mark.parametrize(
    ("camera", "microphone", "expected"),
    [
        (None, None, ("Integrated Camera", "USB Webcam", "alsa_input.pci", "usb")),
        ("2", "usb", ("USB Webcam", "Integrated Camera", "usb", "alsa_input.pci")),
        ("test", "test", ("test", "", "test", "")),
    ],
)
def test_a_session_is_set_up_with_names_and_with_what_stands_by(
    monkeypatch, camera, microphone, expected
) -> None:
    monkeypatch.setattr(local, "local_cameras", lambda: CAMERAS)
    monkeypatch.setattr(spares, "local_cameras", lambda: CAMERAS)
    monkeypatch.setattr(devices, "require_devices", lambda *_, **__: None)
    monkeypatch.setattr(
        inputs,
        "sound_inputs",
        lambda: [pulse("m.monitor", "loopback"), pulse("alsa_input.pci"), pulse("usb")],
    )
    monkeypatch.setattr(inputs, "default_source", lambda: "alsa_input.pci")
    chosen = wiring.choose_devices(Wished(camera, microphone), simulate=False)
    camera, spare, microphone, other = expected
    assert chosen == Devices(
        camera=camera, spare_camera=spare, microphone=microphone, spare_microphone=other
    )
