"""The clocks on Windows."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise

from client.base import clock


def test_one_boot_has_one_name_in_every_process_whatever_the_wall_clock_says(monkeypatch):
    code = "from client.base.clock import boot_id; print(boot_id())"
    command = [sys.executable, "-c", code]
    other = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    assert clock.boot_id() == other
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    clock.boot_id.cache_clear()
    assert clock.boot_id() == other
    assert len(other) == 8


def test_the_monotonic_clock_does_not_tick_in_15_ms():
    readings = [clock.monotonic_us() for _ in range(20_000)]
    steps = [after - before for before, after in pairwise(readings)]
    assert min(steps) >= 0
    assert len(set(readings)) > 100
