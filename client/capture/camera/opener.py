"""Opens one camera over and over: the same by its name, a phone where its address is now."""

from __future__ import annotations

import time
from pathlib import Path

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera import CameraSource, Tell, open_camera
from client.capture.camera.hls import LATE, is_hls, lateness_s
from client.capture.camera.network import public_name
from client.capture.camera.phone.again import address_now
from client.capture.camera.phone.battery import BatteryWatch, tells_battery
from client.capture.camera.phone.memory import known_as
from client.capture.camera.turned import Turn, TurnedCamera

SEARCH_EVERY_S = 20.0
MOVED = Text(
    "手机摄像头换了地址：原来是 {before}，现在是 {after}，继续录制。",
    "The phone's camera has another address: {after}, before {before}. Its picture goes on.",
)


class CameraOpener:
    """Opens what `source` names, as `open_camera`; `tell` hears what a judge should know of it.

    A phone that was found by the contestant's own search (`phone.memory`) and does not answer is
    looked for in this computer's networks, every 20 s at most.
    """

    def __init__(
        self,
        source: str,
        size: tuple[int, int],
        fps: int,
        *,
        turn: Turn = 0,
        tell: Tell = lambda _: None,
        phones: Path | None = None,
    ) -> None:
        """Remember; `phones` is the file of `phone.memory`."""
        self._source = self._now = source
        self._size, self._fps, self._turn = size, fps, turn
        self._tell, self._phones = tell, phones
        self._searched = -SEARCH_EVERY_S
        self._told: set[Text] = set()

    def __call__(self) -> CameraSource:
        """Open it; DeviceError when it gives nothing, nor the same phone elsewhere."""
        try:
            return self._open(self._now)
        except DeviceError:
            moved = self._elsewhere()
            if moved is None:
                raise
            source = self._open(moved)
            said = MOVED.format(before=public_name(self._now), after=public_name(moved))
            self._now = moved
            self._tell(said)
            return source

    def _open(self, address: str) -> CameraSource:
        if is_hls(address):
            late = lateness_s(address)
            self._tell_once(LATE.format(seconds=late if late is not None else "2-30"))
        source: CameraSource = open_camera(address, *self._size, self._fps)
        if "://" in address and tells_battery(address):
            source = BatteryWatch(source, address, self._tell)
        if address.isdecimal():
            self._now = source.name  # the same number may be another camera after replugging
        return TurnedCamera(source, self._turn) if self._turn else source

    def _elsewhere(self) -> str | None:
        if self._phones is None or "://" not in self._source:
            return None
        known = known_as(self._phones, self._source)
        if known is None or time.monotonic() - self._searched < SEARCH_EVERY_S:
            return None
        self._searched = time.monotonic()
        moved = address_now(known, self._source)
        return moved if moved != self._now else None

    def _tell_once(self, text: Text) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)
