"""What each step of a picture, of sound and of a journal line costs, one at a time."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.clock import SECOND_US
from client.capture.screen import ScreenSource
from client.capture.screen.linux import open_x11
from client.contest.plan import Recording
from client.evidence.entries import Note
from client.evidence.journal import JournalWriter
from client.recorder.child.container import AAC_FRAME, Part, SoundShape
from client.recorder.child.encoder import VideoShape
from client.recorder.child.hints import Area
from client.recorder.child.picture import ScreenCanvas, to_i420
from tests.bench.desk import desk
from tests.bench.figures import table
from tests.bench.progress import Progress

TIMES, QUICK_TIMES = 200, 30
SETTINGS = Recording()
LETTER = Area(640, 480, 12, 18)
LINE = Area(320, 480, 640, 40)


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return 12 if args.quick else 30


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return milliseconds of processor time by step, the middle of many."""
    progress.begin("steps", seconds(args))
    folder.mkdir(parents=True)
    times = QUICK_TIMES if args.quick else TIMES
    found = {}
    with desk() as made:
        os.environ |= made.screen.environment
        for listen, way in ((True, "the server tells"), (False, "compared")):
            screen = open_x11(listen=listen)
            whole = screen.read()
            found[f"screen: read, nothing changed ({way})"] = cost(screen.read, times)
            if listen:
                found |= _pictures(folder, screen, whole, times)
            screen.close()
    found |= _camera(folder, times) | _sound(folder, times) | _journal(folder, times)
    for step, value in found.items():
        progress.say(f"{value:8.3f} ms  {step}")
    return found


def tables(results: dict[str, Any]) -> str:
    """Return the figures in Markdown."""
    return table(("step", "ms"), [[step, f"{value:.3f}"] for step, value in results.items()])


def cost(
    work: Callable[[], object], times: int, before: Callable[[], object] = lambda: None
) -> float:
    """Return the median of this thread's milliseconds for `work`, `before` left out."""
    spent = []
    for _ in range(times):
        before()
        start = time.thread_time_ns()
        work()
        spent.append(time.thread_time_ns() - start)
    return median(spent) / 1e6


def _pictures(
    folder: Path, screen: ScreenSource, whole: Sequence[Any], times: int
) -> dict[str, float]:
    """Convert and encode the desk as it is seen, changed by ourselves."""
    canvas = ScreenCanvas(screen.width, screen.height)
    found = {"screen: convert the whole desktop": cost(lambda: canvas.update(whole), times)}
    shape = VideoShape(screen.width, screen.height, SETTINGS.screen.fps, SETTINGS.screen.qp, 10_000)
    part = Part(folder / "screen-01.mp4", 0, shape, None)
    picture, moments = canvas.picture, _moments()
    noise = np.random.default_rng(1)

    def change(area: Area) -> None:
        place = picture[area.top : area.top + area.height, area.left : area.left + area.width]
        place[...] = noise.integers(0, 256, place.shape)

    def scroll() -> None:
        picture[: screen.height] = np.roll(picture[: screen.height], 64, axis=0)

    everywhere = [Area(0, 0, screen.width, screen.height)]
    part.add_picture(picture, next(moments), everywhere)
    found["screen: a still picture, written"] = cost(
        lambda: part.add_picture(picture, next(moments), []), times
    )
    for what, area in (("a letter, written", LETTER), ("a line of text, x264", LINE)):
        found[f"screen: {what}"] = cost(
            lambda area=area: part.add_picture(picture, next(moments), [area]),
            times,
            lambda area=area: change(area),
        )
    found["screen: a scrolled desktop, x264"] = cost(
        lambda: part.add_picture(picture, next(moments), everywhere), times // 4, scroll
    )
    part.close()
    keys = Part(
        folder / "screen-02.mp4", 0, VideoShape(*_size(screen), 10, SETTINGS.screen.qp, 0), None
    )
    found["screen: a key frame, x264"] = cost(
        lambda: keys.add_picture(picture, next(moments)), times // 4
    )
    keys.close()
    return found


def _size(screen: ScreenSource) -> tuple[int, int]:
    return screen.width, screen.height


def _camera(folder: Path, times: int) -> dict[str, float]:
    camera = SETTINGS.camera
    size = (camera.height, camera.width, 3)
    noise = np.random.default_rng(2)
    scene = cv2.GaussianBlur(noise.integers(0, 256, size, np.uint8), (31, 31), 12)
    grains = [
        np.clip(scene.astype(int) + noise.normal(0, 4, size), 0, 255).astype(np.uint8)
        for _ in range(8)
    ]
    jpegs = [cv2.imencode(".jpg", grain)[1] for grain in grains]
    shape = VideoShape(camera.width, camera.height, camera.fps, camera.crf, 10, camera.kbps)
    part, moments = Part(folder / "contest-01.mp4", 0, shape, None), _moments()
    turns = iter(range(1 << 30))
    pictures = [to_i420(grain) for grain in grains]
    found = {
        "camera: decode a JPEG of 1280x720": cost(
            lambda: cv2.imdecode(jpegs[next(turns) % 8], cv2.IMREAD_COLOR), times
        ),
        "camera: convert": cost(lambda: to_i420(grains[next(turns) % 8]), times),
        "camera: encode, x264": cost(
            lambda: part.add_picture(pictures[next(turns) % 8], next(moments)), times
        ),
    }
    part.close()
    return found


def _sound(folder: Path, times: int) -> dict[str, float]:
    sound = SETTINGS.sound
    part = Part(folder / "contest-02.mp4", 0, None, SoundShape(sound.rate, sound.kbps))
    block = np.random.default_rng(3).normal(0, 0.1, AAC_FRAME).astype(np.float32)
    found = {"sound: encode 1,024 samples, AAC": cost(lambda: part.add_sound(block, 0), times)}
    part.close()
    return found


def _journal(folder: Path, times: int) -> dict[str, float]:
    journal = JournalWriter(folder / "journal.jsonl", Ed25519PrivateKey.generate())
    note = Note(level="info", zh="一行", en="a line")
    found = {"journal: a line, signed and synced": cost(lambda: journal.append(note), times)}
    journal.close()
    return found


def _moments() -> Iterator[int]:
    return iter(range(0, 1 << 62, SECOND_US // 10))
