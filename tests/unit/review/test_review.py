"""From a folder to what the page shows: parts, gaps, events on one clock; what was not readable."""

from __future__ import annotations

import json

import pytest

from client.base.errors import EvidenceError
from client.evidence.journal import read_journal
from client.evidence.ledger import read_ledger
from client.evidence.timeline import Timeline
from client.evidence.verify import verify
from client.review.document import document
from client.review.films import film_of, scanned
from client.review.review import read_review
from tests.builders import Script, build_session


def lane(review, source):
    (found,) = (lane for lane in review.lanes if lane.source == source)
    return found


def seconds(stretch):
    return tuple(round(moment / 1_000_000, 1) for moment in stretch)


def spans(parts):
    return [seconds(part.stretch) for part in parts]


def notes(review):
    return [note.zh for note in review.notes]


def test_parts_of_every_track_stand_on_one_clock(pristine):
    review = read_review(pristine)
    assert [lane.source for lane in review.lanes] == ["screen", "camera", "sound"]
    assert spans(lane(review, "screen").bars) == [(0, 9.0), (14, 24)]
    assert [bar.file for bar in lane(review, "camera").bars] == [
        "identity-01.mp4",
        "contest-01.mp4",
        "contest-02.mp4",
    ]
    assert review.start_us == 0
    assert 24 <= review.end_us / 1_000_000 < 24.5


def test_a_gap_and_a_stand_in_are_told_apart_with_their_causes(pristine):
    holes = lane(read_review(pristine), "camera").holes
    assert [(hole.kind, seconds(hole.stretch)) for hole in holes] == [
        ("gap", (9.1, 14.0)),
        ("stand_in", (18.0, 20.0)),
    ]
    assert "recorder killed" in holes[0].text.zh
    assert "device unplugged" in holes[1].text.en


def test_events_are_in_order_and_say_who_and_what(pristine):
    review = read_review(pristine)
    assert [e.at_us for e in review.events] == sorted(e.at_us for e in review.events)
    told = {event.text.zh: event for event in review.events}
    assert told["身份核验开始（选手操作）"].at_us == 0
    assert told["竞赛录像开始（按方案时间）"].at_us == 6_000_000
    assert told["声音设备：sound of the builder（环回设备）"].level == "warning"
    restart = next(event for event in review.events if event.kind == "restart")
    assert (restart.level, seconds((restart.at_us,))) == ("error", (14.0,))
    slate = next(event for event in review.events if event.kind == "state")
    assert slate.text.en == "Camera: no picture, a slate stands in: device unplugged"
    assert len(review.receipts) == 10


@pytest.mark.parametrize(
    ("fields", "code", "level", "second", "told"),
    [
        ({"hours": (4, 7204)}, "ended_early", "error", 12, "1 小时 59 分钟 52 秒"),
        ({"hours": (4, 7204), "handed_in": 8}, "handed_in_early", "info", 8, "09:13:28"),
        ({"hours": (-600, 12)}, "began_after_start", "error", 0, "10 分钟"),
        ({"identity_seconds": 6, "lead_seconds": 60}, "began_late", "info", 0, "54.0 秒"),
    ],
)
def test_what_the_paper_s_hours_lack_is_a_mark_in_both_languages(
    tmp_path, fields, code, level, second, told
):
    """The computer's clock is a day behind: the organizer's counts, as in `verify`."""
    jump = {"organizer_jump": (-9, 86_400)}
    built = build_session(tmp_path, Script(**shifted(fields, 86_400), **jump))
    review = read_review(built.folder.path)
    (mark,) = (event for event in review.events if event.kind == "hours")
    (found,) = (f for f in verify(built.folder.path).findings if f.code == code)
    assert mark.text == found.text
    assert told in mark.text.zh
    assert "by the organizer's clock" in mark.text.en
    assert (mark.level, seconds((mark.at_us,))) == (level, (second,))
    assert [e.at_us for e in review.events] == sorted(e.at_us for e in review.events)


def shifted(fields, by):
    start, end = fields.get("hours", (fields.get("identity_seconds", 4), 12))
    return {"lead_seconds": 4, **fields, "hours": (start + by, end + by)}


def test_a_recording_that_keeps_its_hours_has_no_mark_of_them(pristine):
    assert not [event for event in read_review(pristine).events if event.kind == "hours"]


def test_the_wall_clock_is_told_once_where_it_runs_evenly(pristine):
    told = document(read_review(pristine), pristine)
    assert len(told["walls"]) == 1
    at, wall = told["walls"][0]
    assert wall / 1_000_000 - at == pytest.approx(1_795_310_000)


