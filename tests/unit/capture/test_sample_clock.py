"""Blocks are dated right through late threads, drifting cards, wrong claims and lost samples."""

from __future__ import annotations

import random

import pytest

from client.base.clock import SECOND_US
from client.capture.audio.sample_clock import BELIEVED_BLOCKS, JUMP_US, SampleClock
from client.capture.delay import Delay

RATE = 48_000
BLOCK = 960
BLOCK_US = 20_000
BORN_US = 5_000_000_000


class Card:
    """A sound card whose blocks are complete at known moments and delivered somewhat later."""

    def __init__(self, speed: float = 1.0) -> None:
        self.clock = SampleClock(RATE)
        self.speed = speed
        self.time_us = float(BORN_US)
        self.errors_us: list[float] = []

    def deliver(self, late_us: float = 0.0, age_us: float = 0.0) -> None:
        """Deliver one block, `late_us` after its last sample was captured."""
        captured_us = self.time_us
        self.time_us += BLOCK_US / self.speed
        first = self.clock.saw(BLOCK, round(self.time_us + late_us), age_us)
        if self.clock.is_settled:
            self.errors_us.append(self.clock.at_us(first) - captured_us)

    def play(self, seconds: float, *, jitter_us: float = 0.0) -> None:
        for _ in range(round(seconds * SECOND_US / BLOCK_US)):
            self.deliver(random.uniform(0, jitter_us))


def test_a_prompt_card_is_dated_exactly() -> None:
    card = Card()
    card.play(3)
    assert max(map(abs, card.errors_us)) <= 1


def test_nothing_is_dated_before_it_has_settled() -> None:
    clock = SampleClock(RATE)
    clock.saw(BLOCK, BORN_US, 0)
    assert not clock.is_settled
    with pytest.raises(ValueError, match="settled"):
        clock.at_us(0)


def test_a_burst_of_old_sound_at_the_start_is_dated_back() -> None:
    card = Card()
    for block in range(30):  # 0.6 s of sound, all delivered in the moment after the last
        card.deliver(late_us=(30 - block) * BLOCK_US)
    assert not card.errors_us
    card.play(1)
    assert max(map(abs, card.errors_us)) <= 1
    assert card.clock.at_us(0) == pytest.approx(BORN_US, abs=1)


def test_a_late_thread_does_not_move_the_sound() -> None:
    random.seed(7)
    card = Card()
    card.play(20, jitter_us=15_000)
    assert max(map(abs, card.errors_us)) < 6_000


@pytest.mark.parametrize("blocks", [10, 24, 25, 26, 35, 150])
def test_a_pause_of_the_computer_does_not_move_the_sound(blocks: int) -> None:
    """Up to 3 s: then as many blocks at once, all but the last of them late."""
    card = Card()
    card.play(2)
    for block in range(blocks):
        card.deliver(late_us=(blocks - 1 - block) * BLOCK_US)
    card.play(2)
    assert max(map(abs, card.errors_us)) < 500


@pytest.mark.parametrize("speed", [0.9998, 1.0002])
def test_a_card_that_runs_fast_or_slow_is_followed(speed: float) -> None:
    card = Card(speed)
    card.play(120, jitter_us=2_000)
    assert max(map(abs, card.errors_us)) < 2_000  # 24 ms if it were not followed


def test_lost_samples_make_the_time_jump() -> None:
    card = Card()
    card.play(2)
    card.time_us += SECOND_US
    card.play(2)
    assert abs(card.errors_us[-1]) < 500
    wrong = [error for error in card.errors_us if abs(error) > JUMP_US]
    assert len(wrong) * BLOCK_US <= 0.5 * SECOND_US


def test_what_the_device_claims_when_it_starts_is_not_believed() -> None:
    card = Card()
    for _ in range(60):  # as PulseAudio's ALSA plugin does for 1.2 s
        card.deliver(age_us=BLOCK_US + 60_000)
    for _ in range(200):
        card.deliver(age_us=BLOCK_US)
    assert max(map(abs, card.errors_us)) <= 1


def test_a_constant_delay_that_the_device_knows_is_taken_off() -> None:
    card = Card()
    for _ in range(1500):
        card.deliver(late_us=30_000, age_us=BLOCK_US + 30_000)
    assert abs(card.errors_us[-1]) < 100
    steps = [b - a for a, b in zip(card.errors_us, card.errors_us[1:], strict=False)]
    assert max(map(abs, steps)) <= 0.002 * BLOCK_US + 1


def test_the_delay_is_told_once_it_is_believed_and_the_spread_is_measured() -> None:
    card = Card()
    for _ in range(BELIEVED_BLOCKS - 1):
        card.deliver(late_us=30_000, age_us=BLOCK_US + 30_000)
    assert card.clock.delay() == Delay(None, "nobody", 0)
    for late_us in (30_000, 34_000, 37_000) * 20:
        card.deliver(late_us=late_us, age_us=BLOCK_US + 30_000)
    assert card.clock.delay() == Delay(30_000, "device", 4_000)


def test_a_delay_that_cannot_be_is_not_told() -> None:
    card = Card()
    for _ in range(2 * BELIEVED_BLOCKS):
        card.deliver(age_us=BLOCK_US + 60 * SECOND_US)
    assert card.clock.delay().told_by == "nobody"


def test_nonsense_ages_are_harmless() -> None:
    card = Card()
    for age in (-1e12, 1e12, -5.0, 0.0) * 200:
        card.deliver(age_us=age)
    assert max(map(abs, card.errors_us)) <= 1
