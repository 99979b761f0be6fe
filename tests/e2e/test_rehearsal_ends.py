"""A rehearsal that ends early takes everything along that it started, and deletes nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from client.evidence.entries import Close
from client.evidence.layout import SessionFolder
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import Desk, Running, desk, marked, the
from tests.e2e.venue import begun_session

pytestmark = pytest.mark.e2e
WORDS = ("--seconds", "60", "--camera", "test", "--microphone", "test")


@pytest.fixture
def at() -> Iterator[Desk]:
    with devices.display() as screen, desk(screen) as made:
        yield made


def rehearse(at: Desk, *words: str) -> tuple[Running, SessionFolder]:
    """Begin a rehearsal; return once it films."""
    verb = at.start("rehearse", "--out", at.home / "r", *WORDS, *words)
    return verb, SessionFolder(begun_session(at.home / "r" / "sessions", verb))


def everything(at: Desk) -> set[str]:
    """Return the verbs of this program's processes on the desk."""
    lines = [process.cmdline() for process in marked(at)]
    return {line[at] for line in lines if "client" in line for at in [line.index("client") + 1]}


def test_interrupted_it_seals_and_leaves_nothing_behind(at: Desk) -> None:
    verb, folder = rehearse(at, "--headless")
    the(at, "uploader", "--session", folder.path)
    assert everything(at) == {"rehearse", "organizer", "recorder", "uploader"}
    verb.process.send_signal(signal.SIGINT)
    assert verb.wait(45).code == 130
    assert marked(at) == []
    assert [close.reason for close in recorded.entries(folder.path, Close)] == ["ended"]
    assert folder.seal.exists()
    assert not folder.key.exists()
    report = at.run("verify", folder.path, "--json").document
    assert {track["name"] for track in report["tracks"]} >= {"screen-01.mp4", "identity-01.mp4"}
    assert report["gaps"] == []


def test_with_window_dead_organizer_and_deaf_uploader_nothing_is_left_either(at: Desk) -> None:
    verb, folder = rehearse(at)
    the(at, "window", "--session", folder.path)
    the(at, "organizer", "serve").kill()
    the(at, "uploader", "--session", folder.path).suspend()
    verb.process.send_signal(signal.SIGHUP)
    assert verb.wait(60).code == 130
    assert marked(at) == []
    assert folder.seal.exists()


def test_ended_before_it_films_nothing_is_left(at: Desk) -> None:
    verb = at.start("rehearse", "--out", at.home / "r", *WORDS, "--headless")
    the(at, "recorder", "--session")
    verb.process.send_signal(signal.SIGTERM)
    assert verb.wait(45).code == 130
    assert marked(at) == []
