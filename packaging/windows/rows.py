"""What a trial in the lab saw: its lines, and how a script tells them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the trial's table."""

    what: str
    seen: str
    ok: bool
    seconds: float


def timed(what: str, look: Callable[[], tuple[str, bool]]) -> Row:
    """Return the row of what `look` saw."""
    started = time.monotonic()
    seen, ok = look()
    return Row(what, seen, ok, round(time.monotonic() - started, 1))


def verdict_of(rows: Sequence[Row]) -> int:
    """Print the lines; return 0 when there are some and all are well."""
    for row in rows:
        print(f"{'✓' if row.ok else '✗'} {row.what}  {row.seconds} s  {row.seen}", flush=True)
    return 0 if rows and all(row.ok for row in rows) else 1
