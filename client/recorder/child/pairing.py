"""How camera and microphone stand to each other, entered once for each pair of devices."""

from __future__ import annotations

from client.base.clock import SECOND_US
from client.capture.delay import Delay
from client.evidence.entries import Pair
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.ear import Ear
from client.recorder.child.eye import Eye

SETTLED_US = 5 * SECOND_US
"""Both have delivered for so long: what a device tells at first is not believed (SampleClock)."""


class Pairing:
    """Watches which devices are open; the film thread alone asks it to look."""

    def __init__(self, eye: Eye, ear: Ear, chronicle: Chronicle) -> None:
        """Nothing is entered yet."""
        self._eye, self._ear = eye, ear
        self._chronicle = chronicle
        self._pair = (0, 0)
        self._since_us: int | None = None

    def look(self, now_us: int, *, both_live: bool) -> None:
        """Enter the pair that has delivered for 5 s, if it is another than the last entered."""
        pair = (self._eye.opened, self._ear.opened)
        if pair != self._pair:
            self._pair, self._since_us = pair, now_us
        if not both_live:
            self._since_us = now_us if self._since_us is not None else None
        if self._since_us is None or now_us - self._since_us < SETTLED_US:
            return
        self._since_us = None
        entry = pair_entry(
            (self._eye.device, self._eye.delay()), (self._ear.device, self._ear.delay())
        )
        self._chronicle.post(entry)


def pair_entry(camera: tuple[str, Delay], microphone: tuple[str, Delay]) -> Pair:
    """Return the entry for two devices, each with its name and its delay.

    A picture's time stamp still has the camera's delay in it, a sample's has the device's taken
    off: so what is left between them is the camera's, where both are known.
    """
    picture, sound = camera[1], microphone[1]
    is_known = picture.us is not None and sound.us is not None
    return Pair(
        camera=camera[0][:500],
        camera_delay_us=picture.us,
        camera_told_by=picture.told_by,
        microphone=microphone[0][:500],
        microphone_delay_us=sound.us,
        microphone_told_by=sound.told_by,
        microphone_spread_us=sound.spread_us,
        offset_us=picture.us if is_known else None,
    )
