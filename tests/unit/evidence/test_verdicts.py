"""What a session proves: missing seconds and their causes, simulation, offline stretches."""

from __future__ import annotations

import json

import pytest

from client.contest.signed import public_key
from client.evidence.entries import Note, ReceiptSeen, Restart
from client.evidence.findings import CATALOG, Verdict, find
from client.evidence.journal import JournalWriter
from client.evidence.timeline import united, within, without
from client.evidence.verify import verify
from tests.builders import MONO_BASE, WALL_BASE, Stretch
from tests.documents import receipt_document
from tests.films import SECOND


def report_of(built):
    return verify(built.folder.path, built.organizer_key)


def codes(report):
    return {f.code for f in report.findings}


def gaps(report):
    return [
        (g.source, *(pytest.approx(s, abs=0.15) for s in g.seconds), g.cause) for g in report.gaps
    ]


def test_slate_and_silence_count_as_uncovered_with_their_cause(session):
    report = report_of(
        session(slates=(Stretch("camera", 5, 7), Stretch("sound", 8, 9.5, "no microphone")))
    )
    assert report.verdict is Verdict.INCOMPLETE
    assert gaps(report) == [
        ("camera", 5, 7, "device unplugged"),
        ("sound", 8, 9.5, "no microphone"),
    ]


def test_causes_that_follow_each_other_are_all_named(session):
    slates = (Stretch("camera", 3, 9, "black"), Stretch("camera", 5, 9, "lost"))
    assert gaps(report_of(session(slates=slates))) == [("camera", 3, 9, "lost；black")]


def test_a_gap_knows_its_wall_time(session):
    (gap,) = report_of(session(slates=(Stretch("camera", 5, 7),))).gaps
    assert gap.utc_us == (WALL_BASE + 5 * SECOND, WALL_BASE + 7 * SECOND)


def test_a_slate_that_never_ends_lasts_to_the_end(session):
    (gap,) = report_of(session(slates=(Stretch("camera", 9, 99),))).gaps
    assert gap.seconds == pytest.approx((9, 12))


@pytest.mark.parametrize(("end", "missing"), [(5.4, 0), (5.6, 1)])
def test_half_a_second_is_rounding_and_more_is_not(session, end, missing):
    assert len(report_of(session(slates=(Stretch("camera", 5, end),))).gaps) == missing


def test_devices_may_take_two_seconds_at_the_beginning_only(session):
    assert report_of(session(slates=(Stretch("camera", 0, 1.9),))).verdict is Verdict.AUTHENTIC


@pytest.mark.parametrize(
    ("begins", "until", "missing"), [(0.2, 1.7, 0), (0.2, 2.3, 1), (0.9, 1.9, 1)]
)
def test_a_stand_in_of_the_beginning_may_begin_some_samples_later(session, begins, until, missing):
    report = report_of(session(slates=(Stretch("sound", begins, until),)))
    assert len(report.gaps) == missing


def test_a_slower_start_is_named_whole(session):
    (gap,) = report_of(session(slates=(Stretch("camera", 0, 2.8),))).gaps
    assert gap.seconds == pytest.approx((0, 2.8))


@pytest.mark.parametrize("torn_line", [False, True])
@pytest.mark.parametrize("reboot", [False, True])
def test_a_killed_recorder_leaves_a_gap_with_its_cause_and_nothing_else(session, torn_line, reboot):
    report = report_of(session(crash=(7.3, 9.0), torn_line=torn_line, reboot=reboot))
    assert report.verdict is Verdict.INCOMPLETE
    assert gaps(report) == [
        ("screen", 6.0, 9, "recorder killed"),
        ("camera", 6.0, 9, "recorder killed"),
        ("sound", 6.0, 9, "recorder killed"),
    ]
    assert codes(report) == {"uncovered"} | ({"torn_line"} if torn_line else set())
    assert report.seconds == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize("off", [-86_400, 3600])
