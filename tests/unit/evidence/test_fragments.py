from __future__ import annotations

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.base.errors import EvidenceError
from client.evidence.fragments import MAX_HELD, Fragment, FragmentParser
from tests.films import encoded

FILM = encoded(5, sound=True)
SCREEN = encoded(5)
SOUND = encoded(5, picture=False, sound=True)


def parse(data: bytes, cuts: list[int] | None = None) -> tuple[list[Fragment], FragmentParser]:
    parser = FragmentParser()
    edges = [0, *sorted(cuts or []), len(data)]
    found = []
    for start, end in itertools.pairwise(edges):
        found += parser.feed(data[start:end])
    return found, parser


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


@pytest.mark.parametrize("data", [FILM, SCREEN, SOUND], ids=["film", "screen", "sound"])
def test_fragments_are_contiguous_from_byte_0_to_the_index(data):
    fragments, parser = parse(data)
    assert fragments[0].is_init
    assert fragments[0].key
    assert [f.offset for f in fragments] == [0, *(f.end for f in fragments[:-1])]
    assert parser.size == len(data)
    assert data[parser.complete + 4 : parser.complete + 8] == b"mfra"
    assert parser.pending == len(data) - fragments[-1].end


def test_each_fragment_begins_with_moof_and_ends_with_its_mdat():
    for fragment in parse(FILM)[0][1:]:
        moof = int.from_bytes(FILM[fragment.offset : fragment.offset + 4], "big")
        assert FILM[fragment.offset + 4 : fragment.offset + 8] == b"moof"
        mdat = fragment.offset + moof
        assert FILM[mdat + 4 : mdat + 8] == b"mdat"
        assert mdat + int.from_bytes(FILM[mdat : mdat + 4], "big") == fragment.end


def test_key_is_the_key_frame_every_2_seconds_and_nothing_else():
    keys = [f for f in parse(SCREEN)[0][1:] if f.key]
    others = [f for f in parse(SCREEN)[0][1:] if not f.key]
    assert [round(f.start_us / 1e6) for f in keys] == [0, 2, 4]
    assert others


def test_without_pictures_every_fragment_is_key():
    fragments, _ = parse(SOUND)
    assert len(fragments) > 3
    assert all(f.key for f in fragments)


def test_times_follow_each_other_and_last_as_long_as_was_encoded():
    fragments = [f for f in parse(FILM)[0] if f.spans]
    for video in (True, False):
        spans = [s for f in fragments for s in f.spans if s.video is video]
        assert spans[0].start_us == 0
        for before, after in itertools.pairwise(spans):
            assert after.start_us == pytest.approx(before.end_us, abs=2)
        assert spans[-1].end_us == pytest.approx(5_000_000, abs=130_000)
    assert sum(s.samples for f in fragments for s in f.spans if s.video) == 50


@given(st.lists(st.integers(0, len(FILM)), max_size=40))
def test_where_the_stream_is_cut_changes_nothing(cuts):
    assert parse(FILM, cuts)[0] == parse(FILM)[0]


def test_byte_by_byte_changes_nothing():
    data = encoded(2)
    assert parse(data, list(range(len(data))))[0] == parse(data)[0]


@given(st.integers(0, len(FILM)))
def test_a_torn_file_gives_the_whole_fragments_before_the_tear(cut):
    whole, _ = parse(FILM)
    torn, parser = parse(FILM[:cut])
    assert torn == [f for f in whole if f.end <= cut]
    assert parser.pending == cut - (torn[-1].end if torn else 0)


@given(st.binary(min_size=1, max_size=200), st.integers(0, 3000))
def test_rubbish_raises_evidence_error_or_waits_for_more(rubbish, at):
    data = bytearray(FILM[:4000])
    data[at : at + len(rubbish)] = rubbish
    parser = FragmentParser()
    try:
        for start in range(0, len(data), 333):
            parser.feed(bytes(data[start : start + 333]))
    except EvidenceError as error:
        with pytest.raises(type(error)):
            parser.feed(b"more")


INIT = FILM[: parse(FILM)[0][0].size]
FIRST = FILM[len(INIT) : parse(FILM)[0][1].end]


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x04moov",
        box(b"moov", b"\x00" * 4),
        box(b"free") + INIT,
        INIT + box(b"mdat", b"x"),
        INIT + FIRST[: int.from_bytes(FIRST[:4], "big")] * 2,
        INIT + INIT[28:],
        INIT + struct.pack(">I4s", 0, b"mdat"),
        INIT + struct.pack(">I4s", MAX_HELD + 1, b"moof"),
        INIT + struct.pack(">I4sQ", 1, b"free", 1 << 60),
        INIT + box(b"moof", box(b"traf", box(b"tfhd", b"\x00" * 7 + b"\x09"))),
        INIT + box(b"moof", box(b"traf")),
    ],
    ids=[
        "tiny size",
        "no ftyp",
        "free first",
        "mdat without moof",
        "two moofs",
        "two moovs",
        "to the end",
        "giant moof",
        "giant 64 bit",
        "unknown track",
        "empty traf",
    ],
)
def test_malformed_streams_are_refused(data):
    with pytest.raises(EvidenceError, match="fragmented MP4"):
        FragmentParser().feed(data)


def test_a_giant_trun_count_is_refused_without_allocating():
    moof = bytearray(FIRST[: int.from_bytes(FIRST[:4], "big")])
    at = moof.index(b"trun") + 8
    moof[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(EvidenceError):
        FragmentParser().feed(INIT + bytes(moof))


def test_64_bit_sizes_and_small_boxes_before_a_fragment_belong_to_it():
    moof_size = int.from_bytes(FIRST[:4], "big")
    body = FIRST[moof_size + 8 :]
    wide = struct.pack(">I4sQ", 1, b"mdat", 16 + len(body)) + body
    data = INIT + box(b"styp", b"msdh") + box(b"free", b"..") + FIRST[:moof_size] + wide
    fragments, parser = parse(data, [len(INIT) + 3, len(data) - len(body) - 5])
    assert [(f.offset, f.end) for f in fragments] == [(0, len(INIT)), (len(INIT), len(data))]
    assert fragments[1].spans == parse(FILM)[0][1].spans
    assert parser.pending == 0


def test_media_data_is_not_held():
    parser = FragmentParser()
    parser.feed(INIT + FIRST[: int.from_bytes(FIRST[:4], "big")])
    parser.feed(struct.pack(">I4s", 200_000_008, b"mdat"))
    for _ in range(20):
        parser.feed(bytes(100_000))
        assert len(parser._held) < 20_000
