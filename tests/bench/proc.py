"""What /proc tells of processes: processor time and memory of a whole tree (proc(5)).

Processor time of a tree is the sum over its living processes of their own time and of that of the
children they waited for: a child that ended is in its parent's figure, so nothing is lost.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")


@dataclass(frozen=True)
class Stat:
    """One process, or one of its threads; times in clock ticks."""

    pid: int
    name: str
    parent: int
    own: int
    """User and system time of all its threads, those that ended included."""
    waited: int
    """The same of children that ended and were waited for."""


def parse_stat(text: str) -> Stat:
    """Read a line of /proc/PID/stat; the name in brackets may itself hold spaces and brackets."""
    head, _, rest = text.rpartition(")")
    pid, _, name = head.partition(" (")
    fields = rest.split()
    user, system, child_user, child_system = map(int, fields[11:15])
    return Stat(int(pid), name, int(fields[1]), user + system, child_user + child_system)


class Memory(NamedTuple):
    """Bytes in use."""

    pss: int
    """Shared pages divided among those who share them: it rises when one of them ends."""
    private: int
    """Nobody else's and written to. Pages of files count as private only while no other process
    happens to map them, so those that were not written to say nothing of a leak."""


def parse_memory(text: str) -> Memory:
    """Read /proc/PID/smaps_rollup."""
    sizes = {
        words[0]: int(words[1]) * 1024 for line in text.splitlines()[1:] if (words := line.split())
    }
    return Memory(sizes["Pss:"], sizes["Private_Dirty:"])


def ticks_a_second() -> int:
    """Return the unit of `Stat`."""
    return os.sysconf("SC_CLK_TCK")


def stat_of(pid: int) -> Stat | None:
    """Return how a process is doing, None where it is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return parse_stat((PROC / str(pid) / "stat").read_text(encoding="utf-8"))
    return None


def descendants(root: int, everybody: list[Stat]) -> list[Stat]:
    """Return `root` and all below it."""
    tree = {root}
    while True:
        more = {stat.pid for stat in everybody if stat.parent in tree} - tree
        if not more:
            return [stat for stat in everybody if stat.pid in tree]
        tree |= more


def tree_of(root: int) -> list[Stat]:
    """Return the living processes of the tree below and with `root`."""
    pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    everybody = [stat for stat in map(stat_of, pids) if stat is not None]
    return descendants(root, everybody)


def cpu_seconds(root: int) -> float:
    """Return the processor time that the tree of `root` has taken since it began."""
    return sum(stat.own + stat.waited for stat in tree_of(root)) / ticks_a_second()


def memory_of(root: int) -> Memory:
    """Return the memory of the tree of `root`."""
    total = Memory(0, 0)
    for stat in tree_of(root):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, KeyError):
            text = (PROC / str(stat.pid) / "smaps_rollup").read_text(encoding="ascii")
            one = parse_memory(text)
            total = Memory(total.pss + one.pss, total.private + one.private)
    return total


def cpu_by_thread_name(pid: int) -> dict[str, float]:
    """Return the seconds that the living threads of one process took, summed by their name."""
    named: dict[str, float] = {}
    for task in (PROC / str(pid) / "task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            stat = parse_stat((task / "stat").read_text(encoding="utf-8"))
            nanoseconds = int((task / "schedstat").read_text(encoding="ascii").split()[0])
            named[stat.name] = named.get(stat.name, 0.0) + nanoseconds / 1e9
    return named
