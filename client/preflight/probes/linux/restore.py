"""Linux has no such products that leave a name; a witness in this user's state folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import platformdirs

from client.base.files import write_atomically
from client.preflight.facts.restore import Service
from client.preflight.probes.places import place_of


def read_services() -> tuple[Service, ...]:
    """Return none: there are none known."""
    return ()


def read_filters() -> tuple[str, ...]:
    """Return none: the file system's own name tells of overlays."""
    return ()


def read_programs() -> tuple[str, ...]:
    """Return none: there are none known."""
    return ()


def is_write_filter_on() -> bool | None:
    """Return None: that is Windows'."""
    return None


def read_user_trace() -> tuple[str, str] | None:
    """Return the mount point of this user's state folder, and the trace left there."""
    trace = _trace()
    with suppress(OSError):
        return place_of(trace), trace.read_text(encoding="utf-8")
    return None


def leave_user_trace(text: str) -> None:
    """Write a trace into this user's state folder, if that is possible."""
    trace = _trace()
    with suppress(OSError):
        trace.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(trace, text.encode(), private=True)


def _trace() -> Path:
    return platformdirs.user_state_path("SaiJian", appauthor=False) / "restart.json"


def may_write_into(place: str) -> bool:  # noqa: ARG001 - Windows' shape
    """Tell whether a witness may lie in the root of this place: those are the system's here."""
    return False
