"""A stream that the sound server puts elsewhere is noticed; the server is asked only on news."""

from __future__ import annotations

import json

import pytest

from client.capture.audio import pulse, pulse_watch
from client.capture.audio.pulse_watch import LOOKS, PulseWatch


class Server:
    """Answers where our streams are; counts the questions."""

    def __init__(self) -> None:
        self.streams: dict[int, int] = {}
        self.asked = 0

    def __call__(self) -> dict[int, int]:
        self.asked += 1
        return dict(self.streams)


@pytest.fixture
def server(monkeypatch) -> Server:
    server = Server()
    monkeypatch.setattr(pulse_watch, "streams_of", lambda _: server())
    monkeypatch.setattr(pulse_watch, "_SUBSCRIBE", ("no-such-program",))
    return server


def test_a_stream_that_stays_is_asked_about_once(server) -> None:
    watch = PulseWatch()
    server.streams = {7: 1}
    assert [watch.is_moved() for _ in range(100)] == [False] * 100
    assert server.asked == 1
    watch.close()


def test_a_stream_that_is_put_elsewhere_is_noticed_at_the_next_news(server) -> None:
    watch = PulseWatch()
    server.streams = {7: 1}
    assert not watch.is_moved()
    server.streams = {7: 1, 9: 3}  # another stream of ours, somewhere else
    watch._news.set()
    assert not watch.is_moved()
    server.streams = {7: 1, 9: 0}
    watch._news.set()
    assert watch.is_moved()
    watch.close()


def test_a_stream_that_is_gone_is_not_one_that_moved(server) -> None:
    watch = PulseWatch()
    server.streams = {7: 1}
    watch.is_moved()
    server.streams = {}
    watch._news.set()
    assert not watch.is_moved()
    watch.close()


def test_a_server_that_shows_no_stream_of_ours_is_not_asked_for_ever(server) -> None:
    watch = PulseWatch()
    assert not any(watch.is_moved() for _ in range(10 * LOOKS))
    assert server.asked == LOOKS + 1
    watch.close()


@pytest.mark.parametrize("answer", ["", "nonsense", "[1]", '[{"index": 1}]', "{}"])
def test_an_answer_that_is_none_names_no_stream(monkeypatch, answer: str) -> None:
    monkeypatch.setattr(pulse, "_pactl", lambda *_: answer)
    assert pulse.streams_of(42) == {}


def test_only_streams_of_the_process_are_told(monkeypatch) -> None:
    ours, theirs = ({"application.process.id": pid} for pid in ("42", "43"))
    listing = json.dumps(
        [
            {"index": 1, "source": 5, "properties": ours},
            {"index": 2, "source": 6, "properties": theirs},
            {"index": 3, "source": 7, "properties": {}},
        ]
    )
    monkeypatch.setattr(pulse, "_pactl", lambda *_: listing)
    assert pulse.streams_of(42) == {1: 5}
