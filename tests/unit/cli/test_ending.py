"""How verbs end: exit codes, and silence when nobody reads."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from client.base.errors import DeviceError
from client.base.text import Text
from client.cli.ending import EXIT_INTERRUPTED, EXIT_NOT_READ, exit_code_of

PIPED = """
import sys
from client.base.text import Text
from client.cli.ending import exit_code_of
from client.cli.say import tell
def work():
    {work}
    return 7
sys.exit(exit_code_of(work, as_json=False))
"""


def into_a_closed_pipe(work, *, stream="stdout", unbuffered=""):
    """Run `work` with a standard stream that nobody reads; return exit code and the other one."""
    reading, writing = os.pipe()
    os.close(reading)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: writing}
    command = [sys.executable, "-c", PIPED.format(work=work)]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment, **streams) as process:
        os.close(writing)
        said = process.communicate(timeout=60)
    return process.returncode, (said[1] if stream == "stdout" else said[0])


@pytest.mark.parametrize(
    "work",
    [
        "print('one line')",
        "print('x' * 10_000_000)",
        "print('now', flush=True)",
        "sys.exit(print('--help'))",
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_nobody_reads_ends_quietly(work, unbuffered):
    assert into_a_closed_pipe(work, unbuffered=unbuffered) == (EXIT_NOT_READ, b"")


def test_progress_that_nobody_reads_ends_nothing():
    work = "tell(Text('进度', 'progress')); tell(Text('进度', 'progress')); print('done')"
    assert into_a_closed_pipe(work, stream="stderr") == (7, b"done" + NEWLINE)


NEWLINE = os.linesep.encode()


def raising(error):
    def work():
        raise error

    return work


def test_another_broken_pipe_is_a_fault_of_ours():
    with pytest.raises(BrokenPipeError):
        exit_code_of(raising(BrokenPipeError(errno.EPIPE, "a socket")), as_json=False)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), EXIT_INTERRUPTED),
        (SystemExit(0), 0),
        (SystemExit(None), 0),
        (DeviceError(Text("没有摄像头。", "No camera."), Text("请接上。", "Plug it in.")), 1),
        (OSError(errno.ENOSPC, "full"), 1),
        (PermissionError(errno.EACCES, "denied", "/x"), 1),
    ],
)
def test_exit_codes(error, code, capsys):
    assert exit_code_of(raising(error), as_json=True) == code


def test_an_error_of_the_program_is_not_hidden():
    with pytest.raises(OSError, match="strange"):
        exit_code_of(raising(OSError(errno.EIO, "strange")), as_json=False)
