"""What the computer itself does to a recorder: sleep, standing still, clock, load, shutdown."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.evidence.entries import ClockStep, Close, Gap, Media, Note, State, Step
from client.evidence.layout import SessionFolder
from client.recorder.child.proof import ALIVE
from tests import devices
from tests.buses import Buses, buses
from tests.e2e import recorded
from tests.e2e.program import Desk, Running, desk, eventually, faketime, note

pytestmark = [pytest.mark.e2e, pytest.mark.alone]
STOPPED_S = 5.0
RUNS_S, RESTS_S = 0.02, 0.28
"""A fifteenth of a processor: no recorder keeps up with that."""
HOUR_US = 3600 * SECOND_US
CLOCK_SECONDS = 9
FLUSHES_S = 2.0
"""So long at most a sleep or a shutdown waits; Windows gives a sleep no more."""


@dataclass
class Shaken:
    """A recording to which all of it happened, and one whose clock was set."""

    bus: Buses
    folder: Path
    report: dict[str, Any] = field(default_factory=dict)
    moments: dict[str, int] = field(default_factory=dict)
    """Monotonic microseconds at which something began or ended."""
    waited: dict[str, float] = field(default_factory=dict)
    """Seconds that logind had to wait for the recorder."""
    by_clock: Path = Path()
    clock_seconds: float = 0.0

    def now(self, name: str) -> None:
        """Remember this moment."""
        self.moments[name] = monotonic_us()


def said(folder: Path, words: str) -> Note | None:
    """Return the first note with these words."""
    return next((n for n in recorded.entries(folder, Note) if words in n.zh), None)


HOLD_BACK = """
import os, select, signal, sys
pid, runs, rests = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
while not select.select([0], [], [], runs)[0]:
    os.kill(pid, signal.SIGSTOP)
    ended = select.select([0], [], [], rests)[0]
    os.kill(pid, signal.SIGCONT)
    if ended:
        break
"""


@contextmanager
def throttled(pid: int) -> Iterator[None]:
    """Let a process run a fraction of the time only, as on a computer that is far too busy.

    By a process of its own: a thread of this one would not be punctual.
    """
    command = [sys.executable, "-c", HOLD_BACK, str(pid), str(RUNS_S), str(RESTS_S)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as holder:
        yield
        assert holder.stdin is not None
        holder.stdin.close()
        assert holder.wait(10) == 0


def record(at: Desk, out: Path, *words: str) -> Running:
    """Begin a recording and wait until it has a line of media."""
    running = at.start("record", "--out", out, *words)
    journal = SessionFolder(out).journal
    eventually(lambda: journal.exists() and b'"media"' in journal.read_bytes(), 30, "media")
    return running


def set_the_clock(at: Desk, shaken: Shaken) -> None:
    """Record for some seconds in which the wall clock goes an hour forward, then two back."""
    shift = at.home / "shift"
    shift.write_text("+0\n")
    faked = at.with_environment(
        **faketime(FAKETIME_TIMESTAMP_FILE=str(shift), FAKETIME_NO_CACHE="1"),
        DBUS_SYSTEM_BUS_ADDRESS="",  # the locks are those of the other recording
        DBUS_SESSION_BUS_ADDRESS="",
    )
    shaken.by_clock = at.home / "clock"
    words = ["--seconds", str(CLOCK_SECONDS), "--no-camera", "--no-audio"]
    running = record(faked, shaken.by_clock, *words)
    for number, hours in enumerate(("+3600\n", "-3600\n"), 1):
        other = shift.with_suffix(".new")
        other.write_text(hours)
        other.replace(shift)
        eventually(lambda n=number: len(recorded.entries(shaken.by_clock, ClockStep)) >= n, 10)
    running.wait(30).ok()
    stamps = [line.mono_us for line in recorded.lines(shaken.by_clock)]
    shaken.clock_seconds = (stamps[-1] - stamps[0]) / SECOND_US


def shake(at: Desk, shaken: Shaken, running: Running) -> None:
    """Do all of it, the shutdown last. The other recording's clock is set beside the first half."""
    pid = running.process.pid
    with ThreadPoolExecutor(1) as beside:
        clock_is_set = beside.submit(set_the_clock, at, shaken)
        put_to_sleep_and_stop(shaken, pid)
        clock_is_set.result()
    shaken.now("busy")
    with throttled(pid):
        eventually(lambda: said(shaken.folder, "电脑过忙，屏幕"), 30, "a step down")
    shaken.now("calm")
    eventually(lambda: said(shaken.folder, "屏幕改回每秒 10 帧"), 60, "a step up")
    shaken.now("full rate")
    time.sleep(3)
    asked = shaken.bus.system.command("PrepareForShutdown true")
    released = shaken.bus.system.await_event("unlock", "shutdown:sleep", "delay", times=2)
    shaken.waited["shutdown"] = released - asked
    running.wait(30).ok()


