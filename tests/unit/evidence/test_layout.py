"""Names in a session's folder, and where sessions lie."""

from __future__ import annotations

import pytest

from client.evidence.layout import is_track_file, sessions_root, track_file, track_of


def test_the_names_that_a_recorder_gives_are_known():
    for track in ("screen", "identity", "contest"):
        assert track_of(track_file(track, 7)) == track


@pytest.mark.parametrize(
    "name",
    [
        "screen-01.mp4\n",
        "screen-０１.mp4",
        "screen-1.mp4",
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
