"""A disk that stands still or errs: what is on its way waits in order, and is named."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base import files
from client.base.clock import SECOND_US, monotonic_us
from client.evidence.entries import Gap, Note, Part
from client.evidence.journal import read_journal
from client.evidence.layout import SessionFolder
from client.recorder.child import chronicle, mender, trackfile
from client.recorder.child.backlog import Backlog
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.mender import TRIES, Mender
from client.recorder.child.stallwatch import StallWatch
from client.recorder.child.trackfile import TrackWriter

BOX = (16).to_bytes(4, "big") + b"ftyp" + b"iso5" + bytes(4)


class Disk:
    """Stands between the files and the system's write and sync."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moves = threading.Event()
        self.moves.set()
        self.errors: list[int] = []
        self._sync = files.sync_data
        monkeypatch.setattr(files, "os", self)
        monkeypatch.setattr(files, "sync_data", self.sync)
        monkeypatch.setattr(mender, "PAUSE_S", 0.0)

    def __getattr__(self, name: str):
        return getattr(os, name)

    def answer(self) -> None:
        assert self.moves.wait(20)
        if self.errors:
            raise OSError(self.errors.pop(0), "the disk says")

    def write(self, descriptor, data) -> int:
        self.answer()
        return os.write(descriptor, bytes(data)[: max(1, len(data) // 2)])

    def sync(self, descriptor) -> None:
        self.answer()
        self._sync(descriptor)


@pytest.fixture
def disk(monkeypatch) -> Disk:
    return Disk(monkeypatch)


def mending(said: list) -> Mender:
    return Mender(lambda _: False, said.append)


def test_a_stalled_write_keeps_nobody_waiting_and_loses_nothing(tmp_path, disk):
    disk.moves.clear()
    writer = TrackWriter(tmp_path / "screen-01.mp4", 0)
    begun = time.monotonic()
    for _ in range(1000):
        writer.write(BOX)
    writer.finish()
    assert time.monotonic() - begun < 5
    assert not writer.wait(0.1)
    assert writer.busy_since_us is not None
    assert writer.take_range() is None  # nothing is promised that the file does not have
    disk.moves.set()
    assert writer.wait(20)
    assert writer.busy_since_us is None
    taken = writer.take_range()
    writer.close()
    assert (tmp_path / "screen-01.mp4").read_bytes() == BOX * 1000
    assert taken.bytes == (0, len(BOX) * 1000)
    assert taken.sha256 == hashlib.sha256(BOX * 1000).hexdigest()


def test_what_waits_has_a_bound():
    backlog = Backlog(limit=100)
    done = []

    def fill() -> None:
        for number in range(20):
            backlog.put(bytes([number]) * 30)
            done.append(number)

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    time.sleep(0.2)
    assert backlog.times_full == 1
    assert len(done) == 4  # three fit below the bound, the fourth goes over it
    taken = [backlog.take() for _ in range(20)]
    thread.join(5)
    assert taken == [bytes([number]) * 30 for number in range(20)]
    begun_us, ended_us = backlog.waits[0]
    assert ended_us - begun_us > 0.15 * SECOND_US
    assert len(backlog.waits) == backlog.times_full
    backlog.close()
    assert backlog.take() is None
    backlog.put(b"late")  # waits for nobody
    assert backlog.take() is None


def test_what_memory_did_not_hold_is_a_gap_with_its_cause(tmp_path, disk, monkeypatch):
    monkeypatch.setattr(trackfile, "Backlog", partial(Backlog, limit=100))
    monkeypatch.setattr(chronicle, "BRIEF_US", SECOND_US // 10)
    folder = SessionFolder(tmp_path / "s").create()
    journal = Chronicle(folder, Ed25519PrivateKey.generate())
    writer = TrackWriter(folder.path / "screen-01.mp4", 0)
    journal.post(Part(file=writer.name, epoch_us=0, width=2, height=2, sound=False), writer)
    journal.cover()
    disk.moves.clear()
    filling = threading.Thread(target=lambda: [writer.write(BOX) for _ in range(20)])
    begun_us = monotonic_us()
    filling.start()
    time.sleep(0.3)
    disk.moves.set()
    filling.join(10)
    writer.finish()
    assert writer.wait(10)
    journal.cover()
    gaps = [x.entry for x in read_journal(folder.journal) if isinstance(x.entry, Gap)]
    assert [gap.source for gap in gaps] == ["screen"]
    assert begun_us <= gaps[0].from_us < gaps[0].to_us <= monotonic_us()
    assert gaps[0].to_us - gaps[0].from_us > 0.1 * SECOND_US
    assert "内存已存满" in gaps[0].cause
    assert journal.gaps == 1
    journal.close()


def test_an_error_once_is_written_again_in_place_and_named(tmp_path, disk):
    said: list[Note] = []
    disk.errors = [errno.EIO]
    writer = TrackWriter(tmp_path / "screen-01.mp4", 0, mending(said))
    for _ in range(10):
        writer.write(BOX)
    writer.finish()
    assert writer.wait(20)
    disk.errors = [errno.EIO]
    writer.sync()
    writer.close()
    assert (tmp_path / "screen-01.mp4").read_bytes() == BOX * 10
    assert [note.zh for note in said] == [
        "磁盘报告了一次写入错误（screen-01.mp4：the disk says），已重新写入"
    ]


def test_an_error_for_good_is_told_to_the_track_and_covers_only_what_is_there(tmp_path, disk):
    writer = TrackWriter(tmp_path / "screen-01.mp4", 0, mending([]))
    writer.write(BOX)
    while writer.size < len(BOX):
        time.sleep(0.01)
    disk.errors = [errno.EIO] * (TRIES + 1)

    def write_on() -> None:
        for _ in range(1000):
            writer.write(BOX)
            time.sleep(0.01)

    with pytest.raises(OSError, match="disk says") as raised:
        write_on()
    assert raised.value.filename == str(tmp_path / "screen-01.mp4")
    writer.finish()
    assert writer.wait(5)
    taken = writer.take_range()
    writer.close()
    data = (tmp_path / "screen-01.mp4").read_bytes()
    assert taken.bytes == (0, len(BOX))
    assert hashlib.sha256(data[: len(BOX)]).hexdigest() == taken.sha256


def test_bytes_that_a_failing_write_left_are_not_written_again(tmp_path, monkeypatch):
    file = files.AppendFile(tmp_path / "screen-01.mp4", mending([]))
    monkeypatch.setattr(mender, "PAUSE_S", 0.0)
    real, failures = os.write, [5, 0]

    class HalfDone:
        def __getattr__(self, name: str):
            return getattr(os, name)

        def write(self, descriptor, data) -> int:
            if not failures:
                return real(descriptor, data)
            if landed := failures.pop(0):
                real(descriptor, bytes(data)[:landed])
            raise OSError(errno.EINVAL, "the disk says")

    monkeypatch.setattr(files, "os", HalfDone())
    file.append(b"0123456789")
    file.append(b"abc")
    assert file.size == 13
    file.close()
    assert (tmp_path / "screen-01.mp4").read_bytes() == b"0123456789abc"


def test_a_stall_is_said_once_and_once_more_when_it_is_over():
    watch = StallWatch()
    assert watch.look(5 * SECOND_US, None, 0) is None
    assert watch.look(5 * SECOND_US, 4 * SECOND_US, 0) is None  # a busy disk, nothing unusual
    begun = watch.look(8 * SECOND_US, 5 * SECOND_US, 0)
    assert begun is not None
    assert begun.zh.startswith("磁盘停顿：已有 3 秒")
    assert watch.look(14 * SECOND_US, 5 * SECOND_US, 0) is None
    assert "9 秒" in watch.present.zh
    over = watch.look(15 * SECOND_US, None, 0)
    assert over.zh == "磁盘停顿了 10 秒，现在恢复，录像没有丢失"
    assert watch.present is None
    assert watch.look(16 * SECOND_US, None, 0) is None


def test_a_stall_that_memory_could_not_bridge_says_so():
    watch = StallWatch()
    assert watch.look(SECOND_US, None, 3) is None  # of an earlier one
    assert watch.look(5 * SECOND_US, 2 * SECOND_US, 3) is not None
    over = watch.look(42 * SECOND_US, None, 4)
    assert over.zh == "磁盘停顿了 40 秒，现在恢复；内存已存满，期间有画面没有录下"
    assert watch.look(45 * SECOND_US, 43 * SECOND_US - 1, 4) is not None
    assert "没有丢失" in watch.look(46 * SECOND_US, None, 4).zh
