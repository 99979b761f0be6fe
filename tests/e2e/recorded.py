"""Looks at a session's files from outside: with ffmpeg's tools, numpy and plain file comparison."""

from __future__ import annotations

import functools
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from client.base.clock import SECOND_US
from client.evidence.entries import Part, Value
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder

Entry = TypeVar("Entry", bound=Value)
SMALL = (64, 36)
RATE = 48_000
_FFPROBE = ("ffprobe", "-v", "error")
_FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-i")
_PACKET = "codec_type,pts_time,duration_time"
_FRAME_TIMES = ("-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "csv=p=0")
_GREY = f"scale={SMALL[0]}:{SMALL[1]}:flags=area,format=gray"
_AS_SMALL_PICTURES = ("-map", "0:v", "-vsync", "0", "-vf", _GREY, "-f", "rawvideo", "-")
_AS_SAMPLES = ("-map", "0:a", "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-")
_KEEP_TIMES = ("-fps_mode", "passthrough", "-enc_time_base:v", "-1", "-f", "null", "-")
"""Decode into nothing without rounding picture times to a frame rate."""


def lines(folder: Path) -> list[Line]:
    """Return the journal's lines; one that a kill tore is left out (`verify` judges it)."""
    found = read_journal(SessionFolder(folder).journal)
    return [line for line in found if isinstance(line, Line)]


def entries(folder: Path, kind: type[Entry]) -> list[Entry]:
    """Return all entries of one kind that can be read now, in order."""
    return [line.entry for line in lines(folder) if isinstance(line.entry, kind)]


def part_of(folder: Path, name: str) -> Part:
    """Return the line that begins a track file."""
    return next(part for part in entries(folder, Part) if part.file == name)


def tracks(folder: Path) -> list[Path]:
    """Return the track files."""
    return SessionFolder(folder).tracks()


@functools.cache
def streams(path: Path) -> dict[str, tuple[float, float]]:
    """Return the media time of first and last packet's end of each stream, as ffprobe sees it."""
    shown = subprocess.run(
        [*_FFPROBE, "-of", "json", "-show_entries", f"packet={_PACKET}", str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert shown.stderr == "", f"{path.name}: {shown.stderr}"
    spans: dict[str, tuple[float, float]] = {}
    for packet in json.loads(shown.stdout)["packets"]:
        start = float(packet["pts_time"])
        end = start + float(packet.get("duration_time", 0))
        first, last = spans.get(packet["codec_type"], (start, end))
        spans[packet["codec_type"]] = (min(first, start), max(last, end))
    return spans


def complaints(path: Path) -> str:
    """Decode every frame with ffmpeg and return what it had to complain about."""
    done = subprocess.run(
        [*_FFMPEG, str(path), "-xerror", *_KEEP_TIMES],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stderr + (f"exit code {done.returncode}" if done.returncode else "")


def assert_every_track_decodes(folder: Path) -> None:
    """ffprobe reads every packet, ffmpeg decodes every frame, and neither says a word."""
    found = tracks(folder)
    assert found
    for path in found:
        assert streams(path), path.name
        said = complaints(path)
        assert not said, f"{path.name}: {said}"


def span_us(folder: Path, path: Path, kind: str) -> tuple[int, int]:
    """Return first and last moment of a stream on the session's monotonic clock."""
    epoch = part_of(folder, path.name).epoch_us
    start, end = streams(path)[kind]
    return epoch + round(start * SECOND_US), epoch + round(end * SECOND_US)


def pictures(path: Path) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield each picture's media time, and itself as small grey (36, 64) bytes."""
    width, height = SMALL
    times = subprocess.run(
        [*_FFPROBE, *_FRAME_TIMES, str(path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    raw = subprocess.run(
        [*_FFMPEG, str(path), *_AS_SMALL_PICTURES],
        check=True,
        capture_output=True,
    ).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, height, width)
    assert len(frames) == len(times), path.name
    for time, frame in zip(times, frames, strict=True):
        yield float(time.strip(",")), frame


def flashes(path: Path) -> list[float]:
    """Return the media times at which the picture turns from black to white."""
    found, was_white = [], True
    for time, frame in pictures(path):
        is_white = float(frame.mean()) > 128
        if is_white and not was_white:
            found.append(time)
        was_white = is_white
    return found


def clicks(path: Path) -> list[float]:
    """Return the media times of the first loud sample after 0.3 s of quiet."""
    raw = subprocess.run(
        [*_FFMPEG, str(path), *_AS_SAMPLES],
        check=True,
        capture_output=True,
    ).stdout
    begins = streams(path)["audio"][0]
    loud = np.flatnonzero(np.abs(np.frombuffer(raw, np.float32)) > 0.1)
    starts = loud[1:][np.diff(loud) > 0.3 * RATE]
    return [begins + start / RATE for start in starts.tolist()]


def assert_same_files(folder: Path, copy: Path) -> None:
    """Every file of the session that has bytes is the same at the organizer's."""
    names = {path.name for path in folder.iterdir() if path.stat().st_size}
    assert {"journal.jsonl", "seal.json", "plan.json"} <= names
    for name in sorted(names - {"receipts.jsonl"}):
        assert (copy / name).read_bytes() == (folder / name).read_bytes(), name


def findings(report: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """Return a report's findings with this code."""
    return [finding for finding in report["findings"] if finding["code"] == code]
