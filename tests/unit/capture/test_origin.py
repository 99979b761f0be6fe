"""What imitates a device is called by its name."""

from __future__ import annotations

import socket
from typing import get_args

import pytest

from client.capture import origin
from client.evidence import entries


def test_capture_and_journal_use_the_same_words() -> None:
    assert get_args(origin.Origin) == get_args(entries.Origin)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OBS Virtual Camera", "virtual"),
        ("ManyCam Virtual Webcam", "virtual"),
        ("Dummy video device (0x0000)", "virtual"),
        ("v4l2loopback", "virtual"),
        ("e2eSoft VCam", "virtual"),
        ("Integrated Camera: Integrated C", "real"),
        ("HD Pro Webcam C920", "real"),
        ("USB2.0 HD UVC WebCam", "real"),
    ],
)
def test_camera_names(name: str, expected: str) -> None:
    assert origin.origin_of_camera_name(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Monitor of Built-in Audio", "loopback"),
        ("alsa_output.pci-0000_00_1f.3.analog-stereo.monitor", "loopback"),
        ("立体声混音 (Realtek Audio)", "loopback"),
        ("CABLE Output (VB-Audio Virtual Cable)", "virtual"),
        ("麦克风 (Realtek(R) Audio)", "real"),
        ("Built-in Audio Analog Stereo", "real"),
    ],
)
def test_microphone_names(name: str, expected: str) -> None:
    assert origin.origin_of_sound_name(name) == expected


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8080/video",
        "http://127.8.9.10/video",
        "http://localhost:8080/",
        "http://LOCALHOST/",
        "http://[::1]:8080/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0:8080/",
        "http://user:secret@127.0.0.1/",
        "http://2130706433/",
    ],
)
def test_every_spelling_of_this_computer_is_loopback(address: str) -> None:
    assert origin.origin_of_address(address) == "loopback"


@pytest.mark.parametrize(
    "address", ["http://192.0.2.7/video", "http://[2001:db8::7]/", "rtsp://198.51.100.1/live"]
)
def test_another_computer_is_real(address: str) -> None:
    assert origin.origin_of_address(address) == "real"


def test_an_interface_of_this_computer_is_loopback_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing, only chooses the interface
        except OSError:
            pytest.skip("this machine has no network interface but loopback")
        own = probe.getsockname()[0]
    assert not own.startswith("127.")
    assert origin.origin_of_address(f"http://{own}:8080/") == "loopback"


def test_a_name_that_resolves_to_this_computer_is_found_out(monkeypatch) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    assert origin.origin_of_address("http://phone.example/video") == "loopback"
