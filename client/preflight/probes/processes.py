"""Which of the plan's programs run now. Only names are looked at, and only theirs are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psutil

from client.contest.programs import Program
from client.preflight.facts.software import Running, RunningFacts

_KERNEL_LENGTH = 15
"""Linux keeps no more of a process's own name."""


def read_running(programs: Sequence[Program]) -> RunningFacts:
    """Look at all processes that this user may see."""
    names = [process.info["name"] or "" for process in psutil.process_iter(["name"])]
    return running_of(programs, names)


def running_of(programs: Sequence[Program], names: Iterable[str]) -> RunningFacts:
    """Find `programs` among the names of processes."""
    names = [name for name in names if name]
    shown = dict.fromkeys(names)
    running = []
    for program in programs:
        wanted = {_plain(process) for process in program.processes}
        cut = {name[:_KERNEL_LENGTH] for name in wanted if len(name) > _KERNEL_LENGTH}
        found = [name for name in shown if _plain(name) in wanted or _plain(name) in cut]
        if found:
            running.append(Running(slug=program.slug, processes=tuple(found)))
    return RunningFacts(seen=len(names), running=tuple(running))


def _plain(name: str) -> str:
    return name.casefold().removesuffix(".exe")
