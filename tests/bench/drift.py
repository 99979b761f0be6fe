"""Does sound stay with the picture? Flash and click of one clock, recorded by `saijian record`.

    python -m tests.bench.drift --ppm 200 --minutes 30 --json drift.json
    python -m tests.bench.drift --ppm -200 --minutes 30 --losses 10 --json losses.json

What is recorded is read back from the file and put on the monotonic clock by the journal; the
moments of the flashes are known, so picture and sound are each compared with the truth as well.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil

from client.base.clock import SECOND_US, monotonic_us
from client.evidence.entries import Device, Pair, State
from tests.bench.one_clock import EVERY_US, SOURCE, OneClock, one_clock
from tests.e2e import recorded
from tests.e2e.program import Running, desk

NEAR_US = 400_000
LATE_RIG_US = 10_000
AFTER_LOSS_US = 6 * SECOND_US
"""The recorder looks for a lost device every 2 s; opening it and settling takes 1 s more."""
SILENT = 0.002
"""Peak below which 5 ms hold inserted silence: the hum has 0.02."""


@dataclass(frozen=True)
class Event:
    """One flash and its click, each later than the truth by so many milliseconds."""

    second: float
    flash_ms: float
    click_ms: float

    @property
    def offset_ms(self) -> float:
        return self.flash_ms - self.click_ms


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.drift", description=__doc__)
    parser.add_argument("--ppm", type=float, default=0.0, help="error of the sample clock")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--losses", type=int, default=0, help="times the microphone goes away")
    parser.add_argument("--json", type=Path, required=True)
    args = parser.parse_args()
    result = measure(args.ppm, args.minutes * 60, args.losses)
    args.json.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    print(json.dumps({k: v for k, v in result.items() if k != "events"}, indent=1))  # noqa: T201
    return 0


def measure(ppm: float, seconds: float, losses: int) -> dict[str, Any]:
    """Record for `seconds` and return the figures."""
    with one_clock(ppm) as clock, desk(clock.sound) as at:
        out = at.home / "film"
        devices = ["--camera", clock.address, "--microphone", SOURCE, "--no-screen"]
        words = ["--out", out, "--seconds", f"{seconds:.0f}", *devices]
        running = at.with_environment(SAIJIAN_VERBOSE="1").start("record", *words)
        breaker = threading.Thread(target=take_away, args=(clock, seconds, losses))
        breaker.start()
        costs = watch(running)
        breaker.join()
        said = running.wait().ok()
        return {
            "ppm": ppm,
            "seconds": seconds,
            **figures(out, clock),
            **costs,
            "warnings": [line for line in said.err.splitlines() if " WARNING " in line],
        }


def take_away(clock: OneClock, seconds: float, losses: int) -> None:
    """Take the microphone away `losses` times, and the camera between every second and next."""
    begun_us, each = monotonic_us(), seconds / (losses + 1)

    def wait_until(second: float) -> None:
        threading.Event().wait(max(0.0, second - (monotonic_us() - begun_us) / SECOND_US))

    for number in range(losses):
        wait_until(each * (number + 0.75))
        clock.lose_sound(3 + number % 3)
        if number % 2:
            wait_until(each * (number + 1.25))
            clock.lose_camera(4)


def watch(running: Running) -> dict[str, float]:
    """Wait for the recorder; return its memory, MB of the tree, and processor time.

    Growth is that of the memory it has for itself (USS): its share of libraries (in PSS) grows
    when other programs that use them end.
    """
    begun, program = monotonic_us(), psutil.Process(running.process.pid)
    sizes: list[tuple[float, float, float]] = []
    spent = 0.0
    while running.process.poll() is None:
        with contextlib.suppress(psutil.Error):  # it has just ended
            held = [program.memory_full_info()]
            for child in program.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    held.append(child.memory_full_info())
            times = program.cpu_times()
            spent = times.user + times.system + times.children_user + times.children_system
            second = (monotonic_us() - begun) / SECOND_US
            sizes.append((second, sum(m.pss for m in held) / 1e6, sum(m.uss for m in held) / 1e6))
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(5)
    _, first_pss, first_uss = next((size for size in sizes if size[0] >= 120), sizes[-1])
    _, last_pss, last_uss = sizes[-1]
    return {
        "pss_at_2_min_mb": round(first_pss, 2),
        "pss_at_end_mb": round(last_pss, 2),
        "pss_peak_mb": round(max(pss for _, pss, _ in sizes), 2),
        "uss_at_2_min_mb": round(first_uss, 2),
        "uss_growth_mb": round(last_uss - first_uss, 2),
        "cpu_percent_of_a_core": round(100 * spent / sizes[-1][0], 2),
    }


def figures(folder: Path, clock: OneClock) -> dict[str, Any]:
    """Read the film back and compare it with the truth."""
    path = folder / "contest-01.mp4"
    epoch_us = recorded.part_of(folder, path.name).epoch_us
    seen = [epoch_us + round(at * SECOND_US) for at in flashes(path)]
    heard, silences = listen(path)
    clicks = [epoch_us + round(at * SECOND_US) for at in heard]
    first_us, last_us = recorded.span_us(folder, path, "audio")
    truth = [m for m in clock.moments(first_us + SECOND_US, last_us - SECOND_US) if whole(m, clock)]
    late = {clock.begun_us + n * EVERY_US for n, us in clock.late_us.items() if us > LATE_RIG_US}
    found = [(m, near(m, seen), near(m, clicks)) for m in truth if m not in late]
    events = [
        Event((m - first_us) / SECOND_US, (flash - m) / 1000, (click - m) / 1000)
        for m, flash, click in found
        if flash is not None and click is not None
    ]
    refused = [
        m for m in clock.refused_us if first_us + SECOND_US < m < last_us and whole(m, clock)
    ]
    states = recorded.entries(folder, State)
    return {
        **offsets(events),
        "flashes_without_click_or_picture": len(found) - len(events),
        "flashes_sent_late_left_out": len(set(truth) & late),
        "blocks_that_the_sound_server_refused_at_s": sorted(
            {(moment - first_us) // SECOND_US for moment in refused}
        ),
        "inserted_silence_s": round(sum(silences), 3),
        "inserted_silences": len(silences),
        "devices_opened": [d.source for d in recorded.entries(folder, Device)],
        "states": [f"{s.source} {s.state}" for s in states],
        "pairs_in_the_journal": [
            {
                "camera_delay_us": pair.camera_delay_us,
                "microphone_delay_us": pair.microphone_delay_us,
                "microphone_spread_us": pair.microphone_spread_us,
            }
            for pair in recorded.entries(folder, Pair)
        ],
        **after_losses(events, clock, first_us),
        "events": [asdict(event) | {"offset_ms": event.offset_ms} for event in events],
    }


def offsets(events: Sequence[Event]) -> dict[str, Any]:
    """Return what the offsets of these events have in common, and how they move."""
    end = events[-1].second
    first = [e for e in events if e.second < 60]
    last = [e for e in events if e.second > end - 60]
    slope = np.polyfit([e.second for e in events], [e.offset_ms for e in events], 1)[0]
    middle = {
        name: (_median(first, name), _median(last, name))
        for name in ("offset_ms", "flash_ms", "click_ms")
    }
    begin, finish = middle["offset_ms"]
    return {
        "events_compared": len(events),
        "first_minute_ms": begin,
        "last_minute_ms": finish,
        "drift_ms": round(finish - begin, 2),
        "worst_from_first_minute_ms": round(max(abs(e.offset_ms - begin) for e in events), 2),
        "slope_ppm": round(float(slope) * 1000, 3),
        "picture_late_ms": middle["flash_ms"],
        "sound_late_ms": middle["click_ms"],
    }


def after_losses(events: Sequence[Event], clock: OneClock, first_us: int) -> dict[str, Any]:
    """Return the median offset of each stretch between two losses."""
    if not clock.away:
        return {}
    ends = [(until - first_us) / SECOND_US for _, _, until in clock.away]
    told = []
    for (kind, _, _), low, high in zip(clock.away, ends, [*ends[1:], float("inf")], strict=True):
        mine = [e for e in events if low < e.second < high]
        told.append({"lost": kind, "events": len(mine), "offset_ms": _median(mine, "offset_ms")})
    return {"after_losses": told}


def whole(moment_us: int, clock: OneClock) -> bool:
    """Tell whether both devices were there, long enough to be recorded again."""
    return not any(a - SECOND_US < moment_us < b + AFTER_LOSS_US for _, a, b in clock.away)


def near(moment_us: int, found: Sequence[int]) -> int | None:
    """Return the one of `found` that is nearest, if it is near."""
    best = min(found, key=lambda at: abs(at - moment_us), default=None)
    return best if best is not None and abs(best - moment_us) < NEAR_US else None


def flashes(path: Path) -> Iterator[float]:
    """Yield the media times at which the picture turns white."""
    was_white = True
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        stream.codec_context.thread_count = 1
        for frame in film.decode(stream):
            is_white = np.frombuffer(frame.planes[0], np.uint8)[::997].mean() > 128
            if is_white and not was_white and frame.time is not None:
                yield frame.time
            was_white = is_white


def listen(path: Path) -> tuple[list[float], list[float]]:
    """Return the media times at which clicks begin, and how long each silence is."""
    clicks: list[float] = []
    silences: list[float] = []
    loud_until, was_silent = 0.0, False
    with av.open(str(path)) as film:
        for frame in film.decode(film.streams.audio[0]):
            samples, begins = frame.to_ndarray()[0], float(frame.time or 0)
            loud = np.flatnonzero(np.abs(samples) > 0.1) / frame.sample_rate + begins
            if loud.size and loud[0] > loud_until + 0.3:
                clicks.append(float(loud[0]))
            loud_until = float(loud[-1]) if loud.size else loud_until
            for piece in np.array_split(np.abs(samples), 4):
                is_silent = bool(piece.max() < SILENT)
                if is_silent and not was_silent:
                    silences.append(0.0)
                if is_silent:
                    silences[-1] += piece.size / frame.sample_rate
                was_silent = is_silent
    return clicks, silences


def _median(events: Sequence[Event], name: str) -> float | None:
    return round(statistics.median(getattr(e, name) for e in events), 2) if events else None


if __name__ == "__main__":
    raise SystemExit(main())
