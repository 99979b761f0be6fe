"""Looks at the processor and measures it; takes two seconds."""

from __future__ import annotations

import re
import sys

import psutil

from client.preflight.facts.processor import ProcessorFacts
from client.preflight.probes.speed import measure_speed

if sys.platform == "win32":
    from client.preflight.probes.windows.processor import read_base_mhz, read_name
else:
    from client.preflight.probes.linux.processor import read_base_mhz, read_name

_IN_NAME = re.compile(r"@\s*([0-9]+(?:\.[0-9]+)?)\s*([GM])Hz", re.IGNORECASE)
_LONGEST = 200


def look_at_processor() -> ProcessorFacts:
    """Return what is known of it, with its speed."""
    name = read_name()
    alone, both = measure_speed()
    return ProcessorFacts(
        name=name[:_LONGEST] if name else None,
        cores=psutil.cpu_count(logical=False),
        base_mhz=clock_in(name or "") or read_base_mhz(),
        score_alone=None if alone is None else round(alone, 2),
        score_both=None if both is None else round(both, 2),
    )


def clock_in(name: str) -> int | None:
    """Return the base clock in MHz that older Intel names end with: `… CPU @ 2.40GHz`."""
    found = _IN_NAME.search(name)
    if found is None:
        return None
    return round(float(found[1]) * (1000 if found[2].upper() == "G" else 1))
