"""The program as its users start it: a process of its own, its output as bytes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from client.base.process import own_command

ROOT = Path(__file__).resolve().parents[2]
STRICT = {"PYTHONPATH": str(Path(__file__).resolve().parent / "strict")}
"""Long paths are refused as on a Windows whose registry switch is off."""
SIMULATED = ("--camera", "test", "--microphone", "test")
PATIENCE_S = 240


def saijian(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a verb to its end; what it printed is in `stdout` and `stderr`."""
    return subprocess.run(
        own_command(*words),
        check=False,
        capture_output=True,
        timeout=PATIENCE_S,
        cwd=ROOT,
        env={**os.environ, "SAIJIAN_LANG": "zh", **environment},
    )
