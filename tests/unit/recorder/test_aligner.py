"""No moof lies across a block's end, and nothing but `free` boxes is added."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from client.recorder.child.aligner import BLOCK, Aligner


def box(kind: bytes, size: int) -> bytes:
    return size.to_bytes(4, "big") + kind + b"x" * (size - 8)


def boxes(data: bytes) -> list[tuple[int, bytes, bytes]]:
    found, offset = [], 0
    while offset < len(data):
        size = int.from_bytes(data[offset : offset + 4], "big")
        found.append((offset, data[offset + 4 : offset + 8], data[offset : offset + size]))
        offset += size
    return found


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(8, BLOCK), st.integers(8, 20_000)), min_size=1, max_size=12),
    st.lists(st.integers(1, 40_000), max_size=12),
)
def test_any_stream_in_any_slices(fragments: list[tuple[int, int]], cuts: list[int]):
    stream = box(b"ftyp", 32) + box(b"moov", 1200)
    stream += b"".join(box(b"moof", moof) + box(b"mdat", mdat) for moof, mdat in fragments)
    aligner, out, start = Aligner(), b"", 0
    for cut in [*sorted({min(c, len(stream)) for c in cuts}), len(stream)]:
        out += aligner.feed(stream[start:cut])
        start = cut
    out += aligner.finish()
    written = boxes(out)
    for offset, kind, data in written:
        if kind == b"moof":
            assert offset // BLOCK == (offset + len(data) - 1) // BLOCK
    assert b"".join(data for _, kind, data in written if kind != b"free") == stream


def test_a_moof_larger_than_a_block_is_left_where_it_is():
    stream = box(b"moof", BLOCK + 100) + box(b"mdat", 100)
    assert Aligner().feed(box(b"ftyp", 40) + stream) == box(b"ftyp", 40) + stream
