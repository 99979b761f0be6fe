"""What is known of this computer's operating system."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from client.contest.values import Count, Value

Label = Annotated[str, Field(max_length=200)]
Hour = Annotated[int, Field(ge=0, le=23)]
Pending = Literal["servicing", "update", "renames", "packages"]
"""Why the system wants a restart: Windows' component store, Windows Update, files to be replaced at
the next start, packages of Linux."""


class Hours(Value):
    """Windows' active hours: it restarts for updates outside of them, local time."""

    start: Hour
    end: Hour
    is_automatic: bool
    """Windows moves them by what it sees; then they may be others on the day."""


class SystemFacts(Value):
    """None: the system does not tell."""

    family: Literal["windows", "linux"]
    name: Label | None
    """Windows' edition or Linux' distribution, as people know it."""
    version: Label | None
    """22H2, or the kernel's version."""
    build: Count | None
    """Of Windows."""
    bits: Literal[32, 64] | None
    architecture: Label | None
    pending: Annotated[tuple[Pending, ...], Field(strict=False)] = ()
    active_hours: Hours | None = None
    """None on Linux, and where Windows manages no updates by itself."""
    paused_until_us: Count | None = None
    """Windows installs no updates before (UTC microseconds since 1970)."""
    session: Label | None = None
    """Of Linux: `x11`, `wayland`, `tty`."""
