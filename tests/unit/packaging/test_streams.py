"""A program without a console may print, and so may C code in it: nothing happens."""

import subprocess
import sys
from pathlib import Path

STREAMS = Path(__file__).resolve().parents[3] / "packaging" / "bundle" / "streams.py"
PROGRAM = """
import os, pathlib, runpy, sys
told = pathlib.Path(sys.argv[2])
told.write_text(f"before {sys.stdout} {sys.stderr}")
runpy.run_path(sys.argv[1])
print("to nowhere")
sys.stderr.write("to nowhere")
sys.stderr.flush()
os.write(2, b"to nowhere")
saved = os.dup(2)
told.write_text(told.read_text() + f", read {sys.stdin.read()!r}, done")
"""


def run(tmp_path, redirections):
    (tmp_path / "program.py").write_text(PROGRAM)
    words = [sys.executable, tmp_path / "program.py", STREAMS, tmp_path / "told"]
    line = " ".join(f"'{word}'" for word in words)
    done = subprocess.run(["sh", "-c", line + redirections], check=True, capture_output=True)
    return (tmp_path / "told").read_text(), done.stdout


def test_closed_streams_are_opened_to_nowhere(tmp_path):
    told, _ = run(tmp_path, " <&- >&- 2>&-")
    assert told == "before None None, read '', done"


def test_streams_that_exist_are_left_alone(tmp_path):
    told, out = run(tmp_path, " </dev/null")
    assert told.endswith("done")
    assert "None" not in told
    assert out.strip() == b"to nowhere"
