"""What `saijian devices` finds on a real display and a real sound server."""

from __future__ import annotations

from client.capture.devices import MicrophoneInfo, list_devices
from tests import devices


def test_screen_and_microphone_are_found_and_nothing_stays_open(monkeypatch, capfd) -> None:
    with devices.display(640, 480, moving=False) as shown, devices.sound_server() as sound:
        for name, value in {**shown.environment, **sound.environment}.items():
            monkeypatch.setenv(name, value)
        list_devices()  # libraries keep some files open once loaded
        before = devices.open_files()
        listing = list_devices()
        assert devices.files_left_open(before) == 0
    assert [(s.width, s.height, s.origin) for s in listing.screens] == [(640, 480, "real")]
    assert listing.microphones == (
        MicrophoneInfo("saijian.monitor", "Monitor of Null Output", "loopback", 48000),
    )
    assert capfd.readouterr() == ("", "")


def test_a_bare_machine_is_told_what_is_missing(monkeypatch, capfd) -> None:
    monkeypatch.setenv("DISPLAY", "")
    monkeypatch.setenv("WAYLAND_DISPLAY", "")
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    listing = list_devices()
    assert listing.screens == ()
    assert any("屏幕" in problem.zh for problem in listing.problems)
    assert capfd.readouterr() == ("", "")
