"""Monitors as a real X server tells them (Xvfb has one, no power saving, and cannot turn it)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from mss.exception import ScreenShotError

from client.capture.screen.grabber import Box
from client.capture.screen.monitors import Monitor, Surroundings
from client.capture.screen.x11monitors import XMonitors, ask, extension
from tests import devices


@pytest.fixture
def shown() -> Iterator[devices.Display]:
    with devices.display(640, 480, moving=False) as screen:
        yield screen


@pytest.fixture
def monitors(shown: devices.Display) -> Iterator[XMonitors]:
    made = XMonitors(shown.name)
    yield made
    made.close()


def xrandr(shown: devices.Display, *words: str) -> None:
    subprocess.run(["xrandr", "--display", shown.name, *words], check=True)


def test_a_monitor_and_its_changes_are_seen(shown, monitors) -> None:
    whole = Box(0, 0, 640, 480)
    assert monitors.read() == Surroundings(whole, (Monitor("screen", whole),), None)
    timing = ("10", "400", "400", "400", "500", "300", "300", "300", "400")
    xrandr(shown, "--newmode", "small", *timing)
    xrandr(shown, "--addmode", "screen", "small")
    xrandr(shown, "--output", "screen", "--mode", "small")
    small = Box(0, 0, 400, 300)
    assert monitors.read() == Surroundings(small, (Monitor("screen", small),), None)
    # this X server switches its monitor off before it complains that it does not fit
    subprocess.run(["xrandr", "--display", shown.name, "--fb", "300x200"], check=False)
    assert monitors.read() == Surroundings(Box(0, 0, 300, 200), (), None)


def test_a_request_without_a_function_is_answered_or_refused(monitors) -> None:
    saver = extension(monitors.connection, b"MIT-SCREEN-SAVER")
    assert saver is not None
    version = ask(monitors.connection, saver, 0, bytes([1, 1, 0, 0]))
    assert (version[0], version[8:12]) == (1, bytes([1, 0, 1, 0]))
    with pytest.raises(ScreenShotError):
        ask(monitors.connection, saver, 99)
    assert extension(monitors.connection, b"NO-SUCH-THING") is None
