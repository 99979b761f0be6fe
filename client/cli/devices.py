"""`saijian devices`: what could be recorded here, and a second's test of each.

Each test is a process of its own: a driver that hangs or crashes takes nothing along.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from client.base.job import helper
from client.base.process import own_command
from client.base.text import Text
from client.capture.devices import CameraInfo, DeviceListing, MicrophoneInfo, list_devices
from client.capture.trial import Kind, Trial, try_device
from client.cli.say import show_json

LIMIT_S = 20.0
"""So long a test may take, the start of its process on a slow computer included."""
SOURCE_WORDS = {
    "real": Text("", ""),
    "loopback": Text("本机回放", "this computer's own output"),
    "virtual": Text("虚拟设备", "virtual"),
    "simulated": Text("模拟", "simulated"),
}
HANGS = Text(f"{LIMIT_S:.0f} 秒内没有反应。", f"It did not answer within {LIMIT_S:.0f} seconds.")
CRASHED = Text("测试时驱动程序崩溃。", "Its driver crashed in the test.")
Tester = Callable[[Kind, str], Trial]
Key = tuple[Kind, str]


def run(args: argparse.Namespace) -> int:
    """Print the listing; 0 also when nothing was found or nothing works: the listing says so."""
    if args.test_one:
        kind, _, name = args.test_one.partition(":")
        show_json(try_device(kind, name, args.seconds).to_json())
        return 0
    listing = list_devices()
    trials = {} if args.no_test else try_all(listing, in_a_process)
    if args.json:
        print(json.dumps(to_json(listing, trials), ensure_ascii=False, indent=1))
    else:
        print(say(listing, trials))
    return 0


@dataclass(frozen=True)
class _Listed:
    """One device of the listing: its key, and how a person knows it."""

    key: Key
    label: str


def _listed(listing: DeviceListing) -> Iterator[_Listed]:
    for screen in listing.screens:
        yield _Listed(("screen", screen.name), screen.name)
    for camera in listing.cameras:
        yield _Listed(_camera_key(camera), camera.name)
    for microphone in listing.microphones:
        yield _Listed(_microphone_key(microphone), microphone.label)


def _camera_key(camera: CameraInfo) -> Key:
    return "camera", str(camera.index)


def _microphone_key(microphone: MicrophoneInfo) -> Key:
    return "microphone", microphone.name


def try_all(listing: DeviceListing, tester: Tester) -> dict[Key, Trial]:
    """Test one device after the other; a terminal is told which one it is."""
    trials = {}
    for device in _listed(listing):
        _progress(Text(f"正在测试：{device.label}", f"testing: {device.label}").say())
        trials[device.key] = tester(*device.key)
    _progress("")
    return trials


def _progress(line: str) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)


def in_a_process(kind: Kind, name: str) -> Trial:
    """Test a device in a process that is ended when it takes too long."""
    command = own_command("devices", "--json", "--test-one", f"{kind}:{name}")
    return outcome_of(command, LIMIT_S)


def outcome_of(command: list[str], limit_s: float) -> Trial:
    """Run a test and return what it printed; never longer than `limit_s`.

    Waited for in a thread: a process that hangs in its driver cannot even be killed.
    """
    found: list[Trial] = []

    def wait() -> None:
        with helper(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            try:
                said, _ = process.communicate(timeout=limit_s)
            except subprocess.TimeoutExpired:
                return
            found.append(_understood(said))

    waiting = threading.Thread(target=wait, name="device-test", daemon=True)
    waiting.start()
    waiting.join(limit_s + 1)
    return found[0] if found else Trial(error=HANGS)


def _understood(said: bytes) -> Trial:
    try:
        return Trial.of_json(json.loads(said))
    except (ValueError, KeyError, TypeError):
        return Trial(error=CRASHED)


def to_json(listing: DeviceListing, trials: dict[Key, Trial]) -> dict[str, Any]:
    """Return the listing for programs; `problems` are sentences in both languages.

    Each device has its `test`, null where none was made.
    """
    document = asdict(listing)
    document["problems"] = [problem._asdict() for problem in listing.problems]
    devices = [*document["screens"], *document["cameras"], *document["microphones"]]
    for device, listed in zip(devices, _listed(listing), strict=True):
        trial = trials.get(listed.key)
        device["test"] = trial.to_json() if trial else None
    return document


def say(listing: DeviceListing, trials: dict[Key, Trial]) -> str:
    """Return the listing for a person."""
    lines = [Text("屏幕", "Screen").say()]
    for screen in listing.screens:
        lines.append(f"  {screen.name}  {screen.width}x{screen.height}{_origin(screen.origin)}")
        lines += _found(trials.get(("screen", screen.name)), _say_screen)
    lines.append(Text("摄像头", "Cameras").say())
    for camera in listing.cameras:
        lines.append(f"  {camera.index}  {camera.name}{_origin(camera.origin)}")
        lines += _found(trials.get(_camera_key(camera)), _say_camera)
    lines.append(Text("麦克风", "Microphones").say())
    for microphone in listing.microphones:
        rate, origin = _rate(microphone.rate), _origin(microphone.origin)
        lines.append(f"  {microphone.label}{rate}{origin}")
        lines += _found(trials.get(_microphone_key(microphone)), _say_microphone)
    return "\n".join([*lines, *(problem.say() for problem in listing.problems)])


def _found(trial: Trial | None, say_figures: Callable[[dict[str, float]], Text]) -> Iterator[str]:
    """Yield the lines under a device: what was measured, then what is wrong."""
    if trial is None:
        return
    if trial.error is not None:
        yield f"      {Text('不可用：', 'does not work: ').say()}{trial.error.say()}"
        return
    yield f"      {say_figures(trial.figures).say()}"
    for warning in trial.warnings:
        yield f"      {Text('注意：', 'look: ').say()}{warning.say()}"


def _say_screen(seen: dict[str, float]) -> Text:
    size, ms = f"{seen['width']:.0f}x{seen['height']:.0f}", f"{seen['ms']:.1f} ms"
    return Text(
        f"{size}，截取一次 {ms}（第一次 {seen['first_ms']:.0f} ms）",
        f"{size}, {ms} a grab (the first {seen['first_ms']:.0f} ms)",
    )


def _say_camera(seen: dict[str, float]) -> Text:
    size, light = f"{seen['width']:.0f}x{seen['height']:.0f}", round(seen["brightness"] / 2.55)
    return Text(
        f"{size}，每秒 {seen['fps']:.1f} 帧，亮度 {light}%",
        f"{size}, {seen['fps']:.1f} pictures a second, brightness {light}%",
    )


def _say_microphone(seen: dict[str, float]) -> Text:
    return Text(
        f"{seen['rate']:.0f} Hz，最大音量 {seen['peak_db']:.0f} dB",
        f"{seen['rate']:.0f} Hz, peak {seen['peak_db']:.0f} dB",
    )


def _rate(rate: int) -> str:
    return f"  {rate} Hz" if rate else ""


def _origin(origin: str) -> str:
    word = SOURCE_WORDS[origin].say()
    return f"  [{word}]" if word else ""
