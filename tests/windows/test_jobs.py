"""Helpers are in a job object that ends with its owner; a recorder that the owner spawned is not.

The same in words: tests/unit/base/test_job.py, which runs on both systems. Here: that it is a job,
and that nothing gets out of it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from client.base.job import helper

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30

PARENT = """
import subprocess, sys
lives = "import time; print('lives', flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", lives], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""
OWNER = f"""
import sys
from client.base.job import helper
with helper([sys.executable, "-c", {PARENT!r}], stdout=-1) as server:
    print(server.stdout.readline().decode(), flush=True)
    sys.stdin.read()
"""


def test_what_a_helper_starts_ends_with_the_owner_too():
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, **pipes) as owner:
        grandchild = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
        grandchild.wait(2)


def test_what_a_helper_starts_ends_with_the_block():
    with helper([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as process:
        grandchild = psutil.Process(int(process.stdout.readline()))
    grandchild.wait(2)


def test_two_helpers_end_each_with_its_own_block():
    with helper([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as one:
        one.stdout.readline()
        with helper([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as two:
            two.stdout.readline()
        assert two.returncode is not None
        with pytest.raises(subprocess.TimeoutExpired):
            one.wait(0.3)
