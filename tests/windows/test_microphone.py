"""What Windows says of microphones. The lab has none: asking itself is tried."""

from __future__ import annotations

import sys
import time

import pytest

from client.base.errors import DeviceError
from client.capture.audio.apart import feed_of
from client.capture.audio.core_audio import MuteWatch, is_muted

if sys.platform == "win32":
    from client.capture.audio.core_audio import WindowsCom


def test_core_audio_is_asked_and_knows_no_such_microphone() -> None:
    com = WindowsCom()
    try:
        assert is_muted(com, "no such microphone") is False
    finally:
        com.close()


def test_the_watch_begins_and_ends_beside_another_user_of_com() -> None:
    watch = MuteWatch("no such microphone", WindowsCom)
    time.sleep(0.7)
    assert not watch.is_muted
    begun = time.monotonic()
    watch.close()
    assert time.monotonic() - begun < 0.9


def test_direct_show_is_asked_and_knows_no_such_microphone() -> None:
    with pytest.raises(DeviceError, match="no microphone"):
        feed_of("no such microphone", 48_000)
