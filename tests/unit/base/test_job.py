"""A helper ends with its owner, whatever ends that; what is detached does not."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from client.base.job import helper

ROOT = Path(__file__).resolve().parents[3]
LIVES = "import time; print('lives', flush=True); time.sleep(60)"
GONE_S = 2.0

OWNER = """
import sys
from pathlib import Path
from client.base import process
from client.base.job import helper

lives = sys.argv[1]
process.own_command = lambda *words: [sys.executable, "-c", *words]
detached = process.spawn_detached([lives], Path(sys.argv[2]))
with helper([sys.executable, "-c", lives], stdout=-1) as server:
    server.stdout.readline()
    print(server.pid, detached.pid, flush=True)
    sys.stdin.read()
"""


def test_after_kill_9_of_its_owner_a_helper_is_gone_and_a_recorder_is_not(tmp_path):
    command = [sys.executable, "-c", OWNER, LIVES, str(tmp_path / "recorder.out")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as owner:
        ours, detached = map(psutil.Process, map(int, owner.stdout.readline().split()))
        owner.kill()
        killed = time.monotonic()
        owner.wait(GONE_S)
    try:
        _wait_for_the_end(ours)
        assert time.monotonic() - killed < GONE_S
        assert detached.is_running()
    finally:
        detached.kill()


def _wait_for_the_end(process: psutil.Process) -> None:
    """Return once it runs no more; a container's first process may not bury it."""
    deadline = time.monotonic() + 5 * GONE_S
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_end_of_the_thread_that_started_it_is_not_the_end_of_a_helper():
    let_go, begun = threading.Event(), threading.Event()
    helpers = []

    def start():
        entered = helper([sys.executable, "-c", LIVES], stdout=subprocess.PIPE)
        helpers.append((entered, entered.__enter__()))
        begun.set()
        let_go.wait()

    thread = threading.Thread(target=start)
    thread.start()
    begun.wait()
    context, process = helpers[0]
    let_go.set()
    thread.join()
    assert process.stdout.readline().strip() == b"lives"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)
    context.__exit__(None, None, None)
    assert process.returncode is not None


def test_it_ends_with_its_block_also_after_an_error():
    with pytest.raises(KeyError), helper([sys.executable, "-c", LIVES]) as process:
        raise KeyError
    assert process.returncode is not None


STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


def test_one_that_does_not_listen_is_killed(monkeypatch):
    monkeypatch.setattr("client.base.job.TERMINATES_S", 0.2)
    with helper([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
    assert process.returncode is not None


def test_what_cannot_be_started_leaves_nothing_open(tmp_path):
    before = psutil.Process().num_fds() if os.name == "posix" else psutil.Process().num_handles()
    for _ in range(20):
        with pytest.raises(FileNotFoundError), helper([str(tmp_path / "none")]):
            pytest.fail("started")
    after = psutil.Process().num_fds() if os.name == "posix" else psutil.Process().num_handles()
    assert after <= before + 5
