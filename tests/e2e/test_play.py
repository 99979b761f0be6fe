"""`saijian play` in a real Chromium: a session whose recorder was killed, sought across the gap."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from client.evidence.entries import Close, Media
from client.evidence.layout import SessionFolder
from tests import devices
from tests.browser import END, HOME, SPACE, Browser, browser
from tests.builders import Script, build_session
from tests.e2e import recorded
from tests.e2e.program import Desk, Running, desk, eventually, note

pytestmark = pytest.mark.e2e
SECONDS = 12
STEP_S = 0.3
"""Two tracks are in step when they differ by less, on a machine that is busy."""
STATE = """
const video = (id) => document.querySelector(`#${id} video`);
const card = (id) => document.querySelector(`#${id} .card`);
const told = (id) => (card(id).hidden ? "" : card(id).textContent);
const seen = (id) => ({
  at: video(id).currentTime, ready: video(id).readyState, paused: video(id).paused,
  width: video(id).videoWidth, seeking: video(id).seeking, card: told(id),
});
return {
  now: Number(document.getElementById("lanes").getAttribute("aria-valuenow")),
  clock: document.getElementById("time").textContent, screen: seen("screen"), film: seen("film"),
};
"""
CLICK_AT = """
const lanes = document.getElementById("lanes");
const box = lanes.getBoundingClientRect();
lanes.setPointerCapture = () => undefined;
lanes.dispatchEvent(new PointerEvent("pointerdown", {
  bubbles: true, button: 0, clientX: box.left + arguments[0] * box.width, clientY: box.top + 5,
}));
"""
IS_AT = """
const video = document.querySelector("#screen video");
return !video.seeking && video.readyState >= 2 && Math.abs(video.currentTime - arguments[0]) < 1;
"""
FETCHED = """
const media = performance.getEntriesByType("resource").filter((e) => e.name.includes("media/"));
return media.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
"""


@dataclass(frozen=True)
class Shown:
    """A recorded session and its open page."""

    folder: Path
    url: str
    document: dict[str, Any]
    window: Browser

    def look(self) -> dict[str, Any]:
        return dict(self.window.run(STATE))

    def seek(self, second: float) -> None:
        """Click the time line."""
        start, end = self.document["start"], self.document["end"]
        self.window.run(CLICK_AT, (second - start) / (end - start))

    def settled(self, *films: str) -> dict[str, Any]:
        """Return the state once these films show a picture of the present moment."""

        def look() -> dict[str, Any] | None:
            state = self.look()
            fine = all(
                state[film]["ready"] >= 2
                and not state[film]["seeking"]
                and not state[film]["card"]
                and abs(state[film]["at"] - state["now"]) < 1
                for film in films
            )
            return state if fine else None

        return dict(eventually(look, 20, f"pictures of {films}: {self.look()}"))


def record_with_a_kill(at: Desk, camera: str, microphone: str) -> Path:
    """Record for `SECONDS`, killed once, with a silence of two seconds before it is back."""
    folder = at.home / "recording"
    words = ["--seconds", str(SECONDS), "--camera", camera, "--microphone", microphone]
    first = at.start("record", "--out", folder, *words)
    eventually(lambda: len(recorded.entries(folder, Media)) >= 4, 30, "four seconds of recording")
    first.kill()
    eventually(lambda: recorded.entries(folder, Media), 2, "a journal")
    ended = at.run("recorder", "--session", folder)  # its exit code is for tests of the recorder
    assert recorded.entries(folder, Close), ended
    return folder


def address_of(playing: Running) -> str:
    """Return the address that the verb printed, as soon as it did."""
    eventually(lambda: playing.out.read_text("utf-8").endswith("}\n"), 30, "the address")
    return str(json.loads(playing.out.read_text("utf-8"))["url"])


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> Iterator[Shown]:
    with contextlib.ExitStack() as things:
        screen = things.enter_context(devices.display(640, 360))
        sound = things.enter_context(devices.sound_server())
        camera = things.enter_context(devices.mjpeg_camera(320, 180))
        at = things.enter_context(desk(screen, sound))
        folder = record_with_a_kill(at, camera.address, sound.source)
        playing = at.with_environment(SAIJIAN_LANG="zh").start(
            "play", folder, "--no-browser", "--json", "--seconds", "300"
        )
        url = address_of(playing)
        document = requests.get(f"{url}session.json", timeout=20).json()
        window = things.enter_context(browser())
        window.open(url)
        yield Shown(folder, url, document, window)


def gap_of(shown: Shown, source: str) -> tuple[float, float]:
    """Return the longest stretch in which nothing at all was recorded of `source`."""
    (lane,) = (lane for lane in shown.document["lanes"] if lane["source"] == source)
    gaps = [hole["span"] for hole in lane["holes"] if hole["kind"] == "gap"]
    start, end = max(gaps, key=lambda gap: gap[1] - gap[0])
    return start, end


def test_both_tracks_open_and_play_in_step(shown: Shown) -> None:
    opened = shown.settled("screen", "film")
    assert opened["screen"]["width"] == 640
    assert opened["screen"]["paused"]
    shown.window.click("#play")

    def moving() -> dict[str, Any] | None:
        state = shown.look()
        screen, film = state["screen"]["at"], state["film"]["at"]
        in_step = min(screen, film) > opened["film"]["at"] + 1 and abs(screen - film) < STEP_S
        return state if in_step else None

    eventually(moving, 20, "both videos to move in step")
    shown.window.click("#play")
    eventually(lambda: shown.look()["screen"]["paused"], 5, "a pause")


def test_seeking_across_the_parts_finds_the_right_files(shown: Shown) -> None:
    _, back = gap_of(shown, "screen")
    for second in (back + 2, 1.5, back + 3):
        shown.seek(second)
        state = shown.settled("screen", "film")
        offset = second - shown.document["start"]
        assert state["screen"]["at"] == pytest.approx(offset, abs=0.1)
        assert state["film"]["at"] == pytest.approx(offset, abs=0.1)
    asked = shown.window.run(
        "return performance.getEntriesByType('resource').map((e) => e.name.split('/').pop())"
    )
    assert {"screen-01.mp4", "screen-02.mp4", "contest-02.mp4"} <= set(asked)


def test_in_the_gap_a_card_names_the_cause_and_time_goes_on(shown: Shown, tmp_path: Path) -> None:
    gone, back = gap_of(shown, "screen")
    shown.seek(gone + 0.3)
    state = eventually(lambda: (s := shown.look()) and s["screen"]["card"] and s, 10, "the card")
    assert state["screen"]["card"].startswith("没有画面")
    assert "录制进程意外中断后已恢复" in state["screen"]["card"]
    shown.window.picture(tmp_path / "gap-zh.png")
    shown.window.press(SPACE)
    over = eventually(
        lambda: (s := shown.look()) and not s["screen"]["card"] and s, back - gone + 15, "a picture"
    )
    shown.window.press(SPACE)
    assert over["screen"]["at"] >= back - shown.document["start"] - 0.5
    shown.settled("screen")


def test_marks_keys_speed_and_language(shown: Shown, tmp_path: Path) -> None:
    run, press = shown.window.run, shown.window.press
    shown.window.click("#speeds button:last-child")
    press(END)
    assert shown.look()["now"] == round(shown.document["end"] - shown.document["start"])
    shown.settled("screen", "film")
    press(HOME)
    assert shown.look()["now"] == 0
    shown.settled("screen", "film")
    marks = run("return [...document.querySelectorAll('#marks button')].map(b => b.textContent)")
    (restart,) = (number for number, text in enumerate(marks) if "录制进程重新启动" in text)
    run("document.querySelectorAll('#marks button')[arguments[0]].click()", restart)
    _, back = gap_of(shown, "screen")
    assert abs(shown.look()["now"] + shown.document["start"] - back) < 2
    assert "不核验" in run("return document.getElementById('verdict').textContent")
    assert run("return document.getElementById('command').textContent").endswith(
        "organizer-key.pub"
    )
    shown.seek(back + 2)
    shown.settled("screen", "film")
    shown.window.picture(tmp_path / "playing-zh.png")
    shown.window.click("#language")
    assert "NOT checked" in run("return document.getElementById('verdict').textContent")
    shown.window.picture(tmp_path / "playing-en.png")
    assert run("return document.documentElement.lang") == "en"


def test_the_browser_complains_of_nothing(shown: Shown) -> None:
    """A policy that the page itself breaks, or a script's fault, would stand in its log."""
    said = shown.window.ask("POST", "/se/log", {"type": "browser"})
    assert [line["message"] for line in said] == []


