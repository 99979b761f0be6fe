"""Lost sound is said with its length, once a minute, and is in the status."""

from __future__ import annotations

from client.base.clock import SECOND_US
from client.recorder.child.losses import LOST, SHORT, Losses

BLOCK_US = SECOND_US // 50


def told(seconds: int, *lost: tuple[int, int, bool]) -> tuple[list[tuple[int, str]], int]:
    """Return what is said at which second, and the sum; `lost`: second, ms, if it is said."""
    losses, at_us, overflows, found = Losses(), 0, 0, []
    for block in range(seconds * 50):
        for when, ms, is_said in lost:
            if block == when * 50:
                overflows += is_said
            if block == when * 50 + 25:  # the dates follow half a second later
                at_us += ms * 1000
        losses.heard(at_us, 960, 48_000)
        at_us += BLOCK_US
        text = losses.news(block * BLOCK_US, overflows)
        if text is not None:
            found.append((block // 50, text.en))
    return found, losses.ms


def say(ms: int, times: int) -> str:
    return LOST.format(ms=ms, times=times).en


def test_nothing_lost_says_nothing() -> None:
    assert told(200, (10, 4, False)) == ([], 0)


def test_one_loss_is_one_line_with_its_length() -> None:
    assert told(200, (10, 120, True)) == ([(11, say(120, 1))], 120)
    assert told(200, (10, 120, False)) == ([(11, say(120, 1))], 120)


def test_many_losses_are_a_line_a_minute_with_their_sum() -> None:
    many = [(second, 50, True) for second in range(10, 100, 5)]
    said, ms = told(240, *many)
    assert [at for at, _ in said] == [11, 71, 131]
    assert [text for _, text in said] == [say(50, 1), say(600, 12), say(250, 5)]
    assert ms == 900


def test_what_only_the_device_noticed_has_no_length() -> None:
    assert told(100, (10, 0, True), (12, 0, True)) == (
        [(11, SHORT.format(times=1).en), (71, SHORT.format(times=1).en)],
        0,
    )


def test_what_is_missing_for_a_second_is_a_silence_of_its_own() -> None:
    assert told(100, (10, 1500, False)) == ([], 0)


def test_the_last_word_does_not_wait_and_another_device_begins_anew() -> None:
    losses = Losses()
    losses.heard(0, 960, 48_000)
    losses.heard(120_000, 960, 48_000)
    assert losses.news(SECOND_US // 5, 1, is_last=True) == LOST.format(ms=100, times=1)
    assert losses.news(SECOND_US // 4, 1, is_last=True) is None
    losses.begins()
    losses.heard(SECOND_US, 960, 48_000)
    assert losses.news(90 * SECOND_US, 0, is_last=True) is None
    assert losses.ms == 100
