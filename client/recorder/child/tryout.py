"""Tries out what drivers offer, each in a short-lived process of its own: a bad one ends just that.

`saijian tryout ENCODER WIDTH HEIGHT RECORDING` encodes ten seconds of contest work and some of a
noisy camera as the recorder would, and decodes them again. `saijian tryout duplication FPS` holds
Windows' Desktop Duplication against GDI. Either prints one JSON object.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from av.codec.context import CodecContext

from client.base.clock import SECOND_US
from client.base.errors import DeviceError
from client.base.job import helper
from client.base.process import own_command
from client.base.text import Text
from client.capture.screen import ScreenSource
from client.capture.screen.proof import Look, proved
from client.contest.capability import Capture, Reason, Tried
from client.contest.plan import Recording
from client.recorder.child.encoder import (
    I420,
    VIDEO_CLOCK,
    Encoded,
    EncoderFailedError,
    VideoEncoder,
    VideoShape,
)
from client.recorder.child.filler import STILL_US
from client.recorder.child.hints import Area
from client.recorder.child.picture import ScreenCanvas
from client.recorder.child.workload import CYCLE_S, MadeUpScreen, WorkedScreen
from client.recorder.setup import X264, Encoders

DUPLICATION: Capture = "duplication"
READS = 20
"""Pictures that are fetched to see what one costs."""
CANDIDATES: dict[str, tuple[str, ...]] = {
    "win32": ("h264_nvenc", "h264_qsv", "h264_amf"),
    "linux": ("h264_nvenc", "h264_qsv"),
}
DRIVERS: dict[str, dict[str, str]] = {
    "win32": {"h264_nvenc": "nvEncodeAPI64.dll", "h264_amf": "amfrt64.dll"},
    "linux": {"h264_nvenc": "nvidiactl", "h264_qsv": "dri/renderD*"},
}
"""What FFmpeg loads from System32, or opens below /dev: without it no process is started.

Quick Sync on Windows lies in a folder of its driver's own, and is always tried.
"""
LIMIT_S = 8.0
"""A driver that takes longer to open and encode five seconds is none for us."""
CHEAPER = 0.8
"""Hardware is chosen where it takes at most this part of x264's processor time."""
LARGER = 1.5
"""And at most so many times its bytes."""
OPENS_S = 0.5
"""And opens so fast that the first picture does not wait for it."""
CAMERA_S = 4
NO_DRIVER = Text("没有它的驱动程序", "its driver is not installed")
LEAST_DB = 30.0
"""What comes out of the decoder is at least so near to what went in (PSNR of the luma)."""


class Cost(NamedTuple):
    """What an encoder takes for one second of a recording."""

    cpu_ms: float
    bytes: int


class Trial(NamedTuple):
    """What the process of one encoder found."""

    opened_s: float
    screen: Cost
    camera: Cost


class TryOutError(Exception):
    """The encoder is of no use here, and why."""

    def __init__(self, why: Text) -> None:
        """Say why, for a person."""
        super().__init__(why.en)
        self.why = why


# ---- the bench's side ----------------------------------------------------------------------------


def choose(
    recording: Recording, width: int, height: int, tell: Callable[[Text], None]
) -> tuple[Encoders, tuple[Tried, ...]]:
    """Return what shall encode screen and camera here, and what was found of each candidate."""
    found: dict[str, Trial | Text] = {}
    for name in CANDIDATES.get(sys.platform, ()):
        if not has_driver(name):
            found[name] = NO_DRIVER
            continue
        tell(Text(f"试用硬件编码器 {name}。", f"Trying the hardware encoder {name}."))
        found[name] = attempt(name, recording, width, height)
    working = {name: trial for name, trial in found.items() if isinstance(trial, Trial)}
    plain = attempt(X264, recording, width, height) if working else None
    return decide(found, plain)


def has_driver(name: str) -> bool:
    """Tell whether what the encoder needs of its driver is there; no driver is loaded for that."""
    pattern = DRIVERS.get(sys.platform, {}).get(name)
    return pattern is None or any(_place_of_drivers().glob(pattern))


def _place_of_drivers() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32")
    return Path("/dev")


def decide(
    found: dict[str, Trial | Text], plain: Trial | Text | None
) -> tuple[Encoders, tuple[Tried, ...]]:
    """Choose by what was measured; `plain` is x264 on the same work."""
    chosen = {"screen": X264, "camera": X264}
    best = {"screen": 1.0, "camera": 1.0}
    tried = []
    for name, trial in found.items():
        if not isinstance(trial, Trial) or not isinstance(plain, Trial):
            why = trial if isinstance(trial, Text) else Text("无法比较", "nothing to compare with")
            tried.append(Tried(name=name, works=False, reason=_reason(why)))
            continue
        parts = []
        for part in ("screen", "camera"):
            mine, x264 = getattr(trial, part), getattr(plain, part)
            ratio = mine.cpu_ms / x264.cpu_ms if x264.cpu_ms else 1.0
            parts.append(f"{part} {ratio:.0%}")
            fits = trial.opened_s <= OPENS_S and mine.bytes <= LARGER * x264.bytes
            if fits and ratio <= CHEAPER and ratio < best[part]:
                chosen[part], best[part] = name, ratio
        cost = ", ".join(parts)
        said = Text(
            f"可用；占 x264 处理器时间的比例：{cost}；打开用时 {trial.opened_s:.1f} 秒",
            f"works; part of x264's processor time: {cost}; opened in {trial.opened_s:.1f} s",
        )
        tried.append(Tried(name=name, works=True, reason=_reason(said)))
    return Encoders.model_validate(chosen), tuple(tried)


