"""kill -9 of every process at random moments: the session ends whole, and says what is missing."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from client.base.clock import SECOND_US
from client.evidence.entries import Close, Gap, Part, Restart
from client.evidence.layout import SessionFolder
from tests import devices
from tests.e2e import killed, recorded
from tests.e2e.killing import Kill, Killer, Watch, sleep_until_second, step_us, watching
from tests.e2e.program import Desk, Running, desk, eventually, marked, named, note, the
from tests.e2e.venue import begun_session

pytestmark = [pytest.mark.e2e, pytest.mark.alone]
SECONDS = 44
TURNS_AT = SECONDS // 4
FILMING, STARTING, LEAST = 11, 6, 12
"""Kills at moments of these kinds, fewer on a slow machine: with three others they are twenty."""
KILLED = "录制进程意外中断后已恢复"


@dataclass
class Battered:
    """A rehearsal with its window, whose processes were killed."""

    desk: Desk
    folder: Path
    watch: Watch
    report: dict[str, Any] = field(default_factory=dict)
    kills: list[Kill] = field(default_factory=list)
    """Of the recorder."""
    window: Running | None = None
    """Started by hand after the first one was killed."""
    uploaders: tuple[int, int] = (0, 0)
    """Process ids, before and after the kill."""
    recorder_stayed: bool = False


def kill_and_await_next(at: Desk, *words: str | Path) -> tuple[int, int]:
    """kill -9 a process that somebody starts again; return both process ids."""
    first = the(at, *words)
    first.kill()

    def look() -> int | None:
        return next((p.pid for p in named(at, *words) if p.pid != first.pid), None)

    return first.pid, eventually(look, 15, f"another {words[0]}")


@pytest.fixture(scope="module")
def battered() -> Iterator[Battered]:
    seed = random.randrange(1 << 32)
    note(f"seed {seed}")
    dice = random.Random(seed)
    with (
        devices.display() as screen,
        devices.sound_server() as sound,
        devices.mjpeg_camera(640, 360) as camera,
        desk(screen, sound) as at,
    ):
        out = at.home / "rehearsal"
        words = ["--seconds", str(SECONDS), "--out", str(out), "--json"]
        words += ["--camera", camera.address, "--microphone", sound.source]
        rehearsal = at.start("rehearse", *words)
        folder = begun_session(out / "sessions", rehearsal)
        with watching(folder) as watch:
            seen = Battered(at, folder, watch)
            batter(seen, dice, sound)
            said = rehearsal.wait(90)
        assert said.code == 1, said
        seen.report = said.document
        yield seen


def batter(seen: Battered, dice: random.Random, sound: devices.SoundServer) -> None:
    """Kill window and uploader, then the recorder over and over, at last while nothing is heard."""
    at, folder = seen.desk, seen.folder
    recorder = the(at, "recorder", "--session", folder).pid
    sleep_until_second(folder, dice.uniform(2, 4))
    window = the(at, "window", "--session", folder)
    window.kill()
    seen.window = at.start("window", "--session", folder)
    sleep_until_second(folder, dice.uniform(5, 7))
    seen.uploaders = kill_and_await_next(at, "uploader", "--session", folder)
    sleep_until_second(folder, TURNS_AT - 1)
    assert seen.window.process.poll() is None, seen.window.wait()
    seen.recorder_stayed = the(at, "recorder", "--session", folder).pid == recorder
    killer = Killer(at, seen.watch, dice, seen.kills)
    killer.at_second(TURNS_AT + dice.uniform(-0.2, 0.3), "turning")
    killer.often(FILMING, STARTING, SECONDS - 8)
    with stalled(sound):
        killer.filming()
        time.sleep(3)
    killer.sealing()


class stalled:  # noqa: N801 - reads as a function
    """The sound server hangs: its clients get neither samples nor answers."""

    def __init__(self, sound: devices.SoundServer) -> None:
        self._server = psutil.Process(sound.process.pid)

    def __enter__(self) -> None:
        self._server.suspend()

    def __exit__(self, *_: object) -> None:
        self._server.resume()


@pytest.fixture(scope="module")
def costs(battered: Battered) -> list[killed.Cost]:
    return killed.costs(battered.folder, battered.kills, battered.watch)


def test_a_new_window_finds_the_running_recorder(battered: Battered) -> None:
    assert battered.recorder_stayed
    assert battered.window is not None
    assert battered.window.process.poll() is None
    assert "Traceback" not in battered.window.err.read_text("utf-8")


def test_the_uploader_is_started_again_and_finishes(battered: Battered) -> None:
    before, after = battered.uploaders
    assert after != before
    assert recorded.findings(battered.report, "no_storage_receipt") == []
    copy = Path(battered.report["organizer_copy"])
    recorded.assert_same_files(battered.folder, copy)


def test_every_track_decodes_to_its_end(battered: Battered) -> None:
    for source in killed.KINDS:
        plays = killed.stretches(battered.folder, source)
        assert plays
        assert [play for play in plays if play.errors] == []


def test_each_kill_loses_little_and_all_is_recorded_again_at_once(
    battered: Battered, costs: list[killed.Cost]
) -> None:
    note(f"{len(battered.kills)} kills: {[kill.moment for kill in battered.kills]}")
    for name, (count, middle, worst) in killed.figures(costs).items():
        note(f"{name}: {count} times, median {middle:.2f} s, worst {worst:.2f} s")
    assert len(battered.kills) >= LEAST
    assert {"turning", "filming", "starting"} <= {cost.moment for cost in costs}
    assert [(cost, said) for cost in costs if (said := killed.too_slow(cost))] == []


def test_each_restart_is_a_line_and_each_gap_has_its_cause(battered: Battered) -> None:
    restarts = recorded.entries(battered.folder, Restart)
    filmed = sum(cost_of == "filming" for cost_of in (kill.moment for kill in battered.kills))
    assert filmed <= len(restarts) <= len(battered.kills)
    assert {restart.cause for restart in restarts} == {KILLED}
    assert {gap.cause for gap in recorded.entries(battered.folder, Gap)} == {KILLED}
    assert battered.report["verdict"] == "INCOMPLETE"
    for gap in battered.report["gaps"]:
        note(f"{gap['source']} {gap['from']:.2f}-{gap['to']:.2f} s: {gap['cause']}")
    unlike = [gap for gap in battered.report["gaps"] if KILLED not in gap["cause"]]
    assert [gap for gap in unlike if gap["source"] != "sound"] == []
    begun, ended = step_us(battered.folder, "identity"), step_us(battered.folder, "ended")
    seconds = [(min(kill.at_us, ended) - begun) / SECOND_US for kill in battered.kills]
    for gap in battered.report["gaps"]:
        assert any(gap["from"] - 0.6 <= second <= gap["to"] + 0.01 for second in seconds), gap


def test_nothing_but_the_kills_is_missing(battered: Battered, costs: list[killed.Cost]) -> None:
    folder = battered.folder
    (close,) = recorded.entries(folder, Close)
    assert close.reason in ("plan", "ended")
    assert recorded.findings(battered.report, "unanchored") == []
    assert {f["verdict"] for f in battered.report["findings"]} <= {"AUTHENTIC", "INCOMPLETE"}
    assert {f["code"] for f in battered.report["findings"]} <= {
        "uncovered",
        "not_real",
        "torn_line",
    }
    screen = sum(g["to"] - g["from"] for g in battered.report["gaps"] if g["source"] == "screen")
    note(f"screen missing {screen:.2f} s of {SECONDS} s in all")
    assert screen <= len(costs) * (killed.LOST_S + killed.BACK_S)
    assert battered.window is not None
    battered.window.kill()
    assert marked(battered.desk) == []
    assert list((battered.desk.home / "tmp").iterdir()) == []
    assert not SessionFolder(folder).key.exists()
    parts = [part.file for part in recorded.entries(folder, Part)]
    assert len(parts) == len(set(parts))
