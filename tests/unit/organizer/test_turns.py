"""The queue of those who measure their line: fair between addresses, bounded in everything."""

from __future__ import annotations

import pytest

from client.organizer.turns import Bounds, NoTurnError, QueueFullError, Turns, UsedUpError

SECOND = 1_000_000
HOME, ROOM, OTHER = "203.0.113.1", "203.0.113.2", "203.0.113.3"


def test_one_address_measures_one_at_a_time_and_others_beside_it() -> None:
    turns = Turns(Bounds(at_once=2))
    room = [turns.enter(ROOM, 0) for _ in range(3)]
    home = turns.enter(HOME, 0)
    other = turns.enter(OTHER, 0)
    assert [turns.position(name, 0) for name in (*room, home, other)] == [0, 2, 3, 0, 1]
    turns.leave(home, 0)
    assert [turns.position(name, 0) for name in (*room, other)] == [0, 1, 2, 0]
    turns.leave(room[0], 0)
    assert [turns.position(name, 0) for name in room[1:]] == [0, 1]


def test_who_fills_the_queue_waits_behind_everybody_else() -> None:
    turns = Turns(Bounds(at_once=1))
    crowd = [turns.enter(ROOM, 0) for _ in range(50)]
    late = turns.enter(HOME, 1)
    assert turns.position(late, 1) == 1
    turns.leave(crowd[0], 2)
    served = [name for name in (*crowd[1:], late) if turns.position(name, 2) == 0]
    assert len(served) == 1
    assert turns.position(late, 2) <= 1


def test_a_turn_ends_by_itself_and_who_does_not_ask_has_gone() -> None:
    turns = Turns()
    first, second, third = (turns.enter(ROOM, 0) for _ in range(3))
    now = 9 * SECOND
    assert turns.position(third, now) == 2
    now = 13 * SECOND
    assert turns.position(third, now) == 0
    for gone in (first, second):
        with pytest.raises(NoTurnError):
            turns.position(gone, now)
        with pytest.raises(NoTurnError):
            turns.left_us(gone, now)


def test_bytes_are_bounded_by_turn_and_by_address_and_hour() -> None:
    turns = Turns(Bounds(turn_bytes=100, hour_bytes=150))
    turn = turns.enter(HOME, 0)
    turns.spend(turn, 100, 0)
    with pytest.raises(UsedUpError):
        turns.spend(turn, 1, 0)
    turns.leave(turn, 0)
    turn = turns.enter(HOME, 1)
    with pytest.raises(UsedUpError):
        turns.spend(turn, 51, 1)
    turns.spend(turn, 50, 1)
    turns.leave(turn, 1)
    with pytest.raises(UsedUpError):
        turns.enter(HOME, 2)
    turns.enter(ROOM, 2)
    turns.enter(HOME, 3601 * SECOND)


def test_the_queue_is_bounded_by_address_and_altogether() -> None:
    turns = Turns(Bounds(waiting=4, waiting_of_one=3))
    for _ in range(3):
        turns.enter(ROOM, 0)
    with pytest.raises(QueueFullError):
        turns.enter(ROOM, 0)
    turns.enter(HOME, 0)
    with pytest.raises(QueueFullError):
        turns.enter(OTHER, 0)