def test_a_wall_clock_that_is_wrong_after_a_reboot_moves_nothing(session, off):
    report = report_of(session(crash=(7.3, 9.0), reboot=True, wall_after_reboot=off))
    assert gaps(report) == [
        ("screen", 6.0, 9, "recorder killed"),
        ("camera", 6.0, 9, "recorder killed"),
        ("sound", 6.0, 9, "recorder killed"),
    ]
    assert report.seconds == pytest.approx(12, abs=0.1)


def test_a_contest_needs_all_three_sources(session):
    report = report_of(session(sources=("screen", "sound")))
    assert gaps(report) == [("camera", 0, 12, "没有设备")]


@pytest.mark.parametrize("origin", ["simulated", "loopback", "virtual"])
def test_in_a_contest_a_device_that_is_not_real_covers_nothing(session, origin):
    report = report_of(session(origins={"camera": origin}))
    assert report.verdict is Verdict.INCOMPLETE
    ((source, start, end, cause),) = gaps(report)
    assert (source, start, end) == ("camera", 0, 12)
    assert cause.startswith(f"不是真实设备（{origin}）")
    assert f"{origin} device" in report.gaps[0].text.en


def test_calling_it_a_rehearsal_does_not_make_the_plan_one(session):
    report = report_of(session(purpose="rehearsal", origins={"camera": "simulated"}))
    assert report.verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(
    ("origin", "verdict", "code"),
    [
        ("simulated", Verdict.SIMULATED, "simulated"),
        ("loopback", Verdict.AUTHENTIC, "not_real"),
        ("virtual", Verdict.AUTHENTIC, "not_real"),
    ],
)
def test_in_a_rehearsal_it_is_named(session, origin, verdict, code):
    report = report_of(
        session(purpose="rehearsal", rehearsal_plan=True, origins={"camera": origin})
    )
    assert (report.verdict, codes(report)) == (verdict, {code})
    assert report.findings[0].source == "camera"
    assert [d.simulated for d in report.devices] == [False, origin == "simulated", False]


def test_a_plain_recording_is_at_best_self_consistent(session):
    report = report_of(session(purpose="recording", sources=("screen",)))
    assert (report.verdict, codes(report)) == (Verdict.UNANCHORED, {"not_enrolled"})


def test_a_simulated_plain_recording_says_so(session):
    report = report_of(session(purpose="recording", origins={"camera": "simulated"}))
    assert report.verdict is Verdict.SIMULATED


def test_a_recording_that_ended_before_the_contest_began_is_not_whole(session):
    report = report_of(session(skips_contest=True))
    assert (report.verdict, codes(report)) == (Verdict.INCOMPLETE, {"no_contest_step"})


def test_an_end_by_hand_without_hand_in_is_told(session):
    report = report_of(session(ended_by="contestant"))
    assert (report.verdict, codes(report)) == (Verdict.AUTHENTIC, {"ended_by_hand"})
    assert report.findings[0].seconds == pytest.approx((12, 12), abs=0.1)
    assert "第 12.0 秒" in report.findings[0].text.zh


def test_a_stretch_offline_is_named_and_not_held_against_anybody(session):
    report = report_of(session(seconds=30, offline=((3, 18),)))
    assert (report.verdict, report.exit_code) == (Verdict.UNANCHORED, 0)
    (stretch,) = report.unanchored
    assert stretch.seconds == pytest.approx((2.1, 18))


@pytest.mark.parametrize(
    ("heartbeat", "verdict"), [(5, Verdict.AUTHENTIC), (4, Verdict.UNANCHORED)]
)
def test_three_missed_heartbeats_are_ordinary_and_more_are_not(session, heartbeat, verdict):
    report = report_of(session(seconds=30, heartbeat=heartbeat, offline=((3, 16),)))
    assert report.verdict is verdict


