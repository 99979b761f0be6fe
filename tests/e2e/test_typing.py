"""A phrase typed by a real input method, ibus with libpinyin, into the typing test's own window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.buses import buses
from tests.devices import display, running, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.alone]
ROOT = Path(__file__).resolve().parents[2]
WINDOW = """
import json
from PySide6.QtWidgets import QApplication, QMainWindow
from client.ui.background import Background
from client.ui.look import Look
from client.ui.pages.typing import TypingDialog

app, frame = QApplication([]), QMainWindow()
frame.show()
dialog = TypingDialog(Look("zh", "light"), Background(frame), ["quanpin"], frame)
dialog.judged.connect(lambda one: print(json.dumps(one.to_json()), flush=True))
dialog.open_anew()
dialog.activateWindow()
print("ready", flush=True)
app.exec()
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A screen with a window manager, and ibus of its own: nothing of this user is touched."""
    home = tmp_path / "home"
    runtime = tmp_path / "run"
    for folder in (home, runtime):
        folder.mkdir(mode=0o700)
    with display(1024, 600, moving=False) as screen, buses() as bus:
        environment = {
            **screen.environment,
            **bus.environment,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "GSETTINGS_BACKEND": "memory",
            "QT_QPA_PLATFORM": "xcb",
            "QT_IM_MODULE": "ibus",
            "PYTHONPATH": str(ROOT),
        }
        daemon = ("ibus-daemon", "--panel", "disable", "--emoji-extension", "disable")
        with running("openbox", environment=environment), running(*daemon, environment=environment):
            wait_until(
                lambda: bool(ibus(environment, "engine")) or chosen(environment, "libpinyin")
            )
            yield environment


def ibus(environment: dict[str, str], *words: str) -> str:
    said = subprocess.run(
        ["ibus", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    return said.stdout.strip() if said.returncode == 0 else ""


def chosen(environment: dict[str, str], engine: str) -> bool:
    ibus(environment, "engine", engine)
    return ibus(environment, "engine") == engine


def typed(environment: dict[str, str], engine: str, *keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the outcome of pressing `keys` in the window while `engine` is on."""
    with subprocess.Popen(
        [sys.executable, "-c", WINDOW],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as window:
        try:
            assert window.stdout is not None
            assert window.stdout.readline() == "ready\n"
            wait_until(lambda: "试打" in active(environment))
            wait_until(lambda: chosen(environment, engine))
            time.sleep(0.5)  # the field hears of the engine by the bus
            for words in keys:
                xdotool(environment, *words)
            return json.loads(window.stdout.readline())
        finally:
            window.kill()


def active(environment: dict[str, str]) -> str:
    return xdotool(environment, "getactivewindow", "getwindowname")


def xdotool(environment: dict[str, str], *words: str) -> str:
    command = ["xdotool", *words]
    return subprocess.run(
        command,
        env={**os.environ, **environment},
        check=False,
        timeout=20,
        capture_output=True,
        text=True,
    ).stdout


def test_a_phrase_counts_when_the_input_method_composed_it(desk: dict[str, str]) -> None:
    keys = ("type", "--delay", "40", "dianzishangwujingsai"), ("key", "space")
    composed = typed(desk, "libpinyin", *keys)
    assert composed["check"] == "input-quanpin"
    assert composed["verdict"] == "pass"
    assert composed["evidence"]["zh"] == "打出“电子商务竞赛”，看到输入法组字；当时是 libpinyin。"
    without = typed(desk, "xkb:us::eng", ("type", "--delay", "60", "电子商务竞赛"))
    assert without["verdict"] == "fail"
    assert "没有看到输入法组字" in without["evidence"]["zh"]
    assert "xkb:us::eng" in without["evidence"]["zh"]
