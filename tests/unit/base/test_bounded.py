"""What others wrote is read within bounds; what is beyond is told, and nothing else is lost."""

from __future__ import annotations

import pytest

from client.base import bounded
from client.base.bounded import (
    OVERLONG,
    TooLargeError,
    is_torn,
    lines_of,
    read_start,
    read_whole,
    require_bounded,
    whole_lines,
)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(bounded, "MAX_LINE_BYTES", 10)
    monkeypatch.setattr(bounded, "MAX_LIST_BYTES", 100)


@pytest.fixture
def file(tmp_path):
    def write(data):
        path = tmp_path / "file"
        path.write_bytes(data)
        return path

    return write


def test_a_file_is_read_whole_up_to_its_bound_and_refused_beyond(file):
    assert read_whole(file(b"12345"), 5) == b"12345"
    path = file(b"123456")
    assert read_start(path, 4) == b"12345"
    with pytest.raises(TooLargeError, match="more than 5 bytes") as told:
        read_whole(path, 5)
    assert told.value.filename == str(path)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"one\ntwo", [b"one\n", b"two"]),
        (b"123456789\n123456789\n", [b"123456789\n"] * 2),
        (b"a\n1234567890\nb\n", [b"a\n", OVERLONG, b"b\n"]),
        (b"a\n" + b"x" * 35 + b"\nb\n", [b"a\n", OVERLONG, b"b\n"]),
        (b"a\n" + b"x" * 30, [b"a\n", OVERLONG]),
    ],
)
def test_a_longer_line_is_passed_over_and_the_others_are_not(file, data, lines):
    assert list(lines_of(file(data))) == lines


def test_behind_the_bound_of_a_list_it_is_told_and_what_came_before_is_there(file):
    path, found = file(b"1234567\n" * 13), []
    with pytest.raises(TooLargeError):
        found.extend(lines_of(path))
    assert whole_lines(path) == [b"1234567"] * 12
    with pytest.raises(TooLargeError):
        require_bounded(path)
    require_bounded(file(b"1234567\n" * 12))


def test_one_line_without_end_is_not_read_to_its_end(file):
    path = file(b"x" * 1000)
    with pytest.raises(TooLargeError):
        list(lines_of(path))
    assert whole_lines(path) == []


def test_whole_lines_are_those_that_are_ended_and_not_too_long(file):
    assert whole_lines(file(b"one\n" + b"x" * 20 + b"\ntwo\nthr")) == [b"one", b"two"]


@pytest.mark.parametrize(("data", "torn"), [(b"", False), (b"a\n", False), (b"a\nb", True)])
def test_torn_is_what_does_not_end_its_last_line(file, data, torn):
    assert is_torn(file(data)) is torn
