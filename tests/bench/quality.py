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
from tests.bench.measure import first_moment, packets_of
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
READ_STATES = (0,)
"""In these the paper's text can be seen."""
PAPER = (slice(60, 780), slice(940, 1920))
"""Where on the form it is."""
START_S = 3.0


@dataclass(frozen=True)
class Still:
    """The desk at one moment."""

    moment: float
    picture: Picture
    is_text: bool


def seconds(args: argparse.Namespace) -> float:
    """Return about how long it takes."""
    return len(args.only) * (START_S + len(STATES) * HELD_S + 40) + SETTLES_S


def measure(args: argparse.Namespace, folder: Path, progress: Progress) -> dict[str, Any]:
    """Return SSIM and read characters by recorder."""
    found: dict[str, Any] = {}
    with desk() as made:
        for name in args.only:
            progress.begin(f"quality {name}", START_S + len(STATES) * HELD_S + 40)
            found[name] = _judge(CONTESTANTS[name], made, folder / name)
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


def _judge(contestant: Contestant, made: Desk, folder: Path) -> dict[str, Any]:
    made.rest()
    with recording(contestant, made.screen, folder, made.environment) as recorder:
        wait_until(now() + START_S)
        stills = _go_through_states(made)
        recorder.end()
    packets = packets_of(recorder.file)
    zero = first_moment(recorder, packets) - packets[0]
    decoded = pictures_at(recorder.file, [still.moment - zero for still in stills])
    found = [ssim(a, still.picture, folder) for a, still in zip(decoded, stills, strict=True)]
    reader = Reader()
    text = [(a, s.picture) for a, s in zip(decoded, stills, strict=True) if s.is_text]
    return {
        "ssim": mean(found),
        "ssim_least": min(found),
        "read": sum(reader.characters(a) for a, _ in text),
        "read_lossless": sum(reader.characters(b) for _, b in text),
        "printed": len(text) * sum(reader.printed.values()),
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
                stills.append(Still(moment, shot, number in READ_STATES))
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


def ssim(one: Picture, other: Picture, folder: Path) -> float:
    """Return the structural similarity of two pictures, 1 where they are the same."""
    names = [folder / "one.png", folder / "other.png"]
    for name, picture in zip(names, (one, other), strict=True):
        cv2.imwrite(str(name), picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    graph = "[0:v]format=yuv420p[a];[1:v]format=yuv420p[b];[a][b]ssim"
    command = ["ffmpeg", "-nostdin", "-i", names[0], "-i", names[1], "-lavfi", graph]
    said = subprocess.run(
        [*command, "-f", "null", "-"], check=True, capture_output=True, text=True
    ).stderr
    for name in names:
        name.unlink()
    return parse_ssim(said)


def parse_ssim(said: str) -> float:
    """Return the figure over all planes in what ffmpeg's filter said."""
    found = re.search(r"SSIM .*All:([0-9.]+)", said)
    if found is None:
        raise ValueError(said[-500:])
    return float(found[1])


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
