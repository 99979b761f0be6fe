"""How good the pictures are: each recorder's against lossless ones of the same moments.

The desk is put into one state after another and left alone. While it is still, a lossless picture
is grabbed, and the recording's picture of that moment is compared with it: by SSIM (ffmpeg's
filter, on 4:2:0) and by what OCR reads of text of 12 pixels.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import av
import cv2
import mss
import numpy as np
from numpy.typing import NDArray

from tests.bench.clock import now, wait_until
from tests.bench.contestants import CONTESTANTS, Contestant, recording
from tests.bench.desk import PAGES, SETTLES_S, Desk, desk
from tests.bench.figures import MUST_HEAD, Must, shown, table
from tests.bench.measure import FAILURES, first_moment, packets_of
from tests.bench.progress import Progress

Picture = NDArray[np.uint8]
"""(height, width, 3) in BGR."""
STATES: tuple[tuple[object, ...], ...] = (
    ("key", "ctrl+1"),
    ("key", "ctrl+2"),
    ("click", "--repeat", 5, "--delay", 40, 5),
    ("click", "--repeat", 7, "--delay", 40, 5),
    ("key", "ctrl+3", "sleep", 0.3, "key", "Return"),
    ("type", "--delay", 30, "20358\n41776\n90931\n86420\n"),
    ("key", "ctrl+1", "sleep", 0.3, "mousemove", 400, 260, "click", 1),
    ("type", "--delay", 30, "dianzi shangwu shuju fenxi "),
)
"""What xdotool does, to come from each state to the next."""
LOOKS_S = (0.7, 1.5)
"""A state is looked at so long after xdotool was done."""
HELD_S = 2.3
READ_STATE = 0
"""In this one the paper's text is read."""
PAPER = (slice(60, 780), slice(940, 1920))
"""Where on the form it is."""
START_S = 3.0
JUDGED_S = 20.0
LEGIBLE = 0.9
"""So much of the paper must be read on a lossless picture, or the reading proves nothing."""


