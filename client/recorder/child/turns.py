"""Which device a source opens: the one that was asked for, then its spare, in turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceHangsError
from client.base.text import Text

TRIES = 2
"""Failures in a row after which the other device has its turn."""
HOLDS_US = 15 * SECOND_US
"""A device that is to be opened again sooner than this after its opening has failed too."""

Device = TypeVar("Device")


class Turns(Generic[Device]):
    """Opens a device; after two failures in a row the next of them is tried, and so on in a ring.

    An opening that took until somebody's patience was over (DeviceHangsError) is as bad as two.

    One that works keeps its turn until it fails: nothing is gained by going back.
    """

    def __init__(
        self,
        openers: Sequence[Callable[[], Device]],
        spare: Text,
        tell: Callable[[Text], None],
        clock: Callable[[], int] = monotonic_us,
        names: Sequence[str] = (),
    ) -> None:
        """Begin with the first of `openers`; `tell` hears `spare` or its end where that changes.

        `names` are for `next_name`.
        """
        self._names = tuple(names)
        self._clock = clock
        self._opened_us: int | None = None
        self._openers = tuple(openers)
        self._spare, self._tell = spare, tell
        self._turn = self._told = self._failed = 0

    def __call__(self) -> Device:
        """Open the device whose turn it is; what it raises is raised."""
        if self._opened_us is not None:
            held = self._clock() - self._opened_us >= HOLDS_US
            self._opened_us = None
            if held:
                self._failed = 0
            else:
                self._count_failure()
        try:
            device = self._openers[self._turn]()
        except DeviceHangsError:
            self._failed = TRIES - 1
            self._count_failure()
            raise
        except Exception:
            self._count_failure()
            raise
        self._opened_us = self._clock()
        if self._turn != self._told:
            self._told = self._turn
            self._tell(self._spare if self._turn else FIRST_AGAIN)
        return device

    @property
    def next_name(self) -> str:
        """Return the name of the device that has the turn after this one; empty where none has."""
        return self._names[(self._turn + 1) % len(self._names)] if len(self._names) > 1 else ""

    def _count_failure(self) -> None:
        self._failed += 1
        if self._failed == TRIES:
            self._failed, self._turn = 0, (self._turn + 1) % len(self._openers)


SPARE_CAMERA = Text("改用备用摄像头", "the spare camera takes over")
SPARE_MICROPHONE = Text("改用备用麦克风", "the spare microphone takes over")
FIRST_AGAIN = Text(
    "备用设备不可用，恢复使用原来的设备", "the spare is gone: the first one is used again"
)
