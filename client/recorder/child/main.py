"""`saijian recorder --session DIR`, started by the app, and `saijian record` in the foreground.

The lock is taken before anything heavy is imported: when app and window both start a recorder in
place of one that died, the second is gone before it costs the first any time.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from client.base.errors import RecorderError
from client.base.files import FileLock
from client.base.log import log_to_file
from client.base.process import keep_one_heap
from client.base.text import Text
from client.evidence.layout import SessionFolder

if TYPE_CHECKING:
    from client.recorder.protocol import Audience

EXIT_HELD = 3
"""Another recorder works on this session."""


def main(arguments: list[str]) -> int:
    """Run the recorder process of one session until it is closed; 0 when it was."""
    parser = argparse.ArgumentParser(prog="saijian recorder")
    parser.add_argument("--session", type=Path, required=True)
    folder = SessionFolder(parser.parse_args(arguments).session)
    keep_one_heap()
    with _lock_of(folder) as is_ours:
        if not is_ours:
            return EXIT_HELD
        from client.recorder.child.build import run_recorder

        log_to_file(folder.log("recorder"))
        return 0 if run_recorder(folder) is not None else 1


def record(folder: SessionFolder, audience: Audience) -> int:
    """Run a plain recording in this process; 0 when it was closed in order."""
    keep_one_heap()
    with _lock_of(folder) as is_ours:
        if not is_ours:
            raise RecorderError(
                Text("本场次已有录制进程在运行。", "This session is being recorded already."),
                Text("无需再次启动。", "There is no need to start it again."),
            )
        from client.recorder.child.build import run_recorder

        log_to_file(folder.log("recorder"))
        return 1 if run_recorder(folder, audience) == "disk" else 0


@contextlib.contextmanager
def _lock_of(folder: SessionFolder) -> Iterator[bool]:
    """Hold the session's recorder lock, if nobody else does."""
    lock = FileLock(folder.recorder_lock)
    is_ours = lock.acquire()
    try:
        yield is_ours
    finally:
        lock.release()