def test_offline_to_the_end_is_unanchored_to_the_end(session):
    (stretch,) = report_of(session(seconds=24, offline=((8, 99),))).unanchored
    assert stretch.seconds == pytest.approx((6.1, 24))


def test_enrolled_afterwards_all_of_it_is_unanchored(session):
    report = report_of(session(offline_enrolment=True))
    assert (report.verdict, codes(report)) == (Verdict.UNANCHORED, {"unanchored"})
    assert report.unanchored[0].seconds == pytest.approx((0, 12))


def test_a_clock_that_ran_slower_than_the_organizers_is_found(session):
    report = report_of(session(seconds=30, organizer_jump=(15, 20)))
    (found,) = [f for f in report.findings if f.code == "clock_disagrees"]
    assert found.seconds == pytest.approx((14.1, 16.1))
    assert "20 s" in found.text.en
    assert report.verdict is Verdict.UNANCHORED


def test_a_hole_in_the_media_that_no_line_names_is_uncovered(session):
    report = report_of(session(seconds=14, media_hole=(7, 9.5)))
    assert report.verdict is Verdict.INCOMPLETE
    assert gaps(report) == [("camera", 7.4, 9.5, "日志没有说明")]


def test_media_that_ends_before_the_journal_says_is_tampered(session):
    report = report_of(session(claim_more_us=800_000))
    assert report.verdict is Verdict.TAMPERED
    assert {(f.code, f.file) for f in report.findings} == {("media_time", "screen-01.mp4")}


def test_not_closed_is_incomplete_and_says_up_to_where_it_is_proved(session):
    report = report_of(session(close=False))
    assert (report.verdict, codes(report)) == (Verdict.INCOMPLETE, {"not_closed"})
    assert report.proved_seconds == pytest.approx(12, abs=0.1)


def cut_after(built, line):
    """Leave what was on the disk when `line` had just been synced, and half of the next second."""
    sizes = {}
    for earlier in built.lines[: built.lines.index(line) + 1]:
        for name, ranged in getattr(earlier.entry, "ranges", {}).items():
            sizes[name] = ranged.bytes[1]
        if earlier.entry.kind == "tail":
            sizes[earlier.entry.file] = earlier.entry.bytes[1]
        if earlier.entry.kind == "part":
            sizes.setdefault(earlier.entry.file, 0)
    journal = built.folder.journal.read_bytes()
    built.folder.journal.write_bytes(journal[: line.end + 37])
    for path in built.folder.tracks():
        if path.name not in sizes:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[: sizes[path.name] + 1000])
    built.folder.seal.unlink(missing_ok=True)
    receipts = [
        e.entry.receipt
        for e in built.lines
        if e.seq <= line.seq and isinstance(e.entry, ReceiptSeen)
    ]
    text = "".join(json.dumps(r, sort_keys=True, separators=(",", ":")) + "\n" for r in receipts)
    built.folder.receipts.write_bytes(text.encode())


@pytest.mark.parametrize("crash", [None, (7.3, 9.0)], ids=["straight", "restarted"])
def test_cut_at_any_sync_point_everything_up_to_there_is_proved(session, tmp_path, crash):
    from tests.unit.evidence.conftest import copy_of

    whole = session(crash=crash)
    for line in whole.lines[:-1]:
        built = copy_of(whole, tmp_path / f"cut-{line.seq}")
        cut_after(built, line)
        report = report_of(built)
        assert report.verdict is Verdict.INCOMPLETE, (line.entry, report.findings)
        assert "not_closed" in codes(report)
        media = [e for e in whole.lines if e.seq <= line.seq and e.entry.kind == "media"]
        if media:
            assert report.proved_seconds >= (media[-1].mono_us - MONO_BASE) / SECOND - 0.2
        if crash is None:
            assert report.gaps == (), (line.entry, report.gaps)


