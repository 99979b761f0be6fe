"""Tells x264 where nothing changed, so that it does not look there (FFmpeg's `AVVideoHint`).

x264 skips a macroblock that is said to be constant where its reference is as good as it would be
now; the bits are the same as without the hint, at two thirds of the time for a typed letter.

PyAV has no call for it yet, so this makes FFmpeg's own (libavutil/video_hint.h) on the frame behind
PyAV's. Where that frame lies in PyAV's object was seen in the versions of `_PROVEN`, and each frame
has to show its own pixels there. Anywhere else no hint is given and every macroblock is looked at.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

_PROVEN = ("18.1.",)
_LIBAVUTIL = 60
_FRAME_AT = 24
"""Offset of `AVFrame *ptr` in PyAV's `Frame`: behind count, type and table of methods."""
_CHANGED = 1
"""AV_VIDEO_HINT_TYPE_CHANGED: what no rectangle covers is constant."""

log = logging.getLogger(__name__)


class Area(NamedTuple):
    """A rectangle of a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int


class _Hint(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_size_t),
        ("first", ctypes.c_size_t),
        ("size", ctypes.c_size_t),
        ("type", ctypes.c_int),
    )


class _Rectangle(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("x", "y", "width", "height"))


@cache
def _create() -> Callable[[int, int], int | None] | None:
    """Return `av_video_hint_create_side_data` of PyAV's own FFmpeg; None where it is another."""
    known = av.__version__.startswith(_PROVEN)
    if not known or av.library_versions["libavutil"][0] != _LIBAVUTIL:
        log.info("PyAV %s takes no hints", av.__version__)
        return None
    libraries = (Path(av.__file__).parent.with_name("av.libs")).glob("*avutil*")
    for path in libraries:
        create = ctypes.CDLL(str(path)).av_video_hint_create_side_data
        create.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        create.restype = ctypes.c_void_p
        return create
    return None


def encoder_options() -> dict[str, str]:
    """Return the option with which libx264 heeds hints; none where none can be given."""
    return {"mb_info": "1"} if _create() else {}


def tell_changed(frame: av.VideoFrame, pixels: NDArray[np.uint8], changed: Sequence[Area]) -> bool:
    """Say that `frame`, made of `pixels`, differs from the one before in `changed` only.

    Areas lie inside the picture. False where it could not be said, which costs time and no more.
    """
    create = _create()
    if create is None or not changed:
        return False
    address = ctypes.c_void_p.from_address(id(frame) + _FRAME_AT).value
    if address is None or _data_of(address) != pixels.ctypes.data:
        return False
    hint = create(address, len(changed))
    if hint is None:
        return False
    header = _Hint.from_address(hint)
    header.type = _CHANGED
    for number, area in enumerate(changed):
        place = hint + header.first + number * header.size
        rectangle = _Rectangle.from_address(place)
        rectangle.x, rectangle.y, rectangle.width, rectangle.height = area
    return True


def _data_of(frame: int) -> int | None:
    """Return AVFrame.data[0], its first member."""
    return ctypes.c_void_p.from_address(frame).value