def put_to_sleep_and_stop(shaken: Shaken, pid: int) -> None:
    """Tell of a sleep that does not come, then stop the recorder for 5 s."""
    system = shaken.bus.system
    system.await_event("lock", "shutdown:sleep")
    shaken.now("sleep")
    asked = system.command("PrepareForSleep true")
    shaken.waited["sleep"] = system.await_event("unlock", "shutdown:sleep", "delay") - asked
    shaken.now("released")
    system.command("PrepareForSleep false")
    system.await_event("lock", "shutdown:sleep", times=2)
    shaken.now("stopped")
    os.kill(pid, signal.SIGSTOP)
    time.sleep(STOPPED_S)
    os.kill(pid, signal.SIGCONT)
    shaken.now("went on")


@contextmanager
def lively(screen: devices.Display) -> Iterator[None]:
    """Show a picture that changes faster than any recorder looks: no two looks see the same."""
    picture = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30", "-pix_fmt", "yuv420p"]
    environment = {**screen.environment, "SDL_RENDER_DRIVER": "software"}
    environment |= {"SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy"}
    command = ["ffmpeg", "-nostdin", "-v", "fatal", *picture, "-f", "sdl2", "lively"]
    with devices.running(*command, environment=environment):
        yield


@pytest.fixture(scope="module")
def shaken() -> Iterator[Shaken]:
    with (
        devices.display(moving=False) as screen,
        lively(screen),
        devices.sound_server() as sound,
        devices.mjpeg_camera(640, 360) as camera,
        buses() as bus,
        desk(screen, sound, bus) as at,
    ):
        out = at.home / "shaken"
        words = ["--seconds", "600", "--camera", camera.address, "--microphone", sound.source]
        running = record(at, out, *words)
        seen = Shaken(bus, out)
        shake(at, seen, running)
        seen.report = at.run("verify", out, "--json").document
        for told in [*recorded.entries(out, Note), *recorded.entries(seen.by_clock, ClockStep)]:
            note(told.zh if isinstance(told, Note) else told.cause)
        yield seen


def gaps_within(shaken: Shaken, begin: str, end: str) -> list[Gap]:
    low, high = shaken.moments[begin], shaken.moments[end]
    gaps = recorded.entries(shaken.folder, Gap)
    return [gap for gap in gaps if gap.from_us < high and gap.to_us > low]


def test_the_system_is_asked_to_stay_awake(shaken: Shaken) -> None:
    locks = shaken.bus.system.events("lock")
    blocked = {what for what, _, _, mode in locks if mode == "block"}
    assert blocked == {"sleep", "idle", "handle-lid-switch"}
    assert all("赛鉴正在录制" in why for _, _, why, _ in locks)
    assert len(shaken.bus.session.events("screen")) >= 1
    assert said(shaken.folder, "合盖不睡眠、不启动屏保、显示器不关")


def test_a_sleep_and_a_shutdown_wait_for_the_flush_and_no_longer(shaken: Shaken) -> None:
    note(f"sleep waited {shaken.waited['sleep']:.2f} s, shutdown {shaken.waited['shutdown']:.2f} s")
    assert said(shaken.folder, "电脑即将睡眠")
    assert 0 < shaken.waited["sleep"] <= FLUSHES_S
    assert 0 < shaken.waited["shutdown"] <= FLUSHES_S
    assert_all_was_on_the_disk(shaken)
    assert [close.reason for close in recorded.entries(shaken.folder, Close)] == ["stopped"]
    assert SessionFolder(shaken.folder).seal.exists()
    recorded.assert_every_track_decodes(shaken.folder)


def assert_all_was_on_the_disk(shaken: Shaken) -> None:
    """Lines that were written before logind went on cover all tracks up to the sleep."""
    asked_us, released_us = shaken.moments["sleep"], shaken.moments["released"]
    covered: dict[str, int] = {}
    for line in recorded.lines(shaken.folder):
        if isinstance(line.entry, Media) and line.mono_us <= released_us:
            covered |= {name: taken.us[1] for name, taken in line.entry.ranges.items()}
    assert set(covered) == {"screen-01.mp4", "contest-01.mp4"}
    for name, until_us in covered.items():
        note(f"{name} is safe to {(until_us - asked_us) / SECOND_US:+.2f} s after the warning")
        assert until_us >= asked_us


