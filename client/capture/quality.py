"""How good pictures and sound are, in figures, and what is wrong with such figures.

Nothing here keeps a picture or a sound. The judgement takes numbers only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from client.base.text import Text
from client.capture.audio import Samples

Figures = Mapping[str, float]

BLACK = 8
"""Mean brightness of 255 up to which a picture counts as black: sensor noise is below."""
DIM, GLARING = 40, 235
BLURRED = 8
"""Variance of the Laplacian (Pech-Pacheco and others, 2000) up to which there is no edge. A lens
out of focus gives less than 5, a sheet of print some hundreds."""
STILL_AFTER, STILL_AFTER_S = 10, 2.5
"""So many pictures in so long that are the same to the last bit are none of a living sensor; a
compressed stream of a still room may repeat for two seconds (`recorder/child/sight.py`)."""
SILENT_DB = -70
"""Peak up to which nothing is heard: the noise of a microphone that is open lies above."""
QUIET_DB = -60
"""Mean level below which hum is not worth a word."""
CLIPPED_PERCENT, HUM_PERCENT = 0.1, 50
MAINS_HZ, HARMONICS, HUM_WIDTH_HZ = 50, 6, 2.0
FLOOR_DB = -96
"""What 16 bits can tell from nothing."""
_FULL, _CLIPS = 32768, 32700
_ROWS = 240

BLACK_CAMERA = Text(
    "画面全黑：镜头盖住了，或被其他程序占用",
    "the picture is black: the lens is covered, or another program holds the camera",
)
SLOW_CAMERA = Text("画面太少：光线不足或线路太慢", "few pictures: too little light, or a slow line")
DIM_CAMERA = Text("画面太暗：请开灯或面向窗户", "the picture is dark: more light is needed")
GLARING_CAMERA = Text(
    "画面太亮：请避开直射的灯光和窗户", "the picture is too bright: turn away from lamp or window"
)
BLURRED_CAMERA = Text(
    "画面模糊：请擦拭镜头、撕掉保护膜、调整焦距",
    "the picture is blurred: wipe the lens, take its film off, set its focus",
)
STILL_CAMERA = Text(
    "画面不动：摄像头或手机程序可能卡住了",
    "the picture does not move: camera or phone app may be stuck",
)
SILENT = Text(
    "没有声音：静音了，或选错了设备", "no sound: it is muted, or it is not the one in use"
)
CLIPPED = Text("声音过大失真：请调低麦克风音量", "the sound is too loud: turn the microphone down")
HUM = Text(
    "有交流电嗡嗡声：请换一个插口或电源，离开充电器",
    "mains hum: use another socket or supply, keep away from chargers",
)


class Sharpness:
    """How sharp a camera's pictures are, of their mean: noise is no edge, and passes in it."""

    def __init__(self) -> None:
        """Begin with no picture."""
        self._sum: NDArray[np.float32] | None = None
        self._count = 0

    def take(self, image: NDArray[np.uint8]) -> None:
        """Add a picture (height, width, 3), made smaller."""
        small = _smaller(image)
        if self._sum is None or self._sum.shape != small.shape:
            self._sum, self._count = np.zeros_like(small), 0
        self._sum += small
        self._count += 1

    def value(self) -> float | None:
        """Return the variance of the Laplacian, None before the first picture."""
        if self._sum is None or min(self._sum.shape) < 3:  # noqa: PLR2004 - a Laplacian's rows
            return None
        mean = self._sum / self._count
        around = mean[:-2, 1:-1] + mean[2:, 1:-1] + mean[1:-1, :-2] + mean[1:-1, 2:]
        return round(float((mean[1:-1, 1:-1] * 4 - around).var()), 1)


def _smaller(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the green of a picture with about 240 rows, each pixel the mean of a square."""
    side = max(1, round(image.shape[0] / _ROWS))
    rows, columns = image.shape[0] // side, image.shape[1] // side
    green = image[: rows * side, : columns * side, 1]
    squares = green.reshape(rows, side, columns, side)
    return np.asarray(squares.mean(axis=(1, 3), dtype=np.float32), np.float32)


def sound_figures(samples: Samples, rate: int) -> dict[str, float]:
    """Return peak_db, level_db (0 is the loudest possible), clipped_percent, hum_percent.

    The last is the part of all power that lies at 50 Hz and its harmonics up to 300 Hz.
    """
    if not samples.size:
        return {}
    loud = np.abs(samples.astype(np.int32))
    wave = samples.astype(np.float64)
    wave -= wave.mean()
    level = math.sqrt(float(np.square(wave).mean()))
    return {
        "peak_db": decibels(int(loud.max())),
        "level_db": decibels(level),
        "clipped_percent": round(float((loud >= _CLIPS).mean()) * 100, 2),
        "hum_percent": round(_hum(wave, rate) * 100, 1),
    }


def _hum(wave: NDArray[np.float64], rate: int) -> float:
    power = np.square(np.abs(np.fft.rfft(wave * np.hanning(wave.size))))
    total = float(power.sum())
    hertz = np.fft.rfftfreq(wave.size, 1 / rate)
    near = np.abs(hertz - np.round(hertz / MAINS_HZ) * MAINS_HZ) <= HUM_WIDTH_HZ
    of_mains = near & (hertz > MAINS_HZ / 2) & (hertz < MAINS_HZ * (HARMONICS + 0.5))
    return float(power[of_mains].sum()) / total if total else 0.0


def decibels(magnitude: float) -> float:
    """Return a sample's magnitude in dB of the largest one; FLOOR_DB for none."""
    if magnitude <= 0:
        return float(FLOOR_DB)
    return max(float(FLOOR_DB), round(20 * math.log10(magnitude / _FULL), 1))


def camera_faults(seen: Figures, asked_fps: int) -> tuple[Text, ...]:
    """Return what is wrong with a camera's figures; one that is missing is not judged."""
    light = seen.get("brightness")
    pictures, seconds = seen.get("pictures", 0), seen.get("seconds", 0)
    faults = {SLOW_CAMERA: seen.get("fps", asked_fps) < asked_fps / 2}
    if light is not None and pictures != 0 and light <= BLACK:
        return (BLACK_CAMERA, *(text for text, is_so in faults.items() if is_so))
    is_long = pictures >= STILL_AFTER and seconds >= STILL_AFTER_S
    faults[STILL_CAMERA] = seen.get("distinct") == 1 and is_long
    if light is not None:
        faults[DIM_CAMERA], faults[GLARING_CAMERA] = BLACK < light < DIM, light > GLARING
    faults[BLURRED_CAMERA] = seen.get("sharpness", BLURRED + 1) <= BLURRED
    return tuple(text for text, is_so in faults.items() if is_so)


def microphone_faults(heard: Figures) -> tuple[Text, ...]:
    """Return what is wrong with a microphone's figures; one that is missing is not judged."""
    if heard.get("peak_db", 0) <= SILENT_DB:
        return (SILENT,)
    faults = {
        CLIPPED: heard.get("clipped_percent", 0) >= CLIPPED_PERCENT,
        HUM: heard.get("hum_percent", 0) >= HUM_PERCENT
        and heard.get("level_db", FLOOR_DB) >= QUIET_DB,
    }
    return tuple(text for text, is_so in faults.items() if is_so)
