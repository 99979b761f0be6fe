"""The spare device has its turn after two failures, and keeps it while it works."""

from __future__ import annotations

import pytest

from client.base.clock import SECOND_US
from client.base.errors import DeviceError, DeviceHangsError
from client.base.text import Text
from client.recorder.child.turns import FIRST_AGAIN, SPARE_CAMERA, Turns


class Shelf:
    """Devices by name; `broken` ones do not open."""

    def __init__(self, *names: str) -> None:
        self.broken: set[str] = set()
        self.hanging: set[str] = set()
        self.told: list[Text] = []
        self.now_us = 0
        self.open = Turns(
            [lambda n=n: self._device(n) for n in names],
            SPARE_CAMERA,
            self.told.append,
            lambda: self.now_us,
        )

    def _device(self, name: str) -> str:
        if name in self.hanging:
            raise DeviceHangsError(Text(name, name), Text("", ""))
        if name in self.broken:
            raise DeviceError(Text(name, name), Text("", ""))
        return name

    def tried(self, times: int, held_s: int = 60) -> list[str]:
        """Open so often, each for so long; a failure is named by what failed."""
        found = []
        for _ in range(times):
            self.now_us += held_s * SECOND_US
            try:
                found.append(self.open())
            except DeviceError as error:
                found.append(f"no {error.title.en}")
        return found


def test_one_device_alone_is_tried_again_and_again() -> None:
    shelf = Shelf("a")
    shelf.broken = {"a"}
    assert shelf.tried(5) == ["no a"] * 5
    shelf.broken = set()
    assert shelf.tried(2) == ["a", "a"]
    assert shelf.told == []


def test_the_spare_comes_after_two_failures_and_stays() -> None:
    shelf = Shelf("a", "b")
    assert shelf.tried(2) == ["a", "a"]
    shelf.broken = {"a"}
    assert shelf.tried(3) == ["no a", "no a", "b"]
    shelf.broken = set()
    assert shelf.tried(3) == ["b", "b", "b"]
    assert shelf.told == [SPARE_CAMERA]


def test_one_that_hangs_gives_way_at_once() -> None:
    shelf = Shelf("a", "b")
    shelf.hanging = {"a"}
    assert shelf.tried(2) == ["no a", "b"]
    shelf.hanging = {"b"}
    shelf.broken = {"a"}
    assert shelf.tried(4) == ["no b", "no a", "no a", "no b"]


def test_one_failure_between_successes_changes_nothing() -> None:
    shelf = Shelf("a", "b")
    for _ in range(5):
        shelf.broken = {"a"}
        assert shelf.tried(1) == ["no a"]
        shelf.broken = set()
        assert shelf.tried(1) == ["a"]
    assert shelf.told == []


def test_a_device_that_opens_and_delivers_nothing_gives_way_too() -> None:
    shelf = Shelf("a", "b")
    assert shelf.tried(4, held_s=7) == ["a", "a", "b", "b"]


@pytest.mark.parametrize("rounds", [1, 3])
def test_with_both_gone_they_are_tried_in_turns_and_the_first_that_is_back_is_used(rounds) -> None:
    shelf = Shelf("a", "b")
    shelf.broken = {"a", "b"}
    assert shelf.tried(4 * rounds) == ["no a", "no a", "no b", "no b"] * rounds
    shelf.broken = {"a"}
    assert shelf.tried(3) == ["no a", "no a", "b"]
    shelf.broken = {"b"}
    assert shelf.tried(3) == ["no b", "no b", "a"]
    assert shelf.told == [SPARE_CAMERA, FIRST_AGAIN]


def test_it_names_who_has_the_next_turn() -> None:
    broken = {"a"}

    def device(name: str) -> str:
        if name in broken:
            raise DeviceError(Text(name, name), Text("", ""))
        return name

    turns = Turns([lambda: device("a"), lambda: device("b")], SPARE_CAMERA, print, names="ab")
    assert turns.next_name == "b"
    for _ in range(2):
        with pytest.raises(DeviceError):
            turns()
    assert turns() == "b"
    assert turns.next_name == "a"
    assert Turns([lambda: device("a")], SPARE_CAMERA, print, names="a").next_name == ""


def test_an_opening_that_fails_as_nobody_foresaw_counts_too() -> None:
    def broken() -> str:
        raise ZeroDivisionError("a driver's own arithmetic")

    turns = Turns([broken, lambda: "b"], SPARE_CAMERA, lambda _: None)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            turns()
    assert turns() == "b"