def test_standing_still_is_named_with_its_length(shaken: Shaken) -> None:
    told = said(shaken.folder, "电脑或录制程序停顿了")
    assert told
    assert "停顿了 5 秒" in told.zh or "停顿了 6 秒" in told.zh
    gaps = gaps_within(shaken, "stopped", "went on")
    assert {gap.source for gap in gaps} == {"screen", "camera", "sound"}
    for gap in gaps:
        assert gap.cause == told.zh
        assert gap.from_us >= shaken.moments["stopped"] - 2 * SECOND_US
        assert gap.to_us <= shaken.moments["went on"] + 2 * SECOND_US
    uncovered = recorded.findings(shaken.report, "uncovered")
    assert {f["source"] for f in uncovered if told.zh in f["cause"]} == {
        "screen",
        "camera",
        "sound",
    }


def test_media_times_are_right_after_all_of_it(shaken: Shaken) -> None:
    names = sorted(path.name for path in recorded.tracks(shaken.folder))
    assert names == ["contest-01.mp4", "screen-01.mp4"]
    lines = recorded.lines(shaken.folder)
    ended = next(x.mono_us for x in lines if isinstance(x.entry, Step) and x.entry.name == "ended")
    for name, kind in (("screen-01.mp4", "video"), ("contest-01.mp4", "audio")):
        _, last_us = recorded.span_us(shaken.folder, shaken.folder / name, kind)
        note(f"{name} {kind} ends {(ended - last_us) / SECOND_US:+.2f} s before the end")
        assert abs(ended - last_us) <= SECOND_US


def test_a_clock_that_is_set_moves_neither_media_nor_the_end(shaken: Shaken) -> None:
    folder = shaken.by_clock
    steps = recorded.entries(folder, ClockStep)
    assert [round(step.step_us / HOUR_US) for step in steps] == [1, -2]
    assert steps[0].cause.startswith("电脑的时钟被拨快了")
    assert steps[1].cause.startswith("电脑的时钟被拨慢了")
    note(f"{shaken.clock_seconds:.2f} s recorded of {CLOCK_SECONDS} s")
    assert CLOCK_SECONDS - 0.5 <= shaken.clock_seconds <= CLOCK_SECONDS + 4
    begin, end = recorded.span_us(folder, folder / "screen-01.mp4", "video")
    assert (end - begin) / SECOND_US == pytest.approx(CLOCK_SECONDS, abs=1.5)
    assert [gap.cause for gap in recorded.entries(folder, Gap)] == []


def intervals(shaken: Shaken, inside: Callable[[int], bool]) -> list[float]:
    """Return the seconds between pictures of the screen in the moments that are `inside`."""
    path = shaken.folder / "screen-01.mp4"
    epoch = recorded.part_of(shaken.folder, path.name).epoch_us
    times = [at for at, _ in recorded.pictures(path) if inside(epoch + round(at * SECOND_US))]
    return [after - before for before, after in itertools.pairwise(times)]


def test_overload_lowers_the_rate_and_calm_raises_it(shaken: Shaken) -> None:
    moments = shaken.moments
    slow = said(shaken.folder, "电脑过忙，屏幕")
    assert slow
    assert slow.level == "warning"
    note(f"down after {(moments['calm'] - moments['busy']) / SECOND_US:.1f} s")
    note(f"full rate after {(moments['full rate'] - moments['calm']) / SECOND_US:.1f} s")
    low = intervals(shaken, lambda at: moments["calm"] + SECOND_US < at < moments["calm"] + 6e6)
    high = intervals(shaken, lambda at: at > moments["full rate"])
    note(f"quick: {quick(low):.0%} of {len(low)} while slowed, {quick(high):.0%} of {len(high)}")
    assert quick(low) <= 0.1
    assert quick(high) >= 0.25


def quick(found: list[float]) -> float:
    """Return the share of intervals that only the full rate has."""
    return sum(interval < 0.15 for interval in found) / len(found)


def test_no_sound_is_lost_to_overload(shaken: Shaken) -> None:
    low, high = shaken.moments["busy"], shaken.moments["full rate"]
    states = [s for s in recorded.entries(shaken.folder, State) if s.source == "sound"]
    assert [s for s in states if low <= s.at_us <= high] == []
    assert gaps_within(shaken, "busy", "full rate") == []


def test_the_screen_is_proved_alive_and_never_doubted(shaken: Shaken) -> None:
    assert said(shaken.folder, ALIVE.zh)
    assert said(shaken.folder, "录制期间核对屏幕画面")
    states = [s.state for s in recorded.entries(shaken.folder, State) if s.source == "screen"]
    assert {"frozen", "black"} & set(states) == set()
