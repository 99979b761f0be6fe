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

from client.base.clock import SECOND_US, monotonic_us
from client.evidence.entries import Close, Gap, Part, Restart, Step
from client.evidence.layout import SessionFolder
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import Desk, Running, desk, eventually, marked, named, note, the
from tests.e2e.venue import begun_session

pytestmark = pytest.mark.e2e
SECONDS = 40
LOST_US = 2 * SECOND_US
"""At most so much of what was filmed before a kill may be missing."""
BACK_US = 2 * SECOND_US
"""After a kill the screen must be recorded again within this."""
UNNAMED_US = SECOND_US
"""A picture vouches for half a second, and half a second more is no gap to `verify`."""
KILLED = "录制进程意外中断后已恢复"


@dataclass
class Battered:
    """A rehearsal with its window, whose processes were killed."""

    desk: Desk
    folder: Path
    report: dict[str, Any]
    kills_us: list[int] = field(default_factory=list)
    """Of the recorder; the second one while the sound device was stalled."""
    window: Running | None = None
    """Started by hand after the first one was killed."""
    uploaders: tuple[int, int] = (0, 0)
    """Process ids, before and after the kill."""
    recorder_stayed: bool = False


def film_second(folder: Path, second: float) -> None:
    """Return at this second of the recording."""
    steps = [x for x in recorded.lines(folder) if isinstance(x.entry, Step)]
    begun = next(x.mono_us for x in steps if x.entry.name == "identity")
    time.sleep(max(0, begun / SECOND_US + second - monotonic_us() / SECOND_US))


def kill_recorder(at: Desk, folder: Path) -> int:
    """kill -9 the session's recorder and return the moment."""
    recorder = the(at, "recorder", "--session", folder)
    moment = monotonic_us()
    recorder.kill()
    return moment


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
        seen = Battered(at, folder, {})
        batter(seen, dice, sound)
        said = rehearsal.wait(70)
        assert said.code == 1, said
        seen.report = said.document
        yield seen


def batter(seen: Battered, dice: random.Random, sound: devices.SoundServer) -> None:
    """Kill window, uploader, recorder, and the recorder again while nothing is heard."""
    at, folder = seen.desk, seen.folder
    recorder = the(at, "recorder", "--session", folder).pid
    film_second(folder, dice.uniform(2, 5))
    window = the(at, "window", "--session", folder)
    window.kill()
    seen.window = at.start("window", "--session", folder)
    film_second(folder, dice.uniform(6, 9))
    seen.uploaders = kill_and_await_next(at, "uploader", "--session", folder)
    film_second(folder, dice.uniform(13, 16))
    assert seen.window.process.poll() is None, seen.window.wait()
    seen.recorder_stayed = the(at, "recorder", "--session", folder).pid == recorder
    seen.kills_us.append(kill_recorder(at, folder))
    film_second(folder, dice.uniform(22, 25))
    with stalled(sound):
        time.sleep(dice.uniform(1.5, 4))
        seen.kills_us.append(kill_recorder(at, folder))
        time.sleep(4)


class stalled:  # noqa: N801 - reads as a function
    """The sound server hangs: its clients get neither samples nor answers."""

    def __init__(self, sound: devices.SoundServer) -> None:
        socket = sound.server.removeprefix("unix:")
        self._server = next(
            p
            for p in psutil.Process().children(recursive=True)
            if p.name() == "pulseaudio" and any(socket in word for word in p.cmdline())
        )

    def __enter__(self) -> None:
        self._server.suspend()

    def __exit__(self, *_: object) -> None:
        self._server.resume()


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
    names = [path.name for path in recorded.tracks(battered.folder)]
    assert names == [
        *("screen-01.mp4", "screen-02.mp4", "screen-03.mp4", "identity-01.mp4"),
        *("contest-01.mp4", "contest-02.mp4", "contest-03.mp4"),
    ]
    recorded.assert_every_track_decodes(battered.folder)


