"""Names in a session's folder, and where sessions lie."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from client.evidence.entries import FileName
from client.evidence.layout import (
    SessionFolder,
    is_track_file,
    part_of,
    sessions_root,
    track_file,
    track_of,
)
from client.recorder.child.recovery import next_parts


def test_the_names_that_a_recorder_gives_are_known():
    for track in ("screen", "identity", "contest"):
        assert track_of(track_file(track, 7)) == track


@pytest.mark.parametrize(
    "name",
    [
        "screen-01.mp4\n",
        "screen-０１.mp4",
        "screen-1.mp4",
        "screen-012.mp4",
        "screen-12345.mp4",
        "Screen-01.mp4",
        "screen-01.mp4:hidden",
        "screen-01.mp4.",
        "../screen-01.mp4",
        "x/screen-01.mp4",
        "",
    ],
)
def test_any_other_name_is_none_of_ours(name):
    assert not is_track_file(name)
    with pytest.raises(ValueError):  # noqa: PT011 - the name itself is its message
        track_of(name)


def test_another_place_may_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SAIJIAN_HOME", str(tmp_path / "赛鉴 数据"))
    assert sessions_root() == tmp_path / "赛鉴 数据" / "sessions"


def test_there_is_a_part_after_the_ninety_ninth(tmp_path):
    names = ["screen-02.mp4", "screen-99.mp4", "screen-100.mp4", "screen-1000.mp4"]
    for name in reversed(names):
        (tmp_path / name).touch()
    assert [path.name for path in SessionFolder(tmp_path).tracks()] == names
    assert [track_file("screen", part_of(name)) for name in names] == names
    TypeAdapter(FileName).validate_python(names[-1])
    assert next_parts(SessionFolder(tmp_path))["screen"] == 1001
