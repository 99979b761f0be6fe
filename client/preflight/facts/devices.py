"""Cameras or microphones of this computer, as listed and as tried. No picture, no sound."""

from __future__ import annotations

from typing import Literal

from client.contest.values import Value

Kind = Literal["camera", "microphone"]
Origin = Literal["real", "loopback", "virtual", "simulated"]
Blocked = Literal["system", "user", "desktop"]
"""Which switch of Windows' privacy settings is off: for the whole computer, for this user, for
programs that are no store apps."""


class Said(Value):
    """A sentence of another part, in both languages."""

    zh: str
    en: str


class Tried(Value):
    """What came of some seconds with a device."""

    figures: dict[str, float]
    """As `capture/trial.py` names them."""
    error: Said | None
    """Why it does not work, or None."""


class Device(Value):
    """One camera or microphone."""

    name: str
    origin: Origin
    tried: Tried | None
    """None: it was not opened."""


class DeviceFacts(Value):
    """All devices of one kind."""

    kind: Kind
    allowed: bool
    """Whether the person let them be opened."""
    devices: tuple[Device, ...]
    blocked: Blocked | None
    not_listed: Said | None
    """Why they could not be looked for, or None."""