def test_the_recording_is_as_it_was(shown: Shown) -> None:
    names = {path.name for path in SessionFolder(shown.folder).path.iterdir()}
    assert names == {"journal.jsonl", "seal.json", *(p.name for p in recorded.tracks(shown.folder))}


def test_in_a_long_file_seeking_fetches_seconds_and_damage_costs_seconds(tmp_path: Path) -> None:
    """Half an hour without index: what Chromium by itself would read through (decision 0019)."""
    script = Script(seconds=1900, sources=("screen",), purpose="recording")
    folder = build_session(tmp_path, script).folder.path
    track = folder / "screen-01.mp4"
    damaged = [media.ranges["screen-01.mp4"] for media in recorded.entries(folder, Media)][50]
    with track.open("r+b") as file:
        file.seek(damaged.bytes[0])
        file.write(b"damage" * 100)
    with desk() as at, browser() as window:
        playing = at.start("play", folder, "--no-browser", "--json", "--seconds", "300")
        window.open(address_of(playing))
        window.until(IS_AT, 0.0)
        for key, second in ((END, 1899.7), (HOME, 0.0), (END, 1899.7)):
            window.press(key)
            window.until(IS_AT, second)
        fetched = window.run(FETCHED)
        window.run(CLICK_AT, 101 / 1900)
        window.until(
            "return document.querySelector('#screen .card').textContent.includes('damage')"
        )
        for second in (98.0, 104.0):
            window.run(CLICK_AT, second / 1900)
            window.until(IS_AT, second)
    size = track.stat().st_size
    note(f"{size / 1e6:.0f} MB, of which {fetched / 1e6:.1f} MB were fetched for three seeks")
    assert 0 < fetched < size / 10
