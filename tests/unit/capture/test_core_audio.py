"""Mute on Windows, against tables of functions as Core Audio has them, built here.

No muted microphone of a real Windows has been seen: `tests/windows/test_microphone.py` asks Wine's.
"""

from __future__ import annotations

import ctypes
import time
from ctypes import POINTER, c_int, c_long, c_uint, c_uint32, c_void_p
from typing import Any

import pytest

from client.capture.audio import core_audio
from client.capture.audio.core_audio import Guid, MuteWatch, PropertyKey, PropertyValue, is_muted

NAMES = ("Microphone (Realtek High Definition Audio)", "麦克风 (USB Audio Device)")
ACCESS_DENIED = -2147024891


class System:
    """Core Audio with two microphones; counts what is held and what is freed."""

    def __init__(self) -> None:
        self.muted = {NAMES[0]: False, NAMES[1]: True}
        self.default = NAMES[1]
        self.held = self.texts = self.asked = 0
        self.is_open = True
        self.fails = False
        self._kept: list[Any] = []

    # what `Com` promises

    def enumerator(self) -> int:
        self.asked += 1
        return self._object(
            {3: (self._enumerate, c_int, c_uint32), 4: (self._default, c_int, c_int)}
        )

    def clear(self, value: PropertyValue) -> None:
        self.texts -= 1

    def close(self) -> None:
        self.is_open = False

    # the objects

    def _enumerate(self, flow: int, states: int, made: Any) -> int:
        assert (flow, states) == (1, 1)
        if self.fails:
            return ACCESS_DENIED
        methods = {3: (self._count,), 4: (self._item, c_uint)}
        made[0] = self._object(methods, counts=True)
        return 0

    def _count(self, made: Any) -> int:
        ctypes.cast(made, POINTER(c_uint))[0] = len(NAMES)
        return 0

    def _item(self, number: int, made: Any) -> int:
        made[0] = self._device(NAMES[number])
        return 0

    def _default(self, flow: int, role: int, made: Any) -> int:
        assert (flow, role) == (1, 0)
        made[0] = self._device(self.default)
        return 0

    def _device(self, name: str) -> int:
        def activate(which: Any, context: int, parameters: Any, made: Any) -> int:
            assert bytes(which.contents.bytes) == bytes(core_audio.VOLUME.bytes)
            made[0] = self._object({15: (lambda out: self._mute(name, out),)})
            return 0

        def properties(mode: int, made: Any) -> int:
            assert mode == 0
            methods = {5: (lambda key, out: self._name(name, key, out), POINTER(PropertyKey))}
            made[0] = self._object(methods)
            return 0

        return self._object(
            {3: (activate, POINTER(Guid), c_uint32, c_void_p), 4: (properties, c_uint32)}
        )

    def _mute(self, name: str, out: Any) -> int:
        ctypes.cast(out, POINTER(c_int))[0] = int(self.muted[name])
        return 0

    def _name(self, name: str, key: Any, out: Any) -> int:
        assert key.contents.number == 14
        text = ctypes.create_unicode_buffer(name)
        self._kept.append(text)
        value = ctypes.cast(out, POINTER(PropertyValue)).contents
        value.type, value.value[0] = 31, ctypes.addressof(text)
        self.texts += 1
        return 0

    def _object(self, methods: dict[int, tuple[Any, ...]], *, counts: bool = False) -> int:
        """Return the address of an object: it begins with the address of its table."""
        table = (c_void_p * 16)()
        released = core_audio._METHOD(c_uint32, c_void_p)(self._release)
        table[2] = ctypes.cast(released, c_void_p).value
        self._kept += [table, released]
        for number, (method, *types) in methods.items():
            shape = core_audio._METHOD(c_long, c_void_p, *types, POINTER(c_void_p))
            callback = shape(lambda _, *values, m=method: m(*values))
            table[number] = ctypes.cast(callback, c_void_p).value
            self._kept.append(callback)
        made = (c_void_p * 1)(ctypes.addressof(table))
        self._kept.append(made)
        self.held += 1
        return ctypes.addressof(made)

    def _release(self, _: int) -> int:
        self.held -= 1
        return 0


@pytest.fixture
def system():
    system = System()
    yield system
    assert (system.held, system.texts) == (0, 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAMES[0], False),
        (NAMES[1], True),
        (NAMES[0][:31], False),
        ("麦克风 (USB", False),
        ("Microsoft 声音映射器 - Input", True),
        ("Primary Sound Capture Driver", True),
        ("", False),
    ],
)
def test_the_microphone_is_found_by_its_name_whole_or_cut(system, name, expected) -> None:
    assert is_muted(system, name) is expected


def test_a_name_that_was_cut_is_found_muted(system) -> None:
    system.muted[NAMES[0]] = True
    assert is_muted(system, NAMES[0][:31])
    assert not is_muted(system, NAMES[0][:30])


def test_what_fails_is_an_error_and_nothing_stays_held(system) -> None:
    system.fails = True
    with pytest.raises(OSError, match="0x80070005"):
        is_muted(system, NAMES[0])


def test_the_watch_follows_and_leaves(system, monkeypatch) -> None:
    monkeypatch.setattr(core_audio, "EVERY_S", 0.02)
    watch = MuteWatch(NAMES[1], lambda: system)

    def becomes(wanted: bool) -> None:
        deadline = time.monotonic() + 5
        while watch.is_muted is not wanted:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    becomes(True)
    system.muted[NAMES[1]] = False
    becomes(False)
    system.muted[NAMES[1]] = True
    becomes(True)
    system.fails = True
    becomes(False)
    assert not watch.is_moved()
    watch.close()
    assert not system.is_open


def test_without_com_it_tells_nothing() -> None:
    def none() -> System:
        raise OSError("no COM")

    watch = MuteWatch(NAMES[0], none)
    watch.close()
    assert not watch.is_muted


def test_the_value_has_the_size_that_windows_writes() -> None:
    assert ctypes.sizeof(PropertyValue) == 8 + 2 * ctypes.sizeof(c_void_p)
