"""`saijian coach`: judges the pictures that come through its pipe, and ends with it.

It opens no device, no file but its models and no connection; it writes nothing anywhere.
"""

from __future__ import annotations

import os
import sys
import time
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray

from client.identity.judge import Judge
from client.identity.messages import Begin, Look, Ready, Seen, read, write
from client.identity.outcome import Enrolled
from client.identity.reader import Reader

THREADS = 1
"""Of two processors one is the recorder's."""
_NICE = 10
_BELOW_NORMAL = 0x4000


def main(_arguments: list[str]) -> int:
    """Serve until the pipe ends; return 0 then, 1 where something came that is no message."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing else may print between them
    step_back()
    cv2.setNumThreads(THREADS)
    try:
        serve(sys.stdin.buffer, answers)
    except (EOFError, OSError):
        return 0
    except ValueError:  # its text may hold what was sent
        return 1
    return 0


def serve(pipe: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each `Look`; EOFError when the other side is gone, ValueError for no message."""
    begin, _ = read(pipe)
    if not isinstance(begin, Begin):
        raise ValueError("begin")
    judge = Judge(Reader(threads=THREADS).read, Enrolled(begin.name, begin.document))
    write(answers, Ready())
    while True:
        look, jpeg = read(pipe)
        if not isinstance(look, Look):
            raise ValueError("look")
        began = time.process_time()
        picture = _decoded(jpeg)
        verdict = judge.look(picture, look.step, look.document, look.level)
        write(answers, Seen.of(verdict, round((time.process_time() - began) * 1000)))


def _decoded(jpeg: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("picture")
    return picture.astype(np.uint8, copy=False)


def step_back() -> None:
    """Let the recorder go first."""
    if sys.platform == "win32":
        import ctypes
        from ctypes.wintypes import DWORD, HANDLE

        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = HANDLE
        kernel.SetPriorityClass.argtypes = [HANDLE, DWORD]
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        os.nice(_NICE)
