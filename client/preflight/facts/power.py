"""What is known of this computer's power: mains, battery, and when it sleeps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from client.contest.values import Count, Value

LidAction = Literal["nothing", "sleep", "hibernate", "shutdown", "other"]


class PowerFacts(Value):
    """None: the system does not tell."""

    on_mains: bool | None
    has_battery: bool | None
    battery_percent: Annotated[int, Field(ge=0, le=100)] | None
    sleeps_after_s: Count | None
    """Idle on mains; 0: never."""
    lid: LidAction | None
    """What closing the lid does on mains."""
