"""The scripts that the workflows run on a real Windows load there: nothing of Linux at the top."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("script", ["packaging/windows/build.py", "packaging/smoke.py"])
def test_a_script_of_the_release_tells_its_options(script):
    told = subprocess.run(
        [sys.executable, str(ROOT / script), "--help"], capture_output=True, check=False, timeout=90
    )
    assert told.returncode == 0, told.stderr.decode(errors="replace")
    assert b"--help" in told.stdout
