"""A real Chromium without a window, driven by ChromeDriver's plain HTTP (W3C WebDriver)."""

from __future__ import annotations

import base64
import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests import devices

PATIENCE = 30.0
SPACE, HOME, END, RIGHT = "\ue00d", "\ue011", "\ue010", "\ue014"
"""Keys as WebDriver spells them."""
_FLAGS = ["--headless=new", "--no-first-run", "--disable-gpu", "--mute-audio"]


@dataclass(frozen=True)
class Browser:
    """One window."""

    session: str
    """Address of the WebDriver session."""

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the value of one WebDriver command."""
        sent = (body or {}) if method == "POST" else None
        answer = requests.request(method, self.session + path, json=sent, timeout=PATIENCE)
        value = answer.json()["value"]
        assert answer.ok, value
        return value

    def open(self, address: str) -> None:
        """Go to a page and wait until it is loaded."""
        self.ask("POST", "/url", {"url": address})

    def run(self, script: str, *values: Any) -> Any:
        """Return what the body of a function returns; `arguments` holds the values."""
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(values)})

    def until(self, script: str, *values: Any, seconds: float = PATIENCE) -> Any:
        """Return the first true answer of `script`; the test fails when none comes in time."""
        deadline = time.monotonic() + seconds
        while not (answer := self.run(script, *values)):
            assert time.monotonic() < deadline, f"not within {seconds} s: {script}"
            time.sleep(0.05)
        return answer

    def press(self, *keys: str) -> None:
        """Press and release keys, one after the other."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": strokes}]
        self.ask("POST", "/actions", {"actions": actions})

    def click(self, selector: str) -> None:
        """Click the middle of the first element that matches, as a mouse does."""
        found = self.ask("POST", "/element", {"using": "css selector", "value": selector})
        self.ask("POST", f"/element/{next(iter(found.values()))}/click")

    def picture(self, path: Path) -> None:
        """Write a screenshot."""
        path.write_bytes(base64.b64decode(self.ask("GET", "/screenshot")))


@contextlib.contextmanager
def browser(
    width: int = 1280, height: int = 720, language: str = "zh-CN", *flags: str
) -> Iterator[Browser]:
    """Start ChromeDriver and a Chromium with a profile of its own; at the end nothing is left."""
    port = devices.free_port()
    with tempfile.TemporaryDirectory(prefix="saijian-browser-") as home:
        options = [*_FLAGS, f"--window-size={width},{height}", f"--lang={language}", *flags]
        options += [f"--user-data-dir={home}/profile"]
        options += ["--no-sandbox"] if os.geteuid() == 0 else []
        asked = {"alwaysMatch": {"goog:chromeOptions": {"args": options}}}
        driver = ["chromedriver", f"--port={port}", "--log-level=OFF"]
        with devices.running(*driver, environment={"HOME": home}) as process:
            address = f"http://127.0.0.1:{port}"
            devices.wait_until(lambda: _is_ready(address), process)
            window = Browser(f"{address}/session")
            made = window.ask("POST", "", {"capabilities": asked})
            window = Browser(f"{address}/session/{made['sessionId']}")
            try:
                yield window
            finally:
                window.ask("DELETE", "")


def _is_ready(address: str) -> bool:
    try:
        return bool(requests.get(f"{address}/status", timeout=1).json()["value"]["ready"])
    except requests.ConnectionError:
        return False
