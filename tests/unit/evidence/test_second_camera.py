"""A second camera: asked for by the plan or not, recorded or not."""

from __future__ import annotations

import pytest

from client.evidence.coverage import NOT_BEGUN
from client.evidence.findings import Verdict
from client.evidence.layout import SessionFolder, picture_of
from client.evidence.verify import verify
from tests.builders import Stretch

FOUR = ("screen", "camera", "second", "sound")


def report_of(built):
    return verify(built.folder.path, built.organizer_key)


def gaps(report):
    return [(g.source, *(round(s) for s in g.seconds), g.cause) for g in report.gaps]


def test_recorded_as_the_plan_asks_all_is_well(session):
    report = report_of(session(sources=FOUR, plan_asks_second=True))
    assert (report.verdict, report.findings) == (Verdict.AUTHENTIC, ())
    assert "second-01.mp4" in [track.name for track in report.tracks]
    assert "second" in [device.source for device in report.devices]


def test_where_the_plan_asks_and_nobody_recorded_it_every_second_is_missing(session):
    report = report_of(session(plan_asks_second=True))
    assert (report.verdict, gaps(report)) == (
        Verdict.INCOMPLETE,
        [("second", 0, 12, "没有设备")],
    )
    assert report.gaps[0].text.zh.startswith("第二摄像头画面从第 0.0 秒到第 12.0 秒没有有效记录")
    assert report.gaps[0].text.en.startswith("No second camera from second 0.0 to 12.0")


def test_in_a_rehearsal_the_cause_is_named_too(session):
    report = report_of(session(plan_asks_second=True, purpose="rehearsal", rehearsal_plan=True))
    assert gaps(report) == [("second", 0, 12, NOT_BEGUN.zh)]


def test_a_session_whose_plan_does_not_ask_needs_none(session):
    slates = (Stretch("second", 3, 9),)
    assert report_of(session(sources=FOUR, slates=slates)).verdict is Verdict.AUTHENTIC


def test_its_slate_is_missing_of_it_alone(session):
    slates = (Stretch("second", 3, 9),)
    report = report_of(session(sources=FOUR, plan_asks_second=True, slates=slates))
    assert gaps(report) == [("second", 3, 9, "device unplugged")]


def test_neither_camera_stands_for_the_other(session):
    report = report_of(session(sources=("screen", "second", "sound"), plan_asks_second=True))
    assert gaps(report) == [("camera", 0, 12, "没有设备")]


@pytest.mark.parametrize("origin", ["simulated", "loopback"])
def test_in_a_contest_it_must_be_real(session, origin):
    report = report_of(session(sources=FOUR, plan_asks_second=True, origins={"second": origin}))
    assert [(g.source, g.cause.partition("：")[0]) for g in report.gaps] == [
        ("second", f"不是真实设备（{origin}）")
    ]


def test_a_killed_recorder_leaves_a_gap_of_it(session):
    built = session(sources=FOUR, plan_asks_second=True, crash=(7.3, 9.0))
    report = report_of(built)
    assert gaps(report) == [(source, 6, 9, "recorder killed") for source in FOUR]
    assert (built.folder.path / "second-02.mp4").exists()


def test_a_plain_recording_promises_what_it_began(session):
    sources = ("screen", "second")
    report = report_of(
        session(purpose="recording", sources=sources, slates=(Stretch("second", 4, 8),))
    )
    assert gaps(report) == [("second", 4, 8, "device unplugged")]


def test_its_file_is_listed_last_and_is_nobody_elses(tmp_path):
    for name in ("second-01.mp4", "contest-01.mp4", "screen-01.mp4", "second-1.mp4"):
        (tmp_path / name).touch()
    names = [path.name for path in SessionFolder(tmp_path).tracks()]
    assert names == ["screen-01.mp4", "contest-01.mp4", "second-01.mp4"]
    assert [picture_of(name) for name in names] == ["screen", "camera", "second"]
