"""Which slate stands in for a camera, by why there is no picture."""

from __future__ import annotations

from client.base.text import Text
from client.capture.camera import unreachable
from client.capture.camera.another import NONE_YET
from client.capture.camera.slates import SlateName
from client.recorder.child.eye import OPENING, SILENT
from client.recorder.child.patience import HANGS

SLATES: tuple[tuple[str, SlateName], ...] = (
    (OPENING.zh, "opening"),
    (HANGS.zh, "hangs"),
    (SILENT.zh, "silent"),
    ("没有找到摄像头", "absent"),
    (NONE_YET.zh, "absent"),
    ("可能正被", "held"),
    (unreachable.PASSWORD[0].zh, "password"),
    (unreachable.NO_APP[0].zh, "app"),
    (unreachable.NOBODY[0].zh, "unreachable"),
    (unreachable.WRONG_PATH[0].zh, "address"),
    (unreachable.NO_CAMERA[0].zh, "address"),
    (unreachable.ASLEEP[0].zh, "asleep"),
    ("摄像头打不开", "refused"),
)
"""A part of the Chinese cause, and the slate that shows it; the first that fits."""


def slate_of(cause: Text, *, has_filmed: bool) -> SlateName:
    """Return the slate for a cause; that of a lost signal for one that has none of its own.

    A camera that `has_filmed` is lost, not just being opened.
    """
    for part, name in SLATES:
        if part in cause.zh and not (has_filmed and name == "opening"):
            return name
    return "lost"
