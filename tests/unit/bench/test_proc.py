"""What /proc says, read right: names with brackets, children that ended, a whole tree."""

import os
import subprocess
import sys

import pytest

from tests.bench import proc
from tests.bench.proc import Memory, Stat, descendants, parse_memory, parse_stat

LINE = (
    "4242 (Web (Content) 1) S 17 4242 17 0 -1 4194560 9 8 7 6 120 30 40 5 20 0 4 0 8812 900 800 1 2"
)
SPIN = "import time\nend = time.process_time() + 0.15\nwhile time.process_time() < end: pass"


def test_a_name_may_hold_brackets_and_spaces():
    assert parse_stat(LINE) == Stat(4242, "Web (Content) 1", 17, own=150, waited=45)


def test_memory_is_in_kibibytes():
    text = """5600-7fff ---p 00 00:00 0 [rollup]
Rss: 900 kB
Pss:   214 kB
Private_Clean:  3 kB
Private_Dirty: 40 kB
"""
    assert parse_memory(text) == Memory(pss=214 << 10, private=40 << 10)


def test_a_tree_is_found_in_any_order():
    def stat(pid, parent):
        return Stat(pid, "x", parent, 0, 0)

    everybody = [stat(9, 5), stat(5, 3), stat(3, 1), stat(4, 1), stat(1, 0)]
    assert [found.pid for found in descendants(3, everybody)] == [9, 5, 3]


def test_a_child_that_ended_is_not_lost():
    before = proc.cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", SPIN], check=True)
    assert proc.cpu_seconds(os.getpid()) - before >= 0.14


def test_a_grandchild_is_seen_while_it_lives_and_after():
    inner = f"{SPIN}\nprint(flush=True); input()"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}]); input()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", outer], stdin=pipe, stdout=pipe) as child:
        child.stdout.readline()
        living = proc.cpu_seconds(child.pid)
        assert len(proc.tree_of(child.pid)) == 2
        memory = proc.memory_of(child.pid)
        assert memory.pss > memory.private > 1 << 20
        child.communicate(b"\n\n")
    assert living >= 0.14


def test_a_process_that_is_gone_has_nothing():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert proc.stat_of(child.pid) is None
    assert proc.tree_of(child.pid) == []
    assert proc.cpu_seconds(child.pid) == 0


def test_threads_are_summed_by_name():
    named = proc.cpu_by_thread_name(os.getpid())
    assert sum(named.values()) == pytest.approx(proc.cpu_seconds(os.getpid()), rel=0.9)
    assert all(seconds >= 0 for seconds in named.values())