def attempt(name: str, recording: Recording, width: int, height: int) -> Trial | Text:
    """Run the process of one encoder; its result, or why there is none."""
    try:
        return read_trial(_result_of(name, str(width), str(height), recording.model_dump_json()))
    except TryOutError as error:
        return error.why


def choose_capture(fps: int, tell: Callable[[Text], None]) -> tuple[Capture, tuple[Tried, ...]]:
    """Return how the desktop shall be fetched here, and what was found."""
    if sys.platform != "win32":
        return "usual", ()
    tell(Text("试用桌面复制（Desktop Duplication）。", "Trying Desktop Duplication."))
    try:
        found = _result_of(DUPLICATION, str(fps))
        mine, usual = float(found["duplication_ms"]), float(found["usual_ms"])
    except TryOutError as error:
        return "usual", (Tried(name=DUPLICATION, works=False, reason=_reason(error.why)),)
    said = Text(
        f"画面和指针正确；取一次画面 {mine:.1f} 毫秒，GDI 为 {usual:.1f} 毫秒",
        f"picture and pointer are right; one picture takes {mine:.1f} ms, by GDI {usual:.1f} ms",
    )
    tried = Tried(name=DUPLICATION, works=True, reason=_reason(said))
    return (DUPLICATION if mine <= CHEAPER * usual else "usual"), (tried,)


