"""Screen, camera and sound together: what each track takes, and whether memory grows."""

from __future__ import annotations

import argparse
import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.contestants import Running, film_of, recording, variant
from tests.bench.cost import AROUND_S
from tests.bench.desk import SETTLES_S, desk
from tests.bench.figures import MEBI, MUST_HEAD, Must, scaled, shown, table
from tests.bench.measure import Plan, Span, Watched, a_minute, packets_of, watch
from tests.bench.proc import Memory, cpu_by_thread_name
from tests.bench.progress import Progress
from tests.devices import NetworkCamera, free_port, listens, restarting, sound_server, speech
from tests.devices import wait_until as wait_until_ready

SETTLED_S = 10.0
"""Memory is the middle of its readings over so long."""
CAMERA = "testsrc2=s=1280x720:r=15,gblur=sigma=2,noise=alls=10:allf=t"
"""Motion and noise as a camera has them, else a JPEG would be too cheap to decode."""


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return _plan(args).seconds + AROUND_S + SETTLES_S + 10


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return percent of one core by thread, memory and its growth."""
    plan = _plan(args)
    progress.begin("film", seconds(args))
    folder.mkdir(parents=True)
    threads: dict[float, dict[str, float]] = {}
    with desk() as made, sound_server() as sound, speech(sound), _camera(folder) as camera:
        words = ["--camera", camera.address, "--microphone", "default"]
        ours = variant(sound.environment, "tests.bench.named", *words)
        with recording(ours, made.screen, folder / "ours", made.environment) as recorder:
            watched, late = watch(
                recorder,
                made,
                recorder.started,
                plan,
                lambda moment: _note_threads(recorder, moment, plan.active, threads),
            )
            recorder.end()
    found = _found(recorder, watched, plan, threads) | {"late": late}
    progress.say(", ".join(f"{key} {value}" for key, value in found.items()))
    return found


def tables(results: dict[str, Any]) -> str:
    """Return the figures and what the issue asks, in Markdown."""
    named = sorted(results["threads"].items(), key=lambda item: -item[1])
    rows = [[name, f"{shown(percent)} %"] for name, percent in named if percent >= 0.01]
    rows.append(["whole tree", f"{shown(results['percent'])} %"])
    minutes, grown = results["minutes"], scaled(results["grown"], MEBI)
    musts = [
        Must("screen, camera and sound, active minute", 25, results["percent"], " % of a core"),
        Must("memory of the tree (PSS)", 250, results["pss"] / MEBI, " MiB"),
        Must(f"growth of private memory from minute 2 to minute {minutes:.3g}", 5, grown, " MiB"),
    ]
    files = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in results["files"].items())
    about = f"{files}; {results['pictures']} camera pictures in {minutes:.3g} minutes."
    body = [table(("thread", "of a core"), rows), about]
    return "\n\n".join([*body, table(MUST_HEAD, [must.cells() for must in musts])])


def _plan(args: argparse.Namespace) -> Plan:
    if args.quick:
        return Plan(None, (5.0, 25.0), 5.0)
    return Plan(None, (60.0, 120.0), 0.0, until=args.minutes * 60.0)


def _note_threads(
    recorder: Running, moment: float, span: Span | None, threads: dict[float, dict[str, float]]
) -> None:
    if span is not None and moment in span:
        threads[moment] = cpu_by_thread_name(recorder.process.pid)


def _found(
    recorder: Running, watched: Watched, plan: Plan, threads: dict[float, dict[str, float]]
) -> dict[str, Any]:
    start, end = plan.active or (0.0, 0.0)
    percent = 100 / (end - start)
    session = recorder.folder / "session"
    cost = a_minute(plan.active, watched.times, watched.cpu) or 0.0
    middles = [middle_private(watched.memory, moment) for moment in (end, plan.seconds)]
    return {
        "percent": cost * 100 / 60,
        "threads": {
            name: (taken - threads[start].get(name, 0.0)) * percent
            for name, taken in threads[end].items()
        },
        "pss": max(memory.pss for _, memory in watched.memory),
        "grown": middles[1] - middles[0] if plan.seconds > end else None,
        "minutes": plan.seconds / 60,
        "pictures": len(packets_of(film_of(session))),
        "files": {path.name: path.stat().st_size for path in sorted(session.glob("*.mp4"))},
    }


def middle_private(readings: list[tuple[float, Memory]], moment: float) -> float:
    """Return the middle of the private memory in the 10 s before `moment`."""
    return median(
        memory.private for at, memory in readings if moment - SETTLED_S < at <= moment + 0.5
    )


@contextlib.contextmanager
def _camera(folder: Path) -> Iterator[NetworkCamera]:
    """Serve a clip over and over; made before, so that serving takes next to nothing."""
    clip, port = folder / "camera.avi", free_port()
    made = ["-f", "lavfi", "-i", CAMERA, "-t", "10", "-c:v", "mjpeg", "-q:v", "5"]
    subprocess.run(["ffmpeg", "-v", "error", *made, str(clip)], check=True)
    command = ["ffmpeg", "-nostdin", "-v", "fatal", "-re", "-stream_loop", "-1", "-i", str(clip)]
    command += ["-c", "copy", "-flush_packets", "1", "-f", "mpjpeg", "-listen", "1"]
    address = f"http://127.0.0.1:{port}/cam.mjpg"
    with restarting(*command, address) as processes:
        wait_until_ready(lambda: listens(port), processes[0])
        yield NetworkCamera(address, processes)
