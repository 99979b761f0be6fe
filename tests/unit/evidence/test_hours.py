"""A recording beside the hours of its paper: who left early, who came late, by whose clock."""

from __future__ import annotations

import pytest

from client.evidence.findings import Verdict
from client.evidence.verify import verify
from tests.builders import WALL_BASE
from tests.films import SECOND

TWO_HOURS = (4, 7204)
"""Seconds since the identity step; the session lasts 12 s. 09:13:24 to 11:13:24 in Beijing."""
COMPUTERS, ORGANIZERS = "按这台电脑的时钟", "按组委会的时钟"


def judged(built):
    report = verify(built.folder.path, built.organizer_key)
    return report, {f.code: f for f in report.findings}


def wall(second):
    return pytest.approx(WALL_BASE + second * SECOND, abs=SECOND // 10)


def test_a_recording_that_keeps_the_hours_has_nothing_told_of_it(session):
    report, found = judged(session())
    assert (report.verdict, set(found)) == (Verdict.AUTHENTIC, set())


def test_who_ends_the_recording_in_the_middle_without_a_hand_in_is_incomplete(session):
    report, found = judged(session(hours=TWO_HOURS, ended_by="contestant"))
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 1)
    early = found["ended_early"]
    assert early.seconds == pytest.approx((12, 7204), abs=0.1)
    assert early.utc_us == (wall(12), wall(7204))
    assert early.cause == "选手自己结束了录制"
    assert all(said in early.text.zh for said in ("09:13:32", "11:13:24", "1 小时 59 分钟 52 秒"))
    assert "1 h 59 min 52 s of it were not recorded" in early.text.en
    assert set(found) == {"ended_early", "ended_by_hand"}


def test_a_recorder_that_ended_by_itself_before_the_time_is_not_laid_at_the_contestants_door(
    session,
):
    report, found = judged(session(hours=TWO_HOURS))
    assert report.verdict is Verdict.INCOMPLETE
    assert set(found) == {"ended_early"}
    assert found["ended_early"].cause == "录制程序结束了录制"


@pytest.mark.parametrize(("ends", "codes"), [(21, set()), (23, {"ended_early"})])
def test_clocks_may_differ_by_ten_seconds(session, ends, codes):
    assert set(judged(session(hours=(4, ends)))[1]) == codes


def test_a_recording_that_goes_on_after_the_end_is_whole(session):
    report, found = judged(session(hours=(4, 6), ended_by="contestant"))
    assert (report.verdict, set(found)) == (Verdict.AUTHENTIC, {"ended_by_hand"})


def test_a_hand_in_before_the_end_is_told_with_its_time_and_that_of_the_end(session):
    report, found = judged(session(hours=TWO_HOURS, handed_in=8, ended_by="contestant"))
    assert (report.verdict, set(found)) == (Verdict.AUTHENTIC, {"handed_in_early"})
    told = found["handed_in_early"]
    assert told.utc_us == (wall(8), wall(7204))
    assert all(said in told.text.zh for said in ("09:13:28", "11:13:24", "09:13:32"))


def test_a_hand_in_marked_before_the_paper_began_is_none(session):
    report, found = judged(session(hours=(100, 7300), handed_in=8, ended_by="contestant"))
    assert report.verdict is Verdict.INCOMPLETE
    assert found["ended_early"].seconds == pytest.approx((100, 7300), abs=0.1)
    assert "handed_in_early" not in found


def test_who_begins_to_film_later_than_asked_is_told_and_no_more(session):
    report, found = judged(session(seconds=30, identity_seconds=20, lead_seconds=60))
    assert (report.verdict, set(found)) == (Verdict.AUTHENTIC, {"began_late"})
    late = found["began_late"]
    assert late.utc_us == (wall(-40), wall(0))
    assert "40.0 秒" in late.text.zh


def test_who_begins_to_film_after_the_start_lacks_these_minutes(session):
    report, found = judged(session(hours=(-600, 12)))
    assert (report.verdict, set(found)) == (Verdict.INCOMPLETE, {"began_after_start"})
    late = found["began_after_start"]
    assert late.seconds == pytest.approx((-600, 0), abs=0.1)
    assert late.utc_us == (wall(-600), wall(0))
    assert "10 分钟" in late.text.zh


def test_devices_may_take_seconds_to_open_after_the_start(session):
    report, found = judged(session(hours=(-9, 12)))
    assert (report.verdict, set(found)) == (Verdict.AUTHENTIC, set())


@pytest.mark.parametrize(
    "fields",
    [
        {"purpose": "rehearsal", "rehearsal_plan": True},
        {"purpose": "contest", "rehearsal_plan": True},
    ],
)
def test_a_rehearsal_has_no_hours_to_keep(session, fields):
    report, found = judged(session(hours=(-600, 7204), **fields))
    assert (report.verdict, set(found)) == (Verdict.AUTHENTIC, set())


def test_calling_it_a_rehearsal_frees_nobody_from_the_hours(session):
    _, found = judged(session(hours=TWO_HOURS, purpose="rehearsal"))
    assert "ended_early" in found


def test_a_plain_recording_has_no_hours(session):
    _, found = judged(session(hours=TWO_HOURS, purpose="recording"))
    assert set(found) == {"not_enrolled"}


def test_a_session_that_is_not_closed_keeps_its_finding(session):
    _, found = judged(session(hours=(-600, 7204), close=False))
    assert set(found) == {"not_closed"}


def test_the_organizers_clock_counts_where_it_is_known(session):
    """By the computer's clock all is well; the organizer saw it end 20 s before the end."""
    report, found = judged(session(seconds=30, organizer_jump=(-9, -20)))
    assert report.verdict is Verdict.INCOMPLETE
    early = found["ended_early"]
    assert ORGANIZERS in early.text.zh
    assert early.utc_us == (wall(10), wall(30))
    assert early.seconds == pytest.approx((30, 50), abs=0.2)


def test_a_computer_whose_clock_is_an_hour_behind_did_nothing_wrong(session):
    hours = {"hours": (3604, 3612), "lead_seconds": 4}
    report, found = judged(session(organizer_jump=(-9, 3600), **hours))
    assert (report.verdict, set(found)) == (Verdict.AUTHENTIC, set())


def test_without_a_receipt_the_computers_clock_is_taken_and_named(session):
    _, found = judged(session(hours=TWO_HOURS, offline=((-9, 99),)))
    assert COMPUTERS in found["ended_early"].text.zh
    assert "by this computer's clock" in found["ended_early"].text.en


def test_a_time_on_another_day_is_told_with_its_day(session):
    _, found = judged(session(hours=(-86_400, -80_000)))
    assert "2026-11-22 09:13:20" in found["began_after_start"].text.zh
