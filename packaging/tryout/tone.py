"""Finds a known tone in recorded sound."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from tryout.target import Failed

HERTZ = 1000
LEVEL = 0.1
"""Amplitude of the tone as it is played, of 1."""
WINDOW_S = 0.5
MOST_HERTZ_OFF = 4
MOST_DECIBELS_OFF = 3.0
LEAST_OVER_REST = 20.0
"""Decibels by which the tone must be louder than everything else together."""
LEAST_SHARE = 0.95


def judge_tone(samples: NDArray[np.float32], rate: int) -> str:
    """Say in how much of the sound (one channel, -1 to 1) the tone is; Failed below 95 %."""
    size = round(WINDOW_S * rate)
    windows = [samples[at : at + size] for at in range(0, len(samples) - size + 1, size)]
    heard = [tone for window in windows if (tone := measure(window, rate)) is not None]
    right = [tone for tone in heard if is_right(*tone)]
    share = f"{HERTZ} Hz in {len(right)} of {len(windows)} half seconds"
    if not right or len(right) < LEAST_SHARE * len(windows):
        raise Failed(f"{share} (heard: {heard[:2]})")
    level = float(np.median([level for _, level, _ in right]))
    rest = min(over for _, _, over in right)
    wanted = 20 * math.log10(LEVEL)
    return f"{share}, {level:.1f} dB (played at {wanted:.1f}), at least {rest:.0f} dB over the rest"


def measure(window: NDArray[np.float32], rate: int) -> tuple[float, float, float] | None:
    """Return the loudest tone's hertz, level in dB of full scale, and dB over the rest."""
    shape = np.hanning(len(window))
    power = np.abs(np.fft.rfft(window * shape)) ** 2
    power[:2] = 0  # a constant is no tone
    peak = int(power.argmax())
    near = power[max(0, peak - 3) : peak + 4].sum()
    if not near > 0:
        return None
    amplitude = 2 * math.sqrt(near / (np.square(shape).sum() * len(window)))
    rest = max(power.sum() - near, 1e-12)
    return (
        peak * rate / len(window),
        20 * math.log10(amplitude),
        10 * math.log10(near / rest),
    )


def is_right(hertz: float, level: float, over_rest: float) -> bool:
    """Tell whether this is the tone that was played."""
    return (
        abs(hertz - HERTZ) <= MOST_HERTZ_OFF
        and abs(level - 20 * math.log10(LEVEL)) <= MOST_DECIBELS_OFF
        and over_rest >= LEAST_OVER_REST
    )
