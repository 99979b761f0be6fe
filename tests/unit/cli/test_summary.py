"""The sentences that a plain recording ends with, read off its journal."""

from __future__ import annotations

import os
import shutil

import pytest

from client.cli.summary import sum_up, summary
from tests.builders import Script, Stretch, build_session


def told(built) -> list[str]:
    return [text.en for text in summary(built.folder)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return build_session(tmp_path_factory.mktemp("whole"), Script(purpose="recording"))


def test_a_whole_recording_is_told_with_its_commands(whole) -> None:
    size = sum(track.stat().st_size for track in whole.folder.tracks()) / 1e6
    path = whole.folder.path
    assert told(whole) == [
        "The recording has ended and is sealed.",
        f"{path}: 0:00:12, {size:.1f} MB",
        "No gaps.",
        f"verify: saijian verify {path}",
        f"play: saijian play {path}",
    ]
    assert [text.zh for text in summary(whole.folder)][2] == "没有缺口。"


def test_what_was_missing_is_named_with_the_cause_of_the_longest(tmp_path) -> None:
    slates = (
        Stretch("camera", 3, 4, "a short one"),
        Stretch("camera", 6, 9, "cable pulled"),
        Stretch("sound", 0, 1.5, "being opened"),
        Stretch("screen", 5, 5.3, "shorter than verify minds"),
    )
    said = told(build_session(tmp_path, Script(purpose="recording", slates=slates)))
    assert said[2:-2] == ["camera: 2 gaps, 4.0 s in all (cable pulled)"]


def test_what_still_stood_in_at_the_end_counts_up_to_the_end(tmp_path) -> None:
    slates = (Stretch("sound", 9, 99, "gone"),)
    said = told(build_session(tmp_path, Script(purpose="recording", slates=slates)))
    assert said[2:-2] == ["sound: 1 gaps, 3.0 s in all (gone)"]


def test_one_that_was_not_closed_says_so(tmp_path) -> None:
    built = build_session(tmp_path, Script(purpose="recording", close=False))
    assert told(built)[0] == "The recording was not closed."


def test_a_name_with_a_space_can_be_pasted(whole, tmp_path) -> None:
    there = tmp_path / "录像 1"
    shutil.copytree(whole.folder.path, there)
    command = [text.en for text in summary(type(whole.folder)(there))][-1]
    assert command.startswith("play: saijian play ")
    assert command[-1] in "'\""


def test_a_reader_that_is_gone_ends_nothing(whole, monkeypatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        sum_up(whole.folder)
        print("what Python may still say", file=stream, flush=True)  # nobody complains
