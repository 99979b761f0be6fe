"""A lock that nobody holds is free, however many threads look at once."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from client.base import files
from client.base.files import FileLock


def test_a_look_is_not_taken_for_the_lock_by_another_thread(tmp_path: Path, monkeypatch):
    lock = FileLock(tmp_path / "lock")
    lock.path.touch()
    closed, go_on = threading.Event(), threading.Event()

    class Slow:
        def __getattr__(self, name: str):
            return getattr(os, name)

        def close(self, descriptor: int) -> None:
            os.close(descriptor)
            if not closed.is_set():
                closed.set()
                go_on.wait(10)

    monkeypatch.setattr(files, "os", Slow())
    looking = threading.Thread(target=lock.is_held)
    looking.start()
    assert closed.wait(10)
    assert not lock.is_held()
    go_on.set()
    looking.join(10)
    assert lock.acquire()
    assert lock.is_held()
    assert FileLock(lock.path).is_held()
    lock.release()
    assert not FileLock(lock.path).is_held()