@pytest.mark.parametrize("number", [1, 2], ids=["recorder", "recorder-while-sound-stalls"])
def test_a_killed_recorder_loses_at_most_two_seconds(battered: Battered, number: int) -> None:
    killed_us = battered.kills_us[number - 1]
    streams = [(f"screen-0{number}.mp4", "video"), (f"contest-0{number}.mp4", "video")]
    if number == 1:  # while the sound device stalls there is no sound to lose
        streams.append((f"contest-0{number}.mp4", "audio"))
    for name, kind in streams:
        _, end_us = recorded.span_us(battered.folder, battered.folder / name, kind)
        note(f"{name} {kind}: {(killed_us - end_us) / SECOND_US:.2f} s lost")
        assert killed_us - end_us <= LOST_US, (name, kind)


@pytest.mark.parametrize("number", [1, 2], ids=["recorder", "recorder-while-sound-stalls"])
def test_the_screen_is_recorded_again_within_two_seconds(battered: Battered, number: int) -> None:
    killed_us = battered.kills_us[number - 1]
    name = f"screen-0{number + 1}.mp4"
    first_us, _ = recorded.span_us(battered.folder, battered.folder / name, "video")
    camera_us, _ = recorded.span_us(
        battered.folder, battered.folder / f"contest-0{number + 1}.mp4", "video"
    )
    note(
        f"screen again after {(first_us - killed_us) / SECOND_US:.2f} s,"
        f" camera track after {(camera_us - killed_us) / SECOND_US:.2f} s"
    )
    assert first_us - killed_us <= BACK_US
    assert camera_us - killed_us <= BACK_US


def test_each_gap_is_named_with_its_cause(battered: Battered) -> None:
    restarts = recorded.entries(battered.folder, Restart)
    assert [restart.cause for restart in restarts] == [KILLED, KILLED]
    gaps = recorded.entries(battered.folder, Gap)
    for source in ("screen", "camera", "sound"):
        mine = [gap for gap in gaps if gap.source == source]
        assert [gap.cause for gap in mine] == [KILLED, KILLED], source
        for gap, killed_us in zip(mine, battered.kills_us, strict=True):
            assert gap.to_us >= killed_us
    assert battered.report["verdict"] == "INCOMPLETE"
    for number in range(2):
        killed_us = battered.kills_us[number]
        named_gaps = [g for g in battered.report["gaps"] if holds(battered, g, killed_us)]
        named = {g["source"] for g in named_gaps}
        assert named | {"screen"} == {"screen", "camera", "sound"}
        assert "screen" in named or screen_hole_us(battered, number) <= UNNAMED_US
        assert all(KILLED in g["cause"] for g in named_gaps), named_gaps
    for gap in battered.report["gaps"]:
        note(f"{gap['source']} {gap['from']:.2f}-{gap['to']:.2f} s: {gap['cause']}")


def screen_hole_us(battered: Battered, number: int) -> int:
    """Return how long the screen has no picture around a kill; `number` counts from 0."""
    spans = [
        recorded.span_us(battered.folder, battered.folder / f"screen-0{part}.mp4", "video")
        for part in (number + 1, number + 2)
    ]
    return spans[1][0] - spans[0][1]


def holds(battered: Battered, gap: dict[str, Any], moment_us: int) -> bool:
    """Tell whether a reported gap lies around a moment, a little before the next picture."""
    steps = [x for x in recorded.lines(battered.folder) if isinstance(x.entry, Step)]
    begun_us = next(x.mono_us for x in steps if x.entry.name == "identity")
    second = (moment_us - begun_us) / SECOND_US
    return gap["from"] - 0.5 <= second <= gap["to"]


def test_nothing_but_the_kills_is_missing(battered: Battered) -> None:
    folder = battered.folder
    assert [close.reason for close in recorded.entries(folder, Close)] == ["plan"]
    assert recorded.findings(battered.report, "unanchored") == []
    assert {f["verdict"] for f in battered.report["findings"]} <= {"AUTHENTIC", "INCOMPLETE"}
    assert {f["code"] for f in battered.report["findings"]} <= {
        "uncovered",
        "not_real",
        "torn_line",
    }
    screen = sum(g["to"] - g["from"] for g in battered.report["gaps"] if g["source"] == "screen")
    note(f"screen missing {screen:.2f} s of {SECONDS} s in all")
    assert screen <= 2 * (LOST_US + BACK_US) / SECOND_US
    assert battered.window is not None
    battered.window.kill()
    assert marked(battered.desk) == []
    assert list((battered.desk.home / "tmp").iterdir()) == []
    assert not SessionFolder(folder).key.exists()
    assert len({part.file for part in recorded.entries(folder, Part)}) == 7
