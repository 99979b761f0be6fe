"""Memory: installed against the plan, and what is left free."""

from __future__ import annotations

import psutil
import pytest

from client.contest.plan import Environment
from client.preflight.checks.memory import memory_check
from client.preflight.facts.memory import MemoryFacts
from client.preflight.probes.linux.memory import read_installed
from client.preflight.probes.memory import look_at_memory

GIB = 1 << 30


@pytest.mark.parametrize(
    ("installed", "usable", "free", "verdict"),
    [
        (4.0, 3.4, 1.5, "pass"),  # graphics keep half a gigabyte
        (None, 3.5, 1.5, "pass"),
        (None, 3.3, 1.5, "fail"),  # 3.5 GB installed at most
        (3.0, 2.9, 1.5, "fail"),
        (8.0, 7.9, 0.5, "warn"),
        (8.0, 7.9, None, "pass"),
        (None, None, 2.0, "unknown"),
    ],
)
def test_what_is_installed_and_free_decides(installed, usable, free, verdict) -> None:
    sizes = [None if size is None else int(size * GIB) for size in (installed, usable, free)]
    found = memory_check(Environment()).judge(
        MemoryFacts(installed=sizes[0], usable=sizes[1], free=sizes[2])
    )
    assert found.verdict == verdict
    assert (found.advice is None) == (verdict == "pass")


def test_another_plan_asks_for_more() -> None:
    facts = MemoryFacts(installed=8 * GIB, usable=8 * GIB, free=4 * GIB)
    assert memory_check(Environment(memory_mb=8192)).judge(facts).verdict == "pass"
    finding = memory_check(Environment(memory_mb=16384)).judge(facts)
    assert (finding.verdict, "8.0 GB" in finding.evidence.zh) == ("fail", True)


def test_this_computer_is_looked_at() -> None:
    found = look_at_memory()
    assert found.usable == psutil.virtual_memory().total
    assert found.installed is None or found.installed >= found.usable
    assert found.free is not None
    assert MemoryFacts.model_validate_json(found.model_dump_json()) == found


def test_the_kernels_blocks_are_counted_and_rubbish_is_none(tmp_path) -> None:
    (tmp_path / "block_size_bytes").write_text("8000000\n", "ascii")
    for number in range(32):
        (tmp_path / f"memory{number}").mkdir()
    assert read_installed(tmp_path) == 4 * GIB
    (tmp_path / "block_size_bytes").write_text("rubbish", "ascii")
    assert read_installed(tmp_path) is None
    assert read_installed(tmp_path / "nothing") is None
