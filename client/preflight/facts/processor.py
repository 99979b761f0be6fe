"""What is known of this computer's processor."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from client.contest.values import Value

Ratio = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Number = Annotated[int, Field(ge=0, le=1_000_000)]


class ProcessorFacts(Value):
    """None: the system does not tell."""

    name: Annotated[str, Field(max_length=200)] | None
    cores: Number | None
    """Cores, not threads."""
    base_mhz: Number | None
    score_alone: Ratio | None
    """Speed of one thread; 1.0 is the processor that the rule names (`probes/speed`)."""
    score_both: Ratio | None
    """Speed of each of two threads at once."""
