"""One rehearsal with two cameras, of which the second goes away for a while and comes back."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.evidence.entries import Device, Part, State
from tests import devices
from tests.browser import Browser, browser
from tests.e2e import recorded
from tests.e2e.program import Desk, desk, eventually, note
from tests.e2e.shaken import Shaken
from tests.e2e.test_play import CLICK_AT, address_of
from tests.e2e.venue import begun_session

pytestmark = pytest.mark.e2e
SECONDS = 14
SIZE = (320, 180)
LOST = "摄像头信号中断"
"""How the cause begins that a camera gives when its connection is closed."""
SECOND = """
const figure = document.querySelector("#second");
const video = figure.querySelector("video");
const badge = figure.querySelector(".badge");
return {
  width: video.videoWidth, ready: video.readyState >= 2 && !video.seeking, muted: video.muted,
  hidden: figure.hidden, badge: badge.hidden ? "" : badge.textContent,
  labels: [...document.querySelectorAll("#labels .lane")].map((label) => label.textContent),
};
"""


@dataclass(frozen=True)
class Rehearsed:
    """What is left of it."""

    at: Desk
    second: Shaken
    report: dict[str, Any]

    @property
    def folder(self) -> Path:
        return self.second.folder

    def states(self, source: str) -> list[State]:
        return [s for s in recorded.entries(self.folder, State) if s.source == source]


@pytest.fixture(scope="module")
def seen() -> Iterator[Rehearsed]:
    with contextlib.ExitStack() as things:
        screen = things.enter_context(devices.display(640, 360, moving=False))
        at = things.enter_context(desk(screen))
        first = things.enter_context(devices.mjpeg_camera(*SIZE))
        port = devices.free_port()
        with devices.mjpeg_camera(*SIZE, port=port) as other:
            words = ("--camera", first.address, "--second-camera", other.address)
            verb = at.start(
                "rehearse", "--out", at.home / "r", "--seconds", str(SECONDS), *words,
                "--microphone", "test", "--headless", "--json",
            )  # fmt: skip
            second = Shaken(begun_session(at.home / "r" / "sessions", verb), "second")
            for source in ("camera", "second"):
                Shaken(second.folder, source).reach("live", 1)
            time.sleep(0.5)
            second.done_us["gone"] = monotonic_us()
        second.reach("slate", 2)
        with devices.mjpeg_camera(*SIZE, port=port):
            second.reach("live", 2)
            yield Rehearsed(at, second, verb.wait(60).document)


def test_only_the_track_of_the_lost_camera_changes(seen: Rehearsed) -> None:
    assert [s.state for s in seen.states("camera")] == ["slate", "live"]
    told = [s.state for s in seen.states("second")]
    assert told[:3] == ["slate", "live", "slate"]
    assert (told[-1], set(told[2:-1])) == ("live", {"slate"})
    late_us = seen.states("second")[2].at_us - seen.second.done_us["gone"]
    note(f"slate of the second camera after {late_us / SECOND_US:.2f} s")
    assert late_us / SECOND_US < 1.5
    opened = [(d.source, d.name) for d in recorded.entries(seen.folder, Device)]
    assert [source for source, _ in opened].count("camera") == 1
    assert [source for source, _ in opened].count("second") == 2
    assert len({name for source, name in opened if source in ("camera", "second")}) == 2


def test_it_is_one_file_without_sound_beside_the_film(seen: Rehearsed) -> None:
    parts = {part.file: part.sound for part in recorded.entries(seen.folder, Part)}
    assert parts == {
        "screen-01.mp4": False,
        "second-01.mp4": False,
        "identity-01.mp4": True,
        "contest-01.mp4": True,
    }
    recorded.assert_every_track_decodes(seen.folder)
    assert set(recorded.streams(seen.folder / "second-01.mp4")) == {"video"}


def test_the_first_is_not_disturbed_and_the_second_shows_the_slate(seen: Rehearsed) -> None:
    films = {
        name: list(recorded.pictures(seen.folder / name))
        for name in ("second-01.mp4", "contest-01.mp4")
    }
    pauses = {
        name: max(after - before for (before, _), (after, _) in pairwise(found))
        for name, found in films.items()
    }
    note(f"longest pause between pictures: {pauses}")
    assert max(pauses.values()) <= 1.3
    epoch = recorded.part_of(seen.folder, "second-01.mp4").epoch_us
    states, found = seen.states("second"), films["second-01.mp4"]
    moments = [(states[n].at_us - epoch) / SECOND_US + 0.3 for n in (1, 2, -1)]
    opening = found[0][1].astype(float)
    live, lost, back = (
        max((p for p in found if p[0] <= at), key=lambda p: p[0])[1].astype(float) for at in moments
    )
    # the test picture's coloured bars are the same at all times, and unlike any slate
    assert abs(live - back).mean() < 25
    for slate in (opening, lost):
        assert abs(slate - live).mean() > 40


def test_verify_names_the_seconds_with_their_cause(seen: Rehearsed) -> None:
    gaps = [gap for gap in seen.report["gaps"] if gap["from"] > 0]  # devices may begin slowly
    assert {gap["source"] for gap in gaps} == {"second"}
    (lost,) = gaps
    assert LOST in lost["cause"]
    states = seen.states("second")
    away_s = (states[-1].at_us - states[2].at_us) / SECOND_US
    assert lost["to"] - lost["from"] == pytest.approx(away_s, abs=0.3)
    assert seen.report["verdict"] == "INCOMPLETE"
    assert "second-01.mp4" in {track["name"] for track in seen.report["tracks"]}


def test_the_organizer_has_it_too(seen: Rehearsed) -> None:
    recorded.assert_same_files(seen.folder, Path(seen.report["organizer_copy"]))
    assert not recorded.findings(seen.report, "no_storage_receipt")


def test_the_page_shows_it_beside_the_film(seen: Rehearsed) -> None:
    playing = seen.at.with_environment(SAIJIAN_LANG="zh").start(
        "play", seen.folder, "--no-browser", "--json", "--seconds", "60"
    )
    with browser() as window:
        window.open(address_of(playing))
        eventually(lambda: look(window)["width"], 20, "a picture of the second camera")
        shown = look(window)
        assert (shown["hidden"], shown["muted"]) == (False, True)
        assert shown["labels"] == ["屏幕", "摄像头", "第二摄像头", "声音"]
        (lost,) = (g for g in seen.report["gaps"] if g["source"] == "second" and g["from"] > 0)
        middle = (lost["from"] + lost["to"]) / 2
        end = max(seen.report["seconds"], lost["to"])
        window.run(CLICK_AT, middle / end)
        eventually(lambda: LOST in look(window)["badge"], 10, "what is said of the slate")


def look(window: Browser) -> dict[str, Any]:
    """Return what the third panel shows."""
    return dict(window.run(SECOND))
