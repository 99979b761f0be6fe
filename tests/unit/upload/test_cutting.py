"""Where bundles are cut, and that restarts do not move the cuts."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.evidence.entries import Range
from client.evidence.journal import Line, read_journal
from client.upload.cutting import (
    LARGE_BYTES,
    MAX_BYTES,
    Bundle,
    JournalCutter,
    TrackCutter,
    pieces,
)
from client.upload.spool import Spool
from tests.growing import Growing, an_ordinary_session

S = 1_000_000


def grown(first, last, second, *keys, seconds=2):
    us = (second * S, (second + seconds) * S)
    return Range(bytes=(first, last), us=us, sha256="0" * 64, keys=keys)


def cut(*ranges, finish=True):
    cutter = TrackCutter("screen-01.mp4")
    found = [bundle for r in ranges for bundle in cutter.cover(r)]
    return [(b.offset, b.end) for b in (*found, *(cutter.finish() if finish else ()))]


def test_a_bundle_ends_at_the_key_frame_that_comes_after_ten_seconds():
    steady = [
        grown(s * 100, s * 100 + 200, s, *([s * 100] if s % 10 == 0 else []))
        for s in range(0, 30, 2)
    ]
    assert cut(*steady) == [(0, 1000), (1000, 2000), (2000, 3000)]
    assert cut(*steady, finish=False) == [(0, 1000), (1000, 2000)]


def test_the_first_bundle_holds_the_header_before_the_first_key_frame():
    assert cut(grown(0, 200, 0, 40), grown(200, 400, 10, 300)) == [(0, 300), (300, 400)]


def test_key_frames_every_second_do_not_make_bundles_of_a_second():
    ranges = [grown(s * 100, s * 100 + 200, s, s * 100, s * 100 + 100) for s in range(0, 40, 2)]
    lengths = [end - start for start, end in cut(*ranges, finish=False)]
    assert lengths
    assert all(700 <= length <= 1100 for length in lengths)


def test_a_bundle_that_would_be_large_ends_at_the_key_frame_before():
    mb = 1024 * 1024
    ranges = [grown(s * 2 * mb, (s + 1) * 2 * mb, s, s * 2 * mb, seconds=1) for s in range(9)]
    assert cut(*ranges)[:2] == [(0, 8 * mb), (8 * mb, 16 * mb)]
    assert 8 * mb == LARGE_BYTES


def test_a_bundle_that_would_be_too_large_by_its_next_key_frame_ends_before():
    mb = 1024 * 1024
    ranges = [grown(s * 3 * mb, (s + 1) * 3 * mb, s, s * 3 * mb, seconds=1) for s in range(6)]
    assert cut(*ranges) == [(0, 6 * mb), (6 * mb, 12 * mb), (12 * mb, 18 * mb)]


def test_without_a_key_frame_nothing_is_cut_until_the_end():
    ranges = [grown(s * 100, s * 100 + 200, s) for s in range(0, 60, 2)]
    assert cut(*ranges, finish=False) == []
    assert cut(*ranges) == [(0, 6000)]


def test_more_than_the_organizer_takes_at_once_goes_in_pieces():
    found = list(pieces("screen-01.mp4", 5, 5 + 2 * MAX_BYTES + 1))
    assert [b.length for b in found] == [MAX_BYTES, MAX_BYTES, 1]
    assert found[0].offset == 5
    assert list(pieces("screen-01.mp4", 5, 5)) == []


def test_bytes_that_no_line_covers_are_left_out():
    """A damaged journal line leaves a hole; what comes after it is still sent."""
    assert cut(grown(0, 100, 0, 0), grown(300, 400, 4, 300)) == [(0, 100), (300, 400)]
    assert cut(grown(0, 100, 0, 0), grown(50, 400, 4, 60)) == [(0, 100)]


def everything(folder):
    spool = Spool(folder)
    return spool.poll(), spool


@pytest.fixture
def sealed(tmp_path):
    return an_ordinary_session(tmp_path / "s").torn().seal()


def test_all_that_the_journal_covers_is_sent_once(sealed):
    bundles, spool = everything(sealed.folder)
    assert spool.complete
    for name, size in sealed.sizes.items():
        of_file = [b for b in bundles if b.name == name]
        assert of_file[0].offset == 0
        assert of_file[-1].end == size
        assert all(a.end == b.offset for a, b in itertools.pairwise(of_file))
    journal = [b for b in bundles if b.name == "journal.jsonl"]
    assert journal[-1].end == sealed.folder.journal.stat().st_size
    assert spool.covered_bytes == sum(b.length for b in bundles)


def test_torn_bytes_travel_only_where_a_tail_line_names_them(tmp_path):
    for tail_lines in (True, False):
        growing = Growing(tmp_path / f"{tail_lines}").open().record(4, "screen-01.mp4")
        covered = growing.sizes["screen-01.mp4"]
        growing.crash(tail_lines=tail_lines).record(4, "screen-02.mp4")
        bundles, _ = everything(growing.seal().folder)
        end = max(b.end for b in bundles if b.name == "screen-01.mp4")
        assert end == covered + (500 if tail_lines else 0)


def test_a_tail_travels_with_the_last_bundle_of_its_part(tmp_path):
    growing = Growing(tmp_path / "s").open().record(4, "screen-01.mp4").crash()
    bundles, _ = everything(growing.folder)
    assert [b for b in bundles if b.name != "journal.jsonl"] == [
        Bundle("screen-01.mp4", 0, growing.sizes["screen-01.mp4"])
    ]


def test_the_identity_film_is_sent_as_soon_as_the_contest_film_has_begun(tmp_path):
    growing = Growing(tmp_path / "s").open().record(4, "identity-01.mp4")
    assert all(b.name == "journal.jsonl" for b in everything(growing.folder)[0])
    growing.record(2, "contest-01.mp4")
    assert growing.sizes["identity-01.mp4"] in [
        b.end for b in everything(growing.folder)[0] if b.name == "identity-01.mp4"
    ]


def test_a_second_camera_goes_on_when_the_contest_film_begins_or_the_screen_changes(tmp_path):
    growing = Growing(tmp_path / "s").open()
    for names in (
        ("second-01.mp4", "screen-01.mp4", "identity-01.mp4"),
        ("second-01.mp4", "screen-02.mp4", "contest-01.mp4"),
    ):
        growing.record(4, *names)
    assert [b for b in everything(growing.folder)[0] if b.name == "second-01.mp4"] == []
    growing.record(4, "second-02.mp4")
    assert growing.sizes["second-01.mp4"] in [
        b.end for b in everything(growing.folder)[0] if b.name == "second-01.mp4"
    ]


def test_every_cut_of_a_living_track_is_at_a_key_frame(tmp_path):
    growing = Growing(tmp_path / "s", key_seconds=6).open().record(90, "screen-01.mp4")
    keys = {
        key
        for line in read_journal(growing.folder.journal)
        if isinstance(line, Line) and line.entry.kind == "media"
        for r in line.entry.ranges.values()
        for key in r.keys
    }
    cuts = [b.offset for b in everything(growing.folder)[0] if b.name == "screen-01.mp4"]
    assert len(cuts) > 4
    assert set(cuts) <= keys | {0}


def test_journal_bundles_are_whole_lines_of_about_ten_seconds(tmp_path):
    growing = Growing(tmp_path / "s").open().record(60, "screen-01.mp4")
    raw = growing.folder.journal.read_bytes()
    ends = [b.end for b in everything(growing.folder)[0] if b.name == "journal.jsonl"]
    assert 4 <= len(ends) <= 7
    assert all(raw[end - 1 : end] == b"\n" for end in ends)


def test_a_journal_bundle_ends_where_the_computer_was_restarted(tmp_path):
    """After a restart the monotonic clock begins anew, so ten seconds could take an hour."""
    growing = Growing(tmp_path / "s").open().record(4, "screen-01.mp4")
    lines = [x for x in read_journal(growing.folder.journal) if isinstance(x, Line)]
    cutter = JournalCutter()
    assert [b for line in lines for b in cutter.take(line)] == []
    end = lines[-1].end
    after = replace(lines[-1], boot="another", mono_us=5, offset=end)
    assert [(b.offset, b.end) for b in cutter.take(after)] == [(0, after.end)]


def test_all_tracks_are_equally_far(tmp_path):
    """At any moment of the sending no track is more than about two bundles ahead of another."""
    growing = Growing(tmp_path / "s").open().record(120, "screen-01.mp4", "contest-01.mp4")
    sent = {"screen-01.mp4": 0, "contest-01.mp4": 0}
    for bundle in everything(growing.folder)[0]:
        if bundle.name in sent:
            sent[bundle.name] += 1
            assert abs(sent["screen-01.mp4"] - sent["contest-01.mp4"]) <= 1


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), key_seconds=st.sampled_from([2, 4, 6, 10, 14]))
def test_reading_bit_by_bit_gives_the_same_bundles_in_the_same_order(
    tmp_path_factory, seed, key_seconds
):
    """A torn copy of the journal, growing byte by byte: what a restart sees at any moment."""
    source = an_ordinary_session(
        tmp_path_factory.mktemp("whole"), seed=seed, key_seconds=key_seconds, rate=500
    ).seal()
    whole, _ = everything(source.folder)
    raw = source.folder.journal.read_bytes()
    growing = Growing(tmp_path_factory.mktemp("growing"))
    growing.journal.close()
    follower, found = Spool(growing.folder), []
    rng = random.Random(seed)
    for at in sorted({rng.randrange(len(raw)) for _ in range(40)} | {len(raw)}):
        growing.folder.journal.write_bytes(raw[:at])
        found += follower.poll()
        fresh = everything(growing.folder)[0]
        assert found == fresh == whole[: len(found)]
    assert found == whole
