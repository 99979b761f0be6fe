"""What is installed and running on this computer, as the probes found it."""

from __future__ import annotations

from typing import Literal

from client.contest.values import Value

Framework = Literal["windows", "fcitx5", "fcitx", "ibus", "keyboard"]
"""Who manages the input methods; `keyboard`: nobody but the plain keyboard layout."""


class Product(Value):
    """A browser or an office suite of which something was found."""

    slug: str
    """The name that plans know it by."""
    name: str
    version: str | None
    """None where nothing tells it."""
    is_present: bool = True
    """False: the system still lists it, its program file is gone."""


class BrowserFacts(Value):
    """The browsers found, and which one opens addresses."""

    installed: tuple[Product, ...]
    default: str | None
    """Its slug, or the system's own name for one that we do not know; None: not told."""


class OfficeFacts(Value):
    """The office suites found."""

    installed: tuple[Product, ...]


class InputMethod(Value):
    """One input method or keyboard. That it is listed does not say that it types: see R13."""

    slug: str | None
    """The name that plans know it by; None for one that no plan asks."""
    name: str
    is_ready: bool
    """It is among those that this user can switch to; False: installed, but not added there."""


class InputFacts(Value):
    """The input methods found."""

    framework: Framework | None
    """None: the system told nothing at all."""
    methods: tuple[InputMethod, ...]


class Running(Value):
    """A listed program of which a process runs; nothing of its command line is kept."""

    slug: str
    processes: tuple[str, ...]


class RunningFacts(Value):
    """The programs of the plan's list that run now."""

    seen: int
    """Processes that could be looked at."""
    running: tuple[Running, ...]
