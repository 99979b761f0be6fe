from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from client.base.bounded import MAX_LINE_BYTES
from client.contest.signed import canonical, is_signed_by, public_key, sha256, sign
from client.evidence.chain import read_chain
from client.evidence.entries import Note
from client.evidence.journal import (
    GENESIS,
    BrokenLine,
    JournalWriter,
    Line,
    last_line,
    lines_from_end,
    parse_line,
    read_journal,
)


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


def note(text="ok"):
    return Note(level="info", zh=text, en=text)


def test_lines_are_numbered_chained_and_signed(tmp_path, key):
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path, key, wall=lambda: 7)
    written = [writer.append(note(str(i)), at_us=i) for i in range(4)]
    writer.close()
    assert list(read_journal(path)) == written
    assert [line.seq for line in written] == [0, 1, 2, 3]
    assert [line.prev for line in written] == [GENESIS, *(sha256(x.raw) for x in written[:-1])]
    assert {line.utc_us for line in written} == {7}
    import json

    assert all(is_signed_by(json.loads(line.raw), public_key(key)) for line in written)
    assert writer.head == written[-1].head
    assert writer.size == path.stat().st_size == written[-1].end


def test_a_writer_that_comes_back_goes_on_with_the_chain(tmp_path, key):
    path = tmp_path / "journal.jsonl"
    first = JournalWriter(path, key)
    before = first.append(note())
    first.close()
    after = JournalWriter(path, key).append(note())
    assert (after.seq, after.prev) == (1, before.head.sha256)


@pytest.mark.parametrize("torn", [b"{", b'{"boot":"1', b"\x00" * 100])
def test_a_torn_end_is_ended_and_kept(tmp_path, key, torn):
    path = tmp_path / "journal.jsonl"
    JournalWriter(path, key).append(note())
    with path.open("ab") as file:
        file.write(torn)
    assert len(list(read_journal(path))) == 1
    JournalWriter(path, key).append(note())
    first, broken, second = read_journal(path)
    assert isinstance(broken, BrokenLine)
    assert broken.raw == torn
    assert second.prev == first.head.sha256


def test_of_a_line_without_an_end_in_sight_only_the_beginning_is_read(tmp_path, key):
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path, key)
    size = writer.append(note()).end
    writer.append(note())
    writer.close()
    raw, rubbish = path.read_bytes(), b"{" * (3 * MAX_LINE_BYTES) + b"\n"
    path.write_bytes(raw[:size] + rubbish + raw[size:])
    first, long, second = read_journal(path)
    assert (len(long.raw), long.reason) == (MAX_LINE_BYTES, "too long")
    assert (long.offset, long.end) == (size, size + 3 * MAX_LINE_BYTES + 1)
    assert (second.offset, second.prev) == (long.end, first.head.sha256)
    with path.open("ab") as file:
        file.write(b"x" * (2 * MAX_LINE_BYTES))
    assert list(read_journal(path)) == [first, long, second]


def test_a_line_torn_just_before_its_newline_counts(tmp_path, key):
    path = tmp_path / "journal.jsonl"
    JournalWriter(path, key).append(note())
    path.write_bytes(path.read_bytes()[:-1])
    assert list(read_journal(path)) == []
    assert JournalWriter(path, key).append(note()).seq == 1
    assert [line.seq for line in read_journal(path)] == [0, 1]


def test_a_disk_that_fails_half_way_leaves_a_journal_that_goes_on(tmp_path, key, monkeypatch):
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path, key)
    writer.append(note())
    whole = writer._file.append

    def fails(data):
        whole(data[: len(data) // 2])
        raise OSError(28, "full")

    monkeypatch.setattr(writer._file, "append", fails)
    with pytest.raises(OSError, match="full"):
        writer.append(note("lost"))
    monkeypatch.setattr(writer._file, "append", whole)
    writer.append(note("after"))
    kinds = [type(item) for item in read_journal(path)]
    assert kinds == [Line, BrokenLine, Line]
    assert [item.seq for item in read_journal(path) if isinstance(item, Line)] == [0, 1]


def test_a_write_that_fails_just_before_the_newline_leaves_a_whole_line(tmp_path, key, monkeypatch):
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path, key)
    whole = writer._file.append

    def fails(data):
        whole(data[:-1])
        raise OSError(28, "full")

    monkeypatch.setattr(writer._file, "append", fails)
    with pytest.raises(OSError, match="full"):
        writer.append(note("whole"))
    monkeypatch.setattr(writer._file, "append", whole)
    writer.append(note("after"))
    first, second = read_journal(path)
    assert (first.seq, second.seq, second.prev) == (0, 1, first.head.sha256)


def test_a_line_whose_sync_fails_stays_in_the_chain(tmp_path, key, monkeypatch):
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path, key)
    writer.append(note())
    sync = writer._file.sync
    monkeypatch.setattr(writer._file, "sync", lambda: (_ for _ in ()).throw(OSError(5, "fails")))
    with pytest.raises(OSError, match="fails"):
        writer.append(note("written, not synced"))
    monkeypatch.setattr(writer._file, "sync", sync)
    writer.append(note("after"))
    chain = read_chain(path, public_key(key))
    assert [line.seq for line in chain.lines] == [0, 1, 2]
    assert [finding.code for finding in chain.findings] == ["opening_missing"]


def test_reading_goes_on_from_any_lines_end(tmp_path, key):
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path, key)
    lines = [writer.append(note(str(i))) for i in range(5)]
    assert list(read_journal(path, lines[2].end)) == lines[3:]
    assert list(read_journal(tmp_path / "none")) == []


def test_last_line_reads_only_the_end(tmp_path, key):
    path = tmp_path / "journal.jsonl"
    assert last_line(path) is None
    writer = JournalWriter(path, key)
    lines = [writer.append(note("x" * 300)) for _ in range(20)]
    assert next(lines_from_end(path, 1500)) == lines[-1]
    with path.open("ab") as file:
        file.write(b"rubbish\ntorn")
    assert next(lines_from_end(path, 1500)) == lines[-1]
    assert last_line(path) == lines[-1]


@given(st.binary(max_size=300))
def test_rubbish_becomes_a_broken_line_with_a_reason(rubbish):
    item = parse_line(rubbish)
    assert isinstance(item, BrokenLine)
    assert item.reason


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": -1},
        {"seq": "1"},
        {"seq": 1.5},
        {"prev": "x"},
        {"kind": "unknown"},
        {"zh": None},
        {"extra": 1},
        {"mono_us": 2**53},
        {"boot": 4},
    ],
)
def test_a_signed_line_outside_the_format_is_broken(tmp_path, key, changes):
    import json

    line = JournalWriter(tmp_path / "journal.jsonl", key).append(note())
    document = {**json.loads(line.raw), **changes}
    try:
        raw = canonical(sign(document, key))
    except ValueError:
        raw = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    assert isinstance(parse_line(raw), BrokenLine)


def test_the_same_line_spelled_otherwise_is_broken(tmp_path, key):
    line = JournalWriter(tmp_path / "journal.jsonl", key).append(note())
    assert isinstance(parse_line(line.raw), Line)
    assert parse_line(line.raw.replace(b'":', b'": ', 1)).reason == "not canonical"
