"""A session's drive that is gone for a while: the window waits, the recorder goes on."""

from __future__ import annotations

import errno
import os
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base import files
from client.base.errors import StorageError
from client.base.text import Text
from client.evidence.entries import Media, Part
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.recorder.child.chronicle import Chronicle, ReceiptTail
from client.recorder.child.trackfile import TrackWriter
from client.recorder.protocol import GiveConsent
from client.recorder.supervisor import RecorderSupervisor
from tests.unit.recorder.test_session import NO_PLAN, Running
from tests.unit.recorder.test_slow_disk import BOX


class Started:
    """What the supervisor gets in place of a process."""

    returncode = None

    def poll(self):
        return None


def test_the_supervisor_starts_the_recorder_once_the_drive_is_back(tmp_path, monkeypatch):
    tries, started = [], threading.Event()

    def spawn(words, log):
        tries.append(log)
        if len(tries) < 3:
            raise FileNotFoundError(2, "No such file or directory", str(log))
        started.set()
        return Started()

    monkeypatch.setattr("client.recorder.supervisor.spawn_detached", spawn)
    monkeypatch.setattr("client.recorder.supervisor.BACK_OFF_S", (0.0, 0.01))
    supervisor = RecorderSupervisor(SessionFolder(tmp_path / "场次").create())
    supervisor.start()
    assert started.wait(20)
    supervisor.close()
    assert len(tries) == 3


def test_free_space_that_cannot_be_read_is_none_and_ends_nothing(tmp_path, monkeypatch):
    def gone(_):
        raise StorageError(Text("没有", "gone"), Text("接上", "connect it"))

    monkeypatch.setattr("client.recorder.child.drives.free_bytes", gone)
    running = Running(tmp_path, NO_PLAN)
    assert running.ask(GiveConsent(id=1, items=("recording",)))
    assert running.end() is None
    assert {status.free_bytes for status in running.stage.statuses} == {0}


@pytest.mark.parametrize("error", [PermissionError, FileNotFoundError, OSError])
def test_receipts_that_cannot_be_opened_are_looked_at_again(tmp_path, monkeypatch, error):
    path = tmp_path / "receipts.jsonl"
    path.write_bytes(b"rubbish\n")
    receipts = ReceiptTail(path)

    def refuse(*_):
        raise error(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.open", refuse)
        assert receipts.new() == []
    assert receipts.new() == []


def test_a_file_whose_drive_refuses_even_to_close_it_ends_nothing(tmp_path, monkeypatch):
    folder, place = SessionFolder(tmp_path / "session").create(), tmp_path / "spare"
    place.mkdir()
    chronicle = Chronicle(folder, Ed25519PrivateKey.generate(), place)
    writer = TrackWriter(place / "screen-01.mp4", 0)
    part = Part(file=writer.name, epoch_us=0, width=2, height=2, sound=False, spare=True)
    chronicle.post(part, writer)
    writer.write(BOX)
    writer.finish()
    assert writer.wait(10)

    class Gone:
        def __getattr__(self, name: str):
            return getattr(os, name)

        def close(self, descriptor: int) -> None:
            os.close(descriptor)
            raise OSError(errno.EIO, "the drive is gone")

    monkeypatch.setattr(files, "os", Gone())
    monkeypatch.setattr(files, "sync_folder", lambda _: None)
    chronicle.cover()
    chronicle.cover()
    lines = [line.entry for line in read_journal(folder.journal) if isinstance(line, Line)]
    assert [entry.ranges[writer.name].bytes for entry in lines if isinstance(entry, Media)] == [
        (0, len(BOX))
    ]
