from __future__ import annotations

import av
import pytest

from client.evidence.media import probe
from tests.films import encoded


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(encoded(5, sound=True))
    return path


def test_a_whole_film_has_both_streams_without_holes_or_errors(film):
    info = probe(film, decode=True)
    picture, sound = info.stream("picture"), info.stream("sound")
    assert (picture.packets, picture.decoded, picture.errors, picture.holes) == (50, 50, 0, ())
    assert sound.errors == 0
    assert sound.holes == ()
    assert info.seconds == pytest.approx(5, abs=0.15)


def test_without_decode_nothing_is_decoded(film):
    assert [s.decoded for s in probe(film).streams] == [0, 0]


@pytest.mark.parametrize("cut", [0, 7, 500, 3000, 60_000])
def test_a_torn_end_is_where_reading_stops(film, cut, capfd):
    film.write_bytes(film.read_bytes()[:cut])
    info = probe(film, decode=True)
    assert info.seconds < 5
    assert capfd.readouterr() == ("", "")


def test_damage_is_counted_when_decoding_and_nothing_leaks_to_stderr(film, capfd):
    data = bytearray(film.read_bytes())
    for at in range(5000, len(data), 211):
        data[at] ^= 0xFF
    film.write_bytes(data)
    info = probe(film, decode=True)
    assert sum(s.errors for s in info.streams) > 0 or info.stream("picture").decoded < 50
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("content", [b"", b"rubbish" * 500])
def test_what_cannot_be_opened_has_no_streams(tmp_path, content):
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    assert probe(path).streams == ()
    assert probe(path).seconds == 0
    assert probe(tmp_path / "missing.mp4").streams == ()


@pytest.mark.parametrize(
    "playlist", ["ffconcat version 1.0\nfile film.mp4\n", "#EXTM3U\n#EXTINF:1,\nfilm.mp4\n"]
)
def test_a_playlist_leads_nowhere(film, playlist):
    path = film.with_name("other.mp4")
    path.write_text(playlist, "utf-8")
    assert probe(path).streams == ()


def test_names_inside_the_file_that_are_no_text_do_no_harm(film):
    data = bytearray(film.read_bytes())
    data[data.index(b"VideoHandler")] = 0xD6
    film.write_bytes(data)
    assert probe(film).stream("picture").packets == 50


def test_a_hole_between_pictures_is_seen(tmp_path):
    path = tmp_path / "hole.mp4"
    path.write_bytes(encoded(6, fps=10, hole=(2.0, 4.5)))
    (hole,) = probe(path).stream("picture").holes
    assert hole == pytest.approx((2_400_000, 4_500_000), abs=30_000)


def test_a_moof_torn_in_the_middle_takes_nothing_before_it_along(film):
    data = bytearray(film.read_bytes())
    moof = data.rfind(b"moof") - 4
    data[moof + 40 : moof + 552] = bytes(512)
    film.write_bytes(data)
    with pytest.raises(av.FFmpegError), av.open(str(film)) as container:
        list(container.demux())
    info = probe(film, decode=True)
    assert info.seconds > 3.5
    assert [stream.errors for stream in info.streams] == [0, 0]
