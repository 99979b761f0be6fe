"""Who holds a camera: the list of Windows' own privacy page, in this user's registry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from client.capture import holders
from client.capture.holders import holders_of

if sys.platform == "win32":
    import winreg

    HERE = winreg.HKEY_CURRENT_USER

DESKTOP = rf"{holders._STORE}\{holders._DESKTOP}"
ENDED = 133_000_000_000_000_000
"""A FILETIME of this century."""


@pytest.fixture
def store() -> Iterator[list[str]]:
    """Places of keys that were made, which are taken away afterwards."""
    made: list[str] = []
    yield made
    for place in [*reversed(made), DESKTOP, holders._STORE]:
        with suppress(OSError):
            winreg.DeleteKey(HERE, place)


def films(made: list[str], place: str, stopped: int | None) -> None:
    """Enter a program that films (0), did so until then, or never did (None)."""
    made.append(place)
    with winreg.CreateKey(HERE, place) as key:
        if stopped is not None:
            winreg.SetValueEx(key, "LastUsedTimeStop", 0, winreg.REG_QWORD, stopped)


def test_without_the_list_nobody_is_named() -> None:
    assert holders_of(0) == ()


def test_those_that_film_at_this_moment_are_named_and_we_are_not(store: list[str]) -> None:
    films(store, rf"{holders._STORE}\Microsoft.WindowsCamera_8wekyb3d8bbwe", 0)
    films(store, rf"{holders._STORE}\Microsoft.SkypeApp_kzf8qxf38zg5c", ENDED)
    films(store, rf"{DESKTOP}\C:#Program Files#Zoom#bin#Zoom.exe", 0)
    films(store, rf"{DESKTOP}\C:#Program Files#腾讯会议#wemeetapp.exe", 0)
    films(store, rf"{DESKTOP}\C:#Teams#Teams.exe", ENDED)
    films(store, rf"{DESKTOP}\C:#Never#Never.exe", None)
    films(store, rf"{DESKTOP}\{holders._own_program().replace(chr(92), '#')}", 0)
    found = holders_of(0)
    assert found[0] == "Microsoft.WindowsCamera"
    assert set(found) == {"Microsoft.WindowsCamera", "Zoom", "wemeetapp"}


def test_no_more_than_three_are_named(store: list[str]) -> None:
    for number in range(5):
        films(store, rf"{DESKTOP}\C:#app{number}.exe", 0)
    assert len(holders_of(0)) == holders.MOST
