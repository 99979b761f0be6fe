"""The input method that is on, as its framework says: fcitx5, fcitx or ibus.

Sources: fcitx5-remote(1) `-n`, "prints the current input method name"; ibus(1) `ibus engine`.
"""

from __future__ import annotations

from collections.abc import Callable

from client.preflight.facts.typing import Engine
from client.preflight.probes.linux.commands import said_by
from client.preflight.probes.linux.input_methods import method_of

COMMANDS = (("fcitx5-remote", "-n"), ("fcitx-remote", "-n"), ("ibus", "engine"))
Ask = Callable[..., str]


def engine_now(ask: Ask = said_by) -> Engine | None:
    """Return the engine that the first framework which answers names."""
    for command in COMMANDS:
        if name := ask(*command).strip():
            return Engine(slug=method_of(name).slug, name=name[:80])
    return None
