"""A line never speaks of bytes that are not on the disk, and a torn past is taken up."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base import clock
from client.base.clock import SECOND_US, monotonic_us
from client.contest.signed import sign
from client.evidence.entries import ClockStep, Device, Gap, Media, Note, ReceiptSeen, Restart, Tail
from client.evidence.entries import Part as PartLine
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.recorder.child import chronicle as chronicle_module
from client.recorder.child import clockwatch
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.container import Part, VideoShape
from client.recorder.child.recovery import find_tails, next_parts, read_past, restart_entries

SHAPE = VideoShape(64, 48, fps=10, quality=28, key_frame_seconds=2)
KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return SessionFolder(tmp_path / "session").create()


def entries(folder: SessionFolder) -> list:
    return [line.entry for line in read_journal(folder.journal) if isinstance(line, Line)]


def begin(folder: SessionFolder, chronicle: Chronicle, name: str = "screen-01.mp4") -> Part:
    part = Part(folder.path / name, monotonic_us(), SHAPE, None)
    line = PartLine(file=name, epoch_us=part.epoch_us, width=64, height=48, sound=False)
    chronicle.post(line, part.writer)
    return part


def film(part: Part, seconds: float, start_s: float = 0) -> None:
    for n in range(round(seconds * 10)):
        at_us = part.epoch_us + round(start_s * SECOND_US) + n * SECOND_US // 10
        part.add_picture(np.full((72, 64), n % 250, np.uint8), at_us)
    while part.writer.pending:
        time.sleep(0.001)


def test_media_is_synced_before_the_line_that_covers_it(folder, monkeypatch):
    order: list[str] = []
    chronicle = Chronicle(folder, KEY)
    part = begin(folder, chronicle)
    film(part, 3)
    sync, append = part.writer.sync, chronicle.append
    monkeypatch.setattr(part.writer, "sync", lambda: (order.append("media"), sync()))
    monkeypatch.setattr(chronicle, "append", lambda e: (order.append("line"), append(e))[1])
    chronicle.cover()
    assert order == ["media", "line"]
    part.close()


def test_pictures_count_as_safe_when_those_of_every_file_are(folder):
    chronicle = Chronicle(folder, KEY)
    screen, film_part = begin(folder, chronicle), begin(folder, chronicle, "contest-01.mp4")
    film(screen, 3)
    chronicle.cover()
    assert chronicle.covered_us == film_part.epoch_us
    assert chronicle.is_behind(film_part.epoch_us + SECOND_US)
    film(film_part, 2)
    chronicle.cover()
    assert film_part.epoch_us + SECOND_US <= chronicle.covered_us
    assert chronicle.covered_us < screen.writer.taken_us
    assert not chronicle.is_behind(film_part.epoch_us + SECOND_US)
    for part in (screen, film_part):
        part.close()


def test_without_a_track_nothing_but_what_is_posted_is_awaited(folder):
    chronicle = Chronicle(folder, KEY)
    assert not chronicle.is_behind(monotonic_us())
    chronicle.post(Note(level="info", zh="话", en="words"))
    assert chronicle.is_behind(0)
    chronicle.cover()
    assert not chronicle.is_behind(monotonic_us())


def test_media_is_covered_at_once_when_that_is_asked_for(folder, monkeypatch):
    monkeypatch.setattr(chronicle_module, "LINE_EVERY_S", 600.0)
    chronicle = Chronicle(folder, KEY)
    part = begin(folder, chronicle)
    film(part, 3)
    writer = threading.Thread(target=chronicle.write)
    writer.start()
    chronicle.cover_soon()
    deadline = time.monotonic() + 10
    while chronicle.covered_us <= part.epoch_us:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    chronicle.end_writing()
    writer.join(10)
    part.close()


def test_every_byte_is_covered_once_with_its_digest(folder):
    chronicle = Chronicle(folder, KEY)
    part = begin(folder, chronicle)
    for second in range(5):
        film(part, 1, second)
        chronicle.cover()
    part.close()
    assert part.writer.wait(10)
    chronicle.cover()
    chronicle.cover()  # nothing new, no line
    data = (folder.path / "screen-01.mp4").read_bytes()
    at = 0
    for entry in entries(folder):
        if isinstance(entry, Media):
            (start, end), digest = (
                entry.ranges["screen-01.mp4"].bytes,
                entry.ranges["screen-01.mp4"].sha256,
            )
            assert start == at
            assert hashlib.sha256(data[start:end]).hexdigest() == digest
            at = end
    assert at == len(data) == chronicle.files["screen-01.mp4"]


def test_what_was_opened_last_is_known_after_a_restart(folder):
    dead = Chronicle(folder, KEY)
    for source, name in (("camera", "first"), ("sound", "mic"), ("camera", "spare")):
        dead.append(Device(source=source, name=name, origin="real"))
    dead.close()
    assert read_past(folder).devices == {"camera": "spare", "sound": "mic"}


def test_what_a_dead_recorder_left_is_hashed_and_the_gap_named(folder):
    dead = Chronicle(folder, KEY)
    part = begin(folder, dead)
    film(part, 3)
    dead.cover()
    film(part, 2.5, 3)  # written, never covered
    dead.close()
    with (folder.path / "screen-01.mp4").open("ab") as torn:
        torn.write(b"\x00\x00\x01\x00moof-torn")
    with folder.journal.open("ab") as journal:
        journal.write(b'{"torn":')

    past = read_past(folder)
    tails = find_tails(folder, past)
    alive = Chronicle(folder, KEY)
    alive.go_on_after(past, tails)
    alive.cover()
    tail, restart, gap = entries(folder)[-3:]
    data = (folder.path / "screen-01.mp4").read_bytes()
    assert isinstance(tail, Tail)
    assert tail.bytes[1] == len(data)
    assert hashlib.sha256(data[tail.bytes[0] :]).hexdigest() == tail.sha256
    assert isinstance(restart, Restart)
    assert isinstance(gap, Gap)
    assert gap.source == "screen"
    assert tail.us is not None
    assert gap.from_us == tail.us[1]
    assert tail.us[1] - part.epoch_us > 4 * SECOND_US  # the tail's whole fragments count
    assert next_parts(folder) == {"screen": 2, "identity": 1, "contest": 1, "second": 1}
    assert alive.files["screen-01.mp4"] == len(data)
    assert alive.gaps == 1


def test_each_source_has_its_own_gap_after_a_restart(folder):
    alive = Chronicle(folder, KEY)
    alive.append(Note(level="info", zh="一", en="one"))
    alive.close()
    past = read_past(folder)
    sound = {"screen": False, "second": False, "contest": True}
    for number, (track, has_sound) in enumerate(sound.items()):
        name = f"{track}-01.mp4"
        past.parts[name] = PartLine(file=name, epoch_us=0, width=2, height=2, sound=has_sound)
        past.covered[name] = (10, number)
    gaps = {g.source: g.from_us for g in restart_entries(past, []) if isinstance(g, Gap)}
    assert gaps == {"screen": 0, "second": 1, "camera": 2, "sound": 2}


def receipt(nonce: str) -> dict:
    return sign(
        {
            "kind": "saijian.receipt/1",
            "session": "00000000-0000-0000-0000-000000000000",
            "head": {"seq": 1, "sha256": "0" * 64},
            "time_us": 1,
            "address": "127.0.0.1",
            "nonce": nonce * 64,
            "other": None,
            "key": "0" * 64,
        },
        KEY,
    )


def test_each_receipt_is_copied_in_once_and_rubbish_never(folder):
    chronicle = Chronicle(folder, KEY)
    lines = [json.dumps(receipt("a")), "rubbish", "[]", json.dumps({"kind": "saijian.receipt/1"})]
    folder.receipts.write_text("\n".join([*lines, json.dumps(receipt("a")), "x" * 9000, ""]))
    chronicle.cover()
    with folder.receipts.open("a") as more:
        more.write(json.dumps(receipt("b")))
    chronicle.cover()  # its line is not complete yet
    with folder.receipts.open("a") as more:
        more.write("\n")
    chronicle.cover()
    seen = [e.receipt["nonce"][0] for e in entries(folder) if isinstance(e, ReceiptSeen)]
    assert seen == ["a", "b"]
    past = read_past(folder)
    again = Chronicle(folder, KEY)
    again.go_on_after(past, [])
    again.cover()
    assert [e.receipt["nonce"][0] for e in entries(folder) if isinstance(e, ReceiptSeen)] == seen


def test_a_clock_set_back_is_a_line_and_moves_nothing_else(folder, monkeypatch):
    chronicle = Chronicle(folder, KEY)
    hour_us = 3600 * SECOND_US
    monkeypatch.setattr(clockwatch, "utc_us", lambda: clock.utc_us() - hour_us)
    chronicle.cover()
    chronicle.cover()
    steps = [e for e in entries(folder) if isinstance(e, ClockStep)]
    assert len(steps) == 1
    assert steps[0].step_us == pytest.approx(-hour_us, abs=SECOND_US)
