"""The marker that must survive a restart, and its witnesses in other places.

Each run writes the same trace everywhere and counts on. A drive that takes back its changes at a
restart shows an older trace than another drive, or none.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from client.base.files import write_atomically
from client.preflight.facts.restore import Trace

MARKER = ".saijian-restart.json"
WITNESS = "SaiJian-restart-check.json"
"""In the root of other fixed drives."""
_LONGEST = 4000


def read_trace(path: Path, place: str) -> Trace | None:
    """Return the trace in `path`, moved to `place`; None where there is none that makes sense."""
    with suppress(OSError, ValueError):
        return parse(path.read_text(encoding="utf-8")[:_LONGEST], place)
    return None


def parse(text: str, place: str) -> Trace | None:
    """Return the trace that `text` holds, on `place` whatever it says; None for rubbish."""
    with suppress(ValueError):
        trace = Trace.model_validate_json(text)
        return trace.model_copy(update={"place": place})
    return None


def leave(trace: Trace, marker: Path, witnesses: Iterable[Path]) -> None:
    """Write the trace; OSError where the marker cannot be written, others may fail."""
    write_atomically(marker, trace.model_dump_json().encode(), private=True)
    for path in witnesses:
        with suppress(OSError):
            write_atomically(path, trace.model_dump_json().encode())