def test_across_a_reboot_there_is_still_one_clock(tmp_path):
    script = Script(seconds=16, crash=(8, 11), reboot=True)
    review = read_review(build_session(tmp_path, script).folder.path)
    assert spans(lane(review, "screen").bars) == [(0, 7.0), (11, 16)]
    assert spans(lane(review, "screen").holes) == [(7, 11)]


def test_the_document_names_bytes_and_where_playing_may_begin(pristine):
    told = document(read_review(pristine), pristine)
    json.dumps(told, allow_nan=False)
    first = told["films"][0]
    assert (first["file"], first["shows"], first["epoch"]) == ("screen-01.mp4", "screen", 0.0)
    start, end, since, until, key = first["pieces"][0]
    assert (start, since, until, key) == (0, 0.0, 2.0, 2)
    assert first["pieces"][1][0] == end
    assert "不核验" in told["verdict"]["zh"]
    assert told["command"].startswith("saijian verify ")
    assert str(pristine) in told["command"]
    assert told["status"]["en"] == "closed, with a storage receipt of the organizer"


def test_a_session_that_still_grows_is_shown_as_far_as_it_is_journalled(tmp_path):
    script = Script(seconds=9, close=False)
    folder = build_session(tmp_path, script).folder.path
    with (folder / "screen-01.mp4").open("ab") as file:
        file.write(b"\0\0\0\x08")
    review = read_review(folder)
    assert not review.closed
    assert lane(review, "screen").holes == ()
    assert spans(lane(review, "screen").bars) == [(0, 9)]


def test_no_journal_the_tracks_still_play_and_the_page_says_so(folder):
    (folder / "journal.jsonl").unlink()
    review = read_review(folder)
    assert spans(lane(review, "screen").bars) == [(0, 9), (9, 19)]
    assert lane(review, "screen").holes == ()
    assert "没有对齐" in notes(review)[0]
    told = document(review, folder)
    assert (told["walls"], told["events"]) == ([], [])


def test_rubbish_instead_of_a_journal(folder):
    (folder / "journal.jsonl").write_bytes(b"rubbish\n" * 3)
    review = read_review(folder)
    assert review.films
    assert any("没有一行可以读懂" in note for note in notes(review))


def test_a_media_line_that_cannot_be_read_costs_no_picture(folder):
    journal = folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    (victim, *_) = (i for i, line in enumerate(lines) if b'"kind":"media"' in line)
    lines[victim] = b"x" + lines[victim][1:]
    journal.write_bytes(b"".join(lines))
    review = read_review(folder)
    assert spans(lane(review, "screen").bars)[0] == (0, 9)
    assert any("已损坏" in note for note in notes(review))
    assert any("screen-01.mp4 的登记有缺漏" in note for note in notes(review))


def test_missing_short_and_unknown_files_are_told(folder):
    (folder / "identity-01.mp4").unlink()
    screen = folder / "screen-02.mp4"
    with screen.open("r+b") as file:
        file.truncate(screen.stat().st_size - 1)
    (folder / "contest-09.mp4").write_bytes(b"x")
    review = read_review(folder)
    told = notes(review)
    assert "缺少文件 identity-01.mp4。" in told
    assert any("screen-02.mp4 比日志登记的短" in note for note in told)
    assert any("contest-09.mp4" in note for note in told)
    assert "identity-01.mp4" not in {film.name for film in review.films}
    assert review.films[-1].pieces


def test_a_plan_that_is_not_the_signed_one_gives_no_title(folder):
    (folder / "plan.json").write_bytes(b"{}")
    review = read_review(folder)
    assert review.facts.plan is None
    assert any("plan.json" in note for note in notes(review))


def test_nothing_to_play_is_an_error_for_people(tmp_path):
    with pytest.raises(EvidenceError, match="no such session folder"):
        read_review(tmp_path / "none")
    with pytest.raises(EvidenceError, match="no recordings"):
        read_review(tmp_path)


def test_a_link_to_elsewhere_is_no_recording(tmp_path):
    try:
        (tmp_path / "screen-01.mp4").symlink_to(__file__)
    except OSError:
        pytest.skip("this user may not make links here")
    with pytest.raises(EvidenceError, match="no recordings"):
        read_review(tmp_path)


def test_a_scan_finds_what_the_journal_says(pristine):
    lines = list(read_journal(pristine / "journal.jsonl"))
    ledger = read_ledger(lines, Timeline(lines))
    told = film_of(ledger.files["contest-02.mp4"])
    found = scanned(pristine / "contest-02.mp4", told.epoch_us)
    assert (found.picture, found.sound) == (told.picture, told.sound) == (True, True)
    assert found.stretches == told.stretches
    assert found.pieces[-1].end <= told.pieces[-1].end
