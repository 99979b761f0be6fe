"""Which input method is on at this moment."""

from __future__ import annotations

import sys

from client.preflight.facts.typing import Engine

ASKED_BY_TYPIST = sys.platform == "win32"
"""Windows answers for the thread that asks, and at once: the one that is typed in has to ask."""


def engine_now() -> Engine | None:
    """Return what the system says is on, None where it does not say."""
    if sys.platform == "win32":
        from client.preflight.probes.windows.active_input import engine_now as ask
    else:
        from client.preflight.probes.linux.active_input import engine_now as ask
    return ask()