def _result_of(*words: str) -> dict[str, Any]:
    """Run `saijian tryout` with these words; what it found, or TryOutError."""
    command = own_command("tryout", *words)
    try:
        with helper(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            try:
                said, _ = process.communicate(timeout=LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise TryOutError(
                    Text(f"{LIMIT_S:g} 秒内没有结果", f"no result within {LIMIT_S:g} s")
                ) from None
            code = process.returncode
    except OSError as error:
        raise TryOutError(Text(str(error), str(error))) from error
    try:
        found: object = json.loads(said)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise TryOutError(Text(f"试用进程崩溃（{code}）", f"its process crashed ({code})"))
    if "refused" in found:
        raise TryOutError(Text(*found["refused"]))
    return found


def read_trial(document: dict[str, Any]) -> Trial:
    """Return what the process of an encoder printed."""
    costs = [Cost(float(document[p][0]), int(document[p][1])) for p in ("screen", "camera")]
    return Trial(float(document["opened_s"]), *costs)


def _reason(text: Text) -> Reason:
    return Reason(zh=text.zh, en=text.en)


# ---- the process ---------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Try one thing out and print what was found."""
    try:
        found = _tried(*arguments)
    except EncoderFailedError as error:
        found = {"refused": error.title}
    except TryOutError as error:
        found = {"refused": error.why}
    print(json.dumps(found), flush=True)  # noqa: T201 - this is what the process is for
    return 0


def _tried(name: str, *words: str) -> dict[str, Any]:
    if name == DUPLICATION:
        return try_duplication(int(words[0]))
    width, height, settings = words
    recording = Recording.model_validate_json(settings)
    return try_out(name, recording, int(width), int(height))._asdict()


if sys.platform == "win32":

    def try_duplication(fps: int) -> dict[str, Any]:
        """Hold Desktop Duplication against GDI, by picture and cost; or TryOutError."""
        from client.capture.screen.windows import open_duplicated, open_gdi

        try:
            with contextlib.closing(open_gdi()) as usual:
                with contextlib.closing(open_duplicated(fps)) as other:
                    canvas = np.zeros((other.height, other.width, 4), np.uint8)

                    def look() -> Look:
                        for left, top, pixels in other.read():
                            height, width = pixels.shape[:2]
                            canvas[top : top + height, left : left + width] = pixels
                        return Look(*usual.both(), canvas)

                    objection = proved(look)
                    if objection is not None:
                        raise TryOutError(objection)
                    mine = _read_ms(other)
                return {"duplication_ms": mine, "usual_ms": _read_ms(usual)}
        except DeviceError as error:
            raise TryOutError(error.title) from error

    def _read_ms(source: ScreenSource) -> float:
        begun = time.process_time()
        for _ in range(READS):
            source.read()
        return (time.process_time() - begun) * 1000 / READS

else:

    def try_duplication(fps: int) -> dict[str, Any]:
        """Refuse: only Windows has it."""
        raise TryOutError(Text(f"不是 Windows（{fps}）", f"not Windows ({fps})"))


def try_out(name: str, recording: Recording, width: int, height: int) -> Trial:
    """Encode as the recorder does, both pictures' encoders open at once, and look at the result.

    Raises EncoderFailedError or TryOutError.
    """
    screen, camera = recording.screen, recording.camera
    keys = recording.key_frame_seconds
    shapes = (
        VideoShape(width, height, screen.fps, screen.qp, keys, encoder=name),
        VideoShape(
            camera.width, camera.height, camera.fps, camera.crf, keys, camera.kbps, encoder=name
        ),
    )
    begun = time.monotonic()
    encoders = [VideoEncoder(_nowhere(), shape) for shape in shapes]
    opened_s = (time.monotonic() - begun) / len(encoders)
    works = (_screen_work, _camera_work)
    costs = [
        _cost(encoder, shape, work)
        for encoder, shape, work in zip(encoders, shapes, works, strict=True)
    ]
    return Trial(opened_s, *costs)


class _Picture(NamedTuple):
    i420: I420
    at_us: int
    changed: Sequence[Area] | None


_Work = Callable[[VideoShape], Iterator[_Picture]]


def _screen_work(shape: VideoShape) -> Iterator[_Picture]:
    """Yield what the screen track would encode of one cycle of the script."""
    screen = WorkedScreen(MadeUpScreen(shape.width, shape.height), shape.fps)
    canvas = ScreenCanvas(shape.width, shape.height)
    encoded_us = 0
    for tick in range(round(CYCLE_S * shape.fps)):
        at_us = tick * SECOND_US // shape.fps
        changed = canvas.update(screen.read())
        if changed or at_us - encoded_us >= STILL_US:
            encoded_us = at_us
            yield _Picture(canvas.picture, at_us, changed)


def _camera_work(shape: VideoShape) -> Iterator[_Picture]:
    """Yield a slowly moving picture with the noise of a small sensor."""
    random = np.random.default_rng(5)
    rows, columns = np.mgrid[: shape.height * 3 // 2, : shape.width]
    smooth = (110 + 50 * np.sin(columns / 90) + 30 * np.cos(rows / 70)).astype(np.uint8)
    smooth[shape.height :] = 128
    noise = [
        random.integers(-9, 10, smooth.shape, np.int8).view(np.uint8)  # adds modulo 256
        for _ in range(3)
    ]
    for number in range(CAMERA_S * shape.fps):
        moved = np.roll(smooth, number // 3, axis=1) + noise[number % len(noise)]
        yield _Picture(moved, number * SECOND_US // shape.fps, None)


def _cost(encoder: VideoEncoder, shape: VideoShape, work: _Work) -> Cost:
    """Return the processor time of all threads, without that of making the pictures."""
    begun = time.process_time()
    for _ in work(shape):
        pass
    made = time.process_time()
    out: list[Encoded] = []
    kept: dict[int, I420] = {}
    next_key_us, seconds = 0, 1.0
    for number, (i420, at_us, changed) in enumerate(work(shape)):
        is_key = at_us >= next_key_us
        if is_key:
            next_key_us = at_us + shape.key_frame_seconds * SECOND_US
        if number % 7 == 0:
            kept[number] = i420.copy()
        pts = at_us * VIDEO_CLOCK // SECOND_US
        out += encoder.encode(i420, pts, changed, is_key=is_key)
        seconds = max(1.0, at_us / SECOND_US)
    out += encoder.flush()
    spent = time.process_time() - made - (made - begun)
    _compare(encoder, shape, out, kept)
    return Cost(max(0.0, spent) * 1000 / seconds, round(sum(len(e.data) for e in out) / seconds))


def _compare(
    encoder: VideoEncoder, shape: VideoShape, out: list[Encoded], kept: dict[int, I420]
) -> None:
    """Raise TryOutError where a decoder does not find the pictures that went in."""
    decoder = CodecContext.create("h264", "r")
    decoder.extradata = encoder.stream.codec_context.extradata
    pictures: list[I420] = []
    try:
        for encoded in out:
            pictures += [_luma(f, shape) for f in decoder.decode(av.Packet(encoded.data))]
        pictures += [_luma(f, shape) for f in decoder.decode(None)]
    except av.FFmpegError as error:
        raise TryOutError(Text(f"结果不能解码（{error}）", f"not decodable ({error})")) from error
    for number, i420 in kept.items():
        if number >= len(pictures):
            raise TryOutError(Text("缺少画面", "pictures are missing"))
        distance = pictures[number].astype(np.int16) - i420[: shape.height]
        power = float(np.mean(distance.astype(np.float32) ** 2))
        if 10 * np.log10(255**2 / max(power, 1e-9)) < LEAST_DB:
            raise TryOutError(Text(f"第 {number} 帧不对", f"picture {number} is wrong"))


def _luma(frame: av.VideoFrame, shape: VideoShape) -> I420:
    return np.asarray(frame.to_ndarray(format="yuv420p")[: shape.height], np.uint8)


def _nowhere() -> av.container.OutputContainer:
    return av.open(io.BytesIO(), mode="w", format="mp4")
