"""One recording whose X server hangs for some seconds, and whose desktop shrinks."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.capture.camera.slates import slate
from client.evidence.entries import Note, Part
from client.recorder.child.screentrack import HANGS
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import desk, eventually, note
from tests.e2e.shaken import Shaken

pytestmark = pytest.mark.e2e
HANG_S = 4.0
MONITOR = "显示器 screen 的分辨率改为 400x300"


def notes(folder: Path) -> list[str]:
    return [each.zh for each in recorded.entries(folder, Note)]


def x_server() -> psutil.Process:
    """Return the one that was started last: other modules may keep theirs."""
    servers = [p for p in psutil.Process().children() if p.name() == "Xvfb"]
    return max(servers, key=lambda server: server.create_time())


@pytest.fixture(scope="module")
def shaken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shaken]:
    folder = tmp_path_factory.mktemp("screen") / "r"
    with devices.display(640, 480) as screen, desk(screen) as at:
        words = ("--seconds", "90", "--no-camera", "--no-audio")
        verb = at.start("record", "--out", folder, *words)
        first = folder / "screen-01.mp4"
        eventually(lambda: first.exists() and first.stat().st_size > 100_000, 30, "the screen")
        server = x_server()
        made = Shaken(folder, "screen", {"hung": monotonic_us()})
        server.suspend()
        time.sleep(HANG_S)
        server.resume()
        made.done_us["resumed"] = monotonic_us()
        made.reach("live", 2)
        time.sleep(1)
        timing = ("10", "400", "400", "400", "500", "300", "300", "300", "400")
        for words in (("--newmode", "small", *timing), ("--addmode", "screen", "small")):
            subprocess.run(["xrandr", *words], env=at.environment, check=True)
        to_small = ["xrandr", "--output", "screen", "--mode", "small"]
        subprocess.run(to_small, env=at.environment, check=True)
        eventually(lambda: len(recorded.entries(folder, Part)) == 2, 30, "the second part")
        eventually(lambda: MONITOR in notes(folder), 10, "the monitor's line")
        made.end(at, verb)
        yield made


def test_a_system_that_hangs_is_named_and_the_screen_goes_on_by_itself(shaken: Shaken) -> None:
    live, hangs, back = shaken.states()[:3]
    assert [live.state, hangs.state, back.state] == ["live", "slate", "live"]
    assert hangs.cause == HANGS.zh
    since, until = shaken.done_us["hung"], shaken.done_us["resumed"]
    note(f"named from {(hangs.at_us - since) / 1e6:.2f} s, back {(back.at_us - until) / 1e6:.2f} s")
    assert abs(hangs.at_us - since) < SECOND_US
    assert 0 <= back.at_us - until < 2 * SECOND_US
    (gap,) = [gap for gap in shaken.report["gaps"] if HANGS.zh in gap["cause"]]
    assert gap["to"] - gap["from"] == pytest.approx(HANG_S, abs=1.5)


def test_a_slate_fills_the_file_within_a_second_and_ends_at_once(shaken: Shaken) -> None:
    first = recorded.tracks(shaken.folder)[0]
    epoch = recorded.part_of(shaken.folder, first.name).epoch_us
    hung, resumed = ((shaken.done_us[name] - epoch) / SECOND_US for name in ("hung", "resumed"))
    found = list(recorded.pictures(first))
    longest = max(after - before for (before, _), (after, _) in pairwise(found))
    slates = [at for at, picture in found if _is_slate(picture)]
    note(
        f"slates from {slates[0] - hung:.2f} s to {slates[-1] - resumed:.2f} s after it, "
        f"longest pause between pictures {longest:.2f} s"
    )
    assert longest < 1.5  # 1.0 on a machine at rest
    assert slates[0] - hung < 1.5
    living = [at for at, picture in found if at > resumed and not _is_slate(picture)]
    assert living[0] - resumed < 1.0
    shown = [at for at, _ in found if slates[0] <= at < resumed]
    assert shown == [at for at in slates if at < resumed]
    assert len(shown) >= HANG_S  # two a second


def _is_slate(picture: recorded.NDArray[np.uint8]) -> bool:
    grey = cv2.cvtColor(slate("screen", 640, 480), cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, recorded.SMALL, interpolation=cv2.INTER_AREA)
    upper = slice(0, 22)  # the time stands below
    difference = small[upper].astype(int) - picture[upper]
    return float(np.abs(difference).mean()) < 10


def test_a_desktop_of_another_size_goes_on_in_another_file_without_a_gap(shaken: Shaken) -> None:
    parts = recorded.entries(shaken.folder, Part)
    assert [(p.width, p.height) for p in parts] == [(640, 480), (400, 300)]
    assert "屏幕从 640x480 变为 400x300，录制在新文件里继续" in notes(shaken.folder)
    first, second = recorded.tracks(shaken.folder)
    end = recorded.span_us(shaken.folder, first, "video")[1]
    begin = recorded.span_us(shaken.folder, second, "video")[0]
    note(f"between the parts {(begin - end) / 1e6:.2f} s")
    assert begin - end <= SECOND_US
    recorded.assert_every_track_decodes(shaken.folder)


def test_nothing_else_is_missing(shaken: Shaken) -> None:
    others = [gap for gap in shaken.report["gaps"] if HANGS.zh not in gap["cause"]]
    assert others == []
    assert [state.state for state in shaken.states()] == ["live", "slate", "live"]
