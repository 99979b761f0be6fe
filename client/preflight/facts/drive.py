"""What is known of the disk that the recordings will lie on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from client.contest.values import Count, Value

Label = Annotated[str, Field(max_length=200)]
Speed = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class DriveFacts(Value):
    """None: the system does not tell."""

    place: Label
    """The drive letter, or the file system's device."""
    model: Label | None
    disk_bytes: Count | None
    """Of the whole physical disk (of all together, where a volume spans several)."""
    kind: Literal["ssd", "hdd"] | None
    written_mb: Speed | None
    """So much was written for the measurement (10**6 bytes); None: it did not work."""
    mb_per_second: Speed | None
    """How fast it reached the disk itself, past all caches of the system."""
