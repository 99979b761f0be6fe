"""Our recorder against FFmpeg's gdigrab on the same Windows desktop: `make windows-bench`.

Both record the same window at work in the lab, one after the other, at the same rate. What counts
is the processor time between two moments of the run, start-up left out, seen from outside the lab.
GDI costs others time too: wineserver (Windows' kernel and desktop) and the X server.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from machine import Machine
from run import find_lab
from shared import say

SIZE = "1920x1080"
FPS = 10
STARTS_S = 25.0
"""Loading Python and its libraries takes so long in Wine, on a busy machine."""
HERE = r"Z:\project\packaging\windows"


def main() -> int:
    """Print the table as JSON; 2 where there is no lab, 1 where a recorder did not run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=30, help="measured of each, default 30")
    parser.add_argument("--rounds", type=int, default=3, help="default 3; medians are printed")
    args = parser.parse_args()
    lab = find_lab()
    if lab is None:
        return 2
    length = str(round(STARTS_S + args.seconds + 15))
    recorders = {
        "saijian": [
            *("python", "-m", "client", "record", "--out", r"Z:\share\{name}"),
            *("--seconds", length, "--fps", str(FPS), "--no-camera", "--no-audio"),
        ],
        "gdigrab": [
            *("python", rf"{HERE}\gdigrab_recorder.py", length, str(FPS), r"Z:\share\{name}.mp4"),
        ],
    }
    found: dict[str, list[dict[str, float]]] = {name: [] for name in recorders}
    with tempfile.TemporaryDirectory(prefix="saijian-gdigrab-") as share:
        for number in range(args.rounds):
            for name, words in recorders.items():
                target = f"{name}-{number}"
                command = [word.format(name=target) for word in words]
                with (
                    Machine(lab, {"/share": share}) as machine,
                    machine.display(SIZE),
                    work(machine),
                ):
                    figures = measured(machine, command, target, args.seconds)
                if figures is None:
                    say(f"{name} 没有运行。", f"{name} did not run.")
                    return 1
                figures["bytes"] = float(sum(size_of(Path(share), target)))
                print(f"     {target}: {figures}", flush=True)
                found[name].append(figures)
    print(json.dumps(table(found, args.seconds), indent=1))
    return 0


@contextlib.contextmanager
def work(machine: Machine) -> Iterator[None]:
    """Have a window at work on the machine's screen."""
    words = machine.words(
        ["wine", r"C:\Python312\python.exe", rf"{HERE}\desk_work.py"],
        environment={"QT_QPA_PLATFORM": "windows"},
    )
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        if process.stdout is None or b"shown" not in process.stdout.readline():
            raise RuntimeError("no window")
        time.sleep(2)
        yield
    finally:
        process.kill()
        process.wait()


def measured(
    machine: Machine, command: list[str], target: str, seconds: float
) -> dict[str, float] | None:
    """Run a recorder and return processor seconds a minute: its own, and those it caused."""
    words = machine.words(["wine", r"C:\Python312\python.exe", *command[1:]], folder="/project")
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(STARTS_S)
        first = spent(machine, target)
        time.sleep(seconds)
        last = spent(machine, target)
        if process.poll() is not None or not first["own"]:
            return None
        process.wait(120)
    finally:
        process.kill()
        process.wait()
    return {name: round((last[name] - first[name]) * 60 / seconds, 2) for name in first}


def spent(machine: Machine, target: str) -> dict[str, float]:
    """Return processor seconds so far of the recorder, of wineserver and of the X server."""
    sums = {"own": 0.0, "wineserver": 0.0, "x": 0.0}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            line = process.cmdline()
            used = process.cpu_times()
            seconds = used.user + used.system
            if not machine.holds(process.pid):
                continue
            if any(word.endswith((target, f"{target}.mp4")) for word in line):
                sums["own"] += seconds
            elif "wineserver" in " ".join(line[:1]):
                sums["wineserver"] += seconds
    sums["x"] = x_seconds()
    return sums


def x_seconds() -> float:
    """Return the processor seconds of the X server that we started for the machine."""
    ours = (child for child in psutil.Process().children() if child.name() == "Xvfb")
    return sum(used.user + used.system for used in (child.cpu_times() for child in ours))


def size_of(share: Path, target: str) -> Iterator[int]:
    """Yield the sizes of what a recorder wrote."""
    for path in share.rglob("*.mp4"):
        if target in str(path.relative_to(share)):
            yield path.stat().st_size


def table(found: dict[str, list[dict[str, float]]], seconds: float) -> dict[str, object]:
    """Return medians and the ratio of ours to gdigrab's."""
    medians = {
        name: {key: sorted(r[key] for r in rounds)[len(rounds) // 2] for key in rounds[0]}
        for name, rounds in found.items()
    }
    ours, theirs = medians["saijian"], medians["gdigrab"]
    return {
        "cpu_seconds_a_minute": medians,
        "ratio_own": round(ours["own"] / theirs["own"], 3),
        "ratio_with_wineserver_and_x": round(
            sum(ours[k] for k in ("own", "wineserver", "x"))
            / sum(theirs[k] for k in ("own", "wineserver", "x")),
            3,
        ),
        "seconds": seconds,
        "size": SIZE,
        "fps": FPS,
    }


if __name__ == "__main__":
    sys.exit(main())
