"""No sound at all for a minute is a hint, said once; it is no alarm."""

from __future__ import annotations

from client.base.clock import SECOND_US
from client.recorder.child.ear import HEARD, HUSHED, Hush

BLOCK_US = SECOND_US // 50


def told(*phases: tuple[float, bool, bool]) -> list[tuple[int, str]]:
    """Return what is said at which second; phases are seconds, whether flat, whether muted."""
    hush, now_us, said = Hush(), 0, []
    for seconds, is_flat, is_muted in phases:
        for _ in range(round(seconds * 50)):
            now_us += BLOCK_US
            hush.heard(now_us, is_flat=is_flat)
            text = hush.news(is_muted=is_muted)
            if text is not None:
                said.append((round(now_us / SECOND_US), text.en))
    return said


def test_sound_and_short_silences_say_nothing() -> None:
    assert told((30, False, False), (59, True, False), (1, False, False), (59, True, False)) == []


def test_a_minute_of_silence_is_said_once_and_so_is_its_end() -> None:
    assert told((10, False, False), (200, True, False), (30, False, False), (70, True, False)) == [
        (70, HUSHED.en),
        (210, HEARD.en),
        (300, HUSHED.en),
    ]


def test_what_is_muted_needs_no_hint() -> None:
    assert told((100, True, True)) == []
