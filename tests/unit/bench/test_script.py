"""The minute of work: in order, within a minute, ends as it began."""

import itertools
import os
import subprocess

import pytest

from tests.bench.clock import now
from tests.bench.script import MINUTE, REST, Player, minute


def spent(action):
    """Return about how long xdotool takes over an action."""
    words = action.words
    pauses = sum(float(words[n + 1]) for n, word in enumerate(words) if word == "sleep")
    if words[0] == "type":
        return int(words[2]) * len(words[3]) / 1000
    return pauses


def test_no_action_overtakes_the_next():
    actions = minute()
    for action, following in itertools.pairwise(actions):
        assert action.at + spent(action) < following.at, action
    assert actions[-1].at + spent(actions[-1]) < MINUTE


def test_it_is_the_same_every_time():
    assert minute() == minute()


def test_it_ends_on_the_first_tab_with_the_pointer_at_rest():
    actions = minute()
    tabs = [action.words[1] for action in actions if "ctrl+" in action.words[-1]]
    assert tabs[-1] == "ctrl+1"
    moves = [a.words for a in actions if a.words[0] == "mousemove"]
    assert tuple(map(int, moves[-1][-4:-2])) == REST
    assert actions[-1].words == ("key", "F2")


def test_text_is_pinyin_and_digits_that_any_keyboard_has():
    typed = [action.words[3] for action in minute() if action.words[0] == "type"]
    assert len(typed) > 20
    assert all(text.isascii() for text in typed)


def test_work_that_cannot_be_done_is_no_quiet_desk():
    player = Player({**os.environ, "DISPLAY": ":65000"}, begin=now() - 1)
    player.start()
    player.join(30)
    with pytest.raises(subprocess.CalledProcessError):
        player.leave()
