"""`saijian play` in a real Chromium: a session whose recorder was killed, sought across the gap."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from client.evidence.entries import Close, Media
from client.evidence.layout import SessionFolder
from tests import devices
from tests.browser import END, HOME, SPACE, Browser, browser
from tests.e2e import recorded
from tests.e2e.program import Desk, desk, eventually

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
    eventually(lambda: len(recorded.entries(folder, Media)) >= 2, 30, "four seconds of recording")
    first.kill()
    eventually(lambda: recorded.entries(folder, Media), 2, "a journal")
    at.run("recorder", "--session", folder).ok()
    assert recorded.entries(folder, Close)
    return folder
