from __future__ import annotations

import pytest

from client.review.ranges import Span, UnsatisfiableError, asked, read

WHOLE = Span(0, 100, 100, partial=False)


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-", 0, 100),
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=90-1000", 90, 100),
        ("bytes=-5", 95, 100),
        ("bytes=-1000", 0, 100),
        ("bytes = 3 - 4", 3, 5),
    ],
)
def test_one_range_is_given(header, start, end):
    assert asked(header, 100) == Span(start, end, 100, partial=True)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=-",
        "bytes=5-4",
        "items=0-1",
        "bytes=0-1,3-4",
        "bytes=x-",
        "bytes=" + "9" * 30,
    ],
)
def test_what_is_no_single_range_is_ignored(header):
    assert asked(header, 100) == WHOLE


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_behind_the_end_is_refused(header):
    with pytest.raises(UnsatisfiableError):
        asked(header, 100)


def test_nothing_of_an_empty_file_can_be_had():
    with pytest.raises(UnsatisfiableError):
        asked("bytes=0-", 0)
    assert asked(None, 0) == Span(0, 0, 0, partial=False)


def test_exactly_the_asked_bytes_are_read_and_no_more_where_it_grew(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(range(200)))
    assert b"".join(read(path, Span(10, 20, 100, partial=True))) == bytes(range(10, 20))
    assert b"".join(read(path, Span(0, 100, 100, partial=False))) == bytes(range(100))
    assert b"".join(read(path, Span(190, 300, 300, partial=True))) == bytes(range(190, 200))
