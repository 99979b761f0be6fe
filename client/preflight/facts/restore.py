"""What is known of programs and cards that take back all changes at a restart (还原卡)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from client.contest.values import Count, Value

Label = Annotated[str, Field(max_length=300)]
Survival = Literal["first", "survived", "restored"]
"""Of a file that we wrote: no restart since; it was still there after one; it was gone."""


class Service(Value):
    """A service or driver that the registry names."""

    name: Label
    start: Annotated[int, Field(ge=0, le=4)] | None
    """Windows' start type: 0 with the kernel … 4 switched off; None: not told."""


class Trace(Value):
    """What one run of this check left in one place."""

    place: Label
    """The drive it lies on."""
    boot: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
    run: Count
    """Runs on this computer are counted: clocks may be wrong."""
    when_us: Count
    state: Survival
    """What was known after that run."""


class OtherDrive(Value):
    """Another fixed drive of this computer."""

    place: Label
    free_bytes: Count


class RestoreFacts(Value):
    """As the probe found it, before it left new traces."""

    place: Label
    """The drive of the sessions folder."""
    file_system: Label | None
    services: Annotated[tuple[Service, ...], Field(strict=False)] = ()
    """Those that are listed in `known/restorers`."""
    filters: Annotated[tuple[Label, ...], Field(strict=False)] = ()
    """Drivers that stand between file systems and disks."""
    programs: Annotated[tuple[Label, ...], Field(strict=False)] = ()
    """Installed programs whose name tells what they are."""
    write_filter_is_on: bool | None = None
    """Of Windows' own Unified Write Filter, in this start of the system."""
    boot: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
    marker: Trace | None
    """In the sessions folder."""
    witnesses: Annotated[tuple[Trace, ...], Field(strict=False)] = ()
    """In places on this and on other drives."""
    trouble: Label | None = None
    """Why no marker could be left."""
    other_drives: Annotated[tuple[OtherDrive, ...], Field(strict=False)] = ()

    @property
    def survival(self) -> Survival:
        """Tell what the traces prove: only a trace on another drive can tell that ours is gone."""
        others = [trace for trace in self.witnesses if trace.place != self.place]
        if self.marker is not None and self.marker.boot == self.boot:
            return self.marker.state
        last_run = self.marker.run if self.marker is not None else 0
        if any(trace.run > last_run and trace.boot != self.boot for trace in others):
            return "restored"
        return "first" if self.marker is None else "survived"

    @property
    def runs(self) -> int:
        """Return the number of runs so far that any trace knows of."""
        traces = [*self.witnesses, *([self.marker] if self.marker else [])]
        return max((trace.run for trace in traces), default=0)