@dataclass(frozen=True)
class Still:
    """The desk at one moment."""

    moment: float
    picture: Picture
    is_text: bool


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return len(_names(args)) * (START_S + len(STATES) * HELD_S + JUDGED_S) + SETTLES_S


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return SSIM and read characters by recorder."""
    found: dict[str, Any] = {}
    reader = Reader()
    with desk() as made:
        for name in _names(args):
            progress.begin(f"quality {name}", START_S + len(STATES) * HELD_S + JUDGED_S)
            try:
                found[name] = _judge(CONTESTANTS[name], made, folder / name, reader)
            except FAILURES as error:
                progress.say(f"{name}: {error}")
                continue
            progress.say(", ".join(f"{key} {value}" for key, value in found[name].items()))
    return found


def tables(results: dict[str, Any]) -> str:
    """Return what was found and what the issue asks, in Markdown."""
    head = ("recorder", "SSIM mean", "SSIM least", "characters read", "of those on lossless")
    rows = [
        [
            CONTESTANTS[name].title,
            shown(one["ssim"], 4),
            shown(one["ssim_least"], 4),
            f"{one['read']} / {one['read_lossless']} / {one['printed']}",
            f"{shown(100 * one['read'] / one['read_lossless'], 1)} %",
        ]
        for name, one in results.items()
    ]
    musts = []
    for name in (name for name in ("ours", "ours-compare") if name in results):
        one = results[name]
        share = 100 * one["read"] / one["read_lossless"]
        musts.append(Must(f"SSIM, {name}", 0.985, one["ssim"], sense="at least"))
        musts.append(Must(f"12-pixel text read, {name}", 98, share, " %", "at least"))
    return f"{table(head, rows)}\n\n{table(MUST_HEAD, [must.cells() for must in musts])}"


def _names(args: argparse.Namespace) -> list[str]:
    return args.only[:1] if args.quick else args.only


def _judge(contestant: Contestant, made: Desk, folder: Path, reader: Reader) -> dict[str, Any]:
    made.rest()
    with recording(contestant, made.screen, folder, made.environment) as recorder:
        wait_until(now() + START_S)
        stills = _go_through_states(made)
        recorder.end()
    packets = packets_of(recorder.file)
    zero = first_moment(recorder, packets) - packets[0]
    decoded = pictures_at(recorder.file, [still.moment - zero for still in stills])
    found = ssim(decoded, [still.picture for still in stills], folder)
    ((recorded, lossless),) = (
        (picture, still.picture)
        for picture, still in zip(decoded, stills, strict=True)
        if still.is_text
    )
    readable = reader.characters(lossless)
    if readable < LEGIBLE * reader.printed.total():
        raise LookupError(f"{readable} characters on a lossless picture: nothing can be told")
    return {
        "ssim": mean(found),
        "ssim_least": min(found),
        "read": reader.characters(recorded),
        "read_lossless": readable,
        "printed": reader.printed.total(),
    }


def _go_through_states(made: Desk) -> list[Still]:
    stills = []
    with mss.MSS(with_cursor=True, display=made.screen.name) as grabber:
        for number, words in enumerate(STATES):
            made.xdotool(*words)
            done = now()
            for look in LOOKS_S:
                wait_until(done + look)
                moment = now()
                shot = np.asarray(grabber.grab(grabber.monitors[0]))[:, :, :3].copy()
                is_text = number == READ_STATE and look == LOOKS_S[0]
                stills.append(Still(moment, shot, is_text))
            wait_until(done + HELD_S)
    made.rest()
    return stills


def pictures_at(file: Path, times: list[float]) -> list[Picture]:
    """Return the picture that a player shows at each of these times, which ascend."""
    shown_then: list[Picture] = []
    with av.open(str(file)) as container:
        latest = None
        for frame in container.decode(video=0):
            while latest is not None and len(shown_then) < len(times) and frame.time is not None:
                if frame.time <= times[len(shown_then)]:
                    break
                shown_then.append(latest.to_ndarray(format="bgr24"))
            latest = frame
        if latest is None:
            raise LookupError(f"{file} holds no picture")
        while len(shown_then) < len(times):
            shown_then.append(latest.to_ndarray(format="bgr24"))
    return shown_then


def ssim(pictures: list[Picture], others: list[Picture], folder: Path) -> list[float]:
    """Return the structural similarity of each pair, 1 where they are the same."""
    height, width = pictures[0].shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-video_size", f"{width}x{height}"]
    command = ["ffmpeg", "-nostdin", "-v", "error"]
    for name, side in (("recorded.raw", pictures), ("lossless.raw", others)):
        with (folder / name).open("wb") as file:
            for picture in side:
                file.write(picture.tobytes())
        command += [*raw, "-i", str(folder / name)]
    graph = "[0:v]format=yuv420p[a];[1:v]format=yuv420p[b];[a][b]ssim=stats_file=-"
    done = subprocess.run(
        [*command, "-lavfi", graph, "-f", "null", "/dev/null"],
        check=True,
        capture_output=True,
        text=True,
    )
    for name in ("recorded.raw", "lossless.raw"):
        (folder / name).unlink()
    return parse_ssim(done.stdout, len(pictures))


def parse_ssim(said: str, count: int) -> list[float]:
    """Return the figures over all planes that ffmpeg's filter wrote; there must be `count`."""
    found = [float(figure) for figure in re.findall(r"^n:\d+ .*All:([0-9.]+)", said, re.MULTILINE)]
    if len(found) != count:
        raise ValueError(f"{count} pictures, but: {said[-500:]}")
    return found


class Reader:
    """Reads the contest paper off a picture of the desk."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._read = RapidOCR(params={"Global.log_level": "critical"})
        lines = re.findall(r'^  "(.*)",$', (PAGES / "text.js").read_text("utf-8"), re.MULTILINE)
        self.printed = characters_of(lines)

    def characters(self, picture: Picture) -> int:
        """Return how many characters of the paper were found."""
        page = picture[PAPER]
        large = cv2.resize(page, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        found = self._read(large)
        return (characters_of(found.txts or ()) & self.printed).total()


def characters_of(lines: Iterable[str]) -> Counter[str]:
    """Count letters, digits and Chinese characters; punctuation is read too variously."""
    return Counter(character for line in lines for character in line if character.isalnum())
