"""A rehearsal on Windows that is interrupted takes along what it started."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from client.attempt.leaving import processes_of
from client.base.process import own_command
from client.evidence.layout import SessionFolder
from tests.windows.console import CTRL_C_EVENT, console_event, hear_ctrl_c

pytestmark = pytest.mark.timeout(300)
STARTS, ENDS = 150, 90


def test_ctrl_c_seals_and_leaves_no_process(tmp_path, qtbot):
    import psutil

    out = tmp_path / "彩排 一"
    command = own_command("rehearse", "--headless", "--seconds", "120", "--out", str(out))
    command += ["--camera", "test", "--microphone", "test"]
    hear_ctrl_c()
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE) as process:
        try:
            qtbot.waitUntil(
                lambda: any(out.glob("sessions/*/screen-01.mp4")), timeout=STARTS * 1000
            )
            folder = SessionFolder(next(out.glob("sessions/*/screen-01.mp4")).parent)
            helpers = psutil.Process(process.pid).children(recursive=True)
            assert {p.pid for p in processes_of(folder, "recorder")} <= {p.pid for p in helpers}
            console_event(process, CTRL_C_EVENT)
            assert process.wait(ENDS) == 130
            assert processes_of(folder) == []
            assert psutil.wait_procs(helpers, timeout=10)[1] == []
        finally:
            process.kill()
    assert folder.seal.exists()
