"""What may be shown to the organizer: only lines that no power cut takes away any more."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.evidence.entries import Close, Note
from client.evidence.journal import JournalWriter, last_line, lines_from_end, settled_line


def remark(number: int) -> Note:
    return Note(level="info", zh=f"第 {number} 行", en=f"line {number}")


def test_the_newest_line_is_not_settled_until_another_follows(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    assert settled_line(path) is None
    writer = JournalWriter(path, Ed25519PrivateKey.generate())
    writer.append(remark(0))
    assert settled_line(path) is None
    for number in range(1, 400):  # further than one look from the end reaches
        writer.append(remark(number))
        newest, settled = last_line(path), settled_line(path)
        assert newest is not None
        assert settled is not None
        assert (newest.seq, settled.seq) == (number, number - 1)
    with path.open("ab") as torn:
        torn.write(b'{"half a line')
    assert settled_line(path) == settled


def test_a_closed_journal_is_settled_to_its_end(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path, Ed25519PrivateKey.generate())
    writer.append(remark(0))
    close = writer.append(Close(reason="ended", files={}))
    assert settled_line(path) == close


def test_lines_come_back_with_their_places(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path, Ed25519PrivateKey.generate())
    written = [writer.append(remark(number)) for number in range(5)]
    assert list(lines_from_end(path)) == written[::-1]
    assert [line.seq for line in lines_from_end(path, written[-1].end - written[2].offset)] == [
        4,
        3,
    ]