def test_receipts_that_came_after_the_close_are_fine(built):
    document = receipt_document(built.organizer, built.lines[-1].head, WALL_BASE + 13 * SECOND)
    with built.folder.receipts.open("ab") as file:
        file.write(json.dumps(document, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    report = report_of(built)
    assert (report.verdict, report.receipts) == (Verdict.AUTHENTIC, 7)


def test_a_torn_line_of_receipts_is_told(built):
    with built.folder.receipts.open("ab") as file:
        file.write(b'{"address":"2')
    report = report_of(built)
    assert (report.verdict, codes(report)) == (Verdict.UNANCHORED, {"receipts_damaged"})


def test_a_torn_line_is_tolerated_only_where_the_chain_goes_on(session):
    built = session(close=False)
    with built.folder.journal.open("ab") as file:
        file.write(b"\x00\x00\x00")
    writer = JournalWriter(built.folder.journal, built.session_key, lambda: WALL_BASE + 14 * SECOND)
    writer.append(Restart(cause="power", down_us=SECOND, new_boot=False), MONO_BASE + 14 * SECOND)
    writer.close()
    assert {"torn_line"} <= codes(report_of(built))
    data = built.folder.journal.read_bytes()
    built.folder.journal.write_bytes(data + b"\x00\x00\n")
    assert report_of(built).verdict is Verdict.TAMPERED


def test_after_the_close_nothing_may_be_said(session):
    built = session(seal=False)
    writer = JournalWriter(built.folder.journal, built.session_key, lambda: WALL_BASE + 14 * SECOND)
    writer.append(Note(level="info", zh="又", en="again"), MONO_BASE + 14 * SECOND)
    writer.close()
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert "line_misplaced" in codes(report)


def test_another_key_given_by_the_judge_must_have_signed_the_plan(session):
    built = session()
    report = verify(built.folder.path, public_key(built.session_key))
    assert "other_organizer" in codes(report)


def test_verdicts_rank_as_documented():
    names = ["UNREADABLE", "TAMPERED", "INCOMPLETE", "SIMULATED", "UNANCHORED", "AUTHENTIC"]
    assert [str(v) for v in sorted(Verdict, reverse=True)] == names
    assert [f"{v}" for v in sorted(Verdict, reverse=True)] == names
    assert [v.exit_code for v in sorted(Verdict, reverse=True)] == [2, 1, 1, 0, 0, 0]


def test_every_catalogued_sentence_can_be_said_in_both_languages():
    hours = ("at", "due", "ended", "length", "length_en", "clock", "clock_en")
    facts = dict.fromkeys(("count", "reason", "reason_en", "proved", "where", *hours), 1)
    for code in CATALOG:
        found = find(code, **facts)
        assert found.text.zh
        assert found.text.en
        assert "{" not in found.text.zh + found.text.en


def test_stretches():
    assert united([(5, 9), (0, 2), (2, 3), (8, 10), (4, 4)]) == [(0, 3), (5, 10)]
    assert united([(0, 2), (3, 4), (9, 10)], seam_us=1) == [(0, 4), (9, 10)]
    assert without([(0, 10)], [(2, 3), (-5, 1), (9, 20)]) == [(1, 2), (3, 9)]
    assert without([(0, 10)], [(0, 10)]) == []
    assert within([(0, 3), (5, 10)], (2, 6)) == [(2, 3), (5, 6)]


def test_a_session_that_is_closed_while_it_is_verified_was_not_tampered_with(session):
    """Journal, seal and receipts grow while the tracks are read: what was there first counts."""
    built = session()
    folder = built.folder
    grown = {path: path.read_bytes() for path in (folder.journal, folder.receipts, folder.seal)}
    (last,) = (line for line in built.lines if line.seq == len(built.lines) - 5)
    cut_after(built, last)

    def go_on(*_):
        for path, data in grown.items():
            path.write_bytes(data)

    report = verify(folder.path, built.organizer_key, progress=go_on)
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 1)
    assert codes(report) <= {"not_closed", "not_journalled"}
