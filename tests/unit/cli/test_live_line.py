"""What the line of `saijian record` says, and how it fits."""

from __future__ import annotations

import io
import unicodedata

import pytest

from client.cli.live_line import Pace, cut, left, level, live_line
from client.cli.record import StatusLine
from client.recorder.protocol import Preview, SourceStatus, Status, TrackStatus


def status(seconds: float = 83.4, size: int = 12_340_000, **more) -> Status:
    given = {
        "phase": "contest",
        "sources": (
            SourceStatus(source="screen", state="live", device=":0"),
            SourceStatus(
                source="camera",
                state="slate",
                device="C",
                cause="断开",
                cause_en="it is gone",
            ),
            SourceStatus(source="sound", state="live", device="M", level=0.125),
        ),
        "free_bytes": 60_000_000_000,
    } | more
    return Status(
        seconds=seconds,
        on_disk_seconds=seconds,
        tracks=(TrackStatus(file="screen-01.mp4", bytes=size, seconds=seconds),),
        gaps=0,
        journal_seq=3,
        **given,
    )


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def test_the_line_says_everything_in_english(monkeypatch) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", "en")
    assert live_line(status(), 100_000, 200) == (
        "0:01:23  12.3 MB  100 kB/s  screen live  camera NO PICTURE (it is gone)"
        "  sound [######--]  -18 dB  disk 10000 min left (60.0 GB)"
    )


def test_a_disk_in_trouble_takes_the_place_of_its_forecast(monkeypatch) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", "zh")
    line = live_line(status(disk="磁盘停顿：已有 3 秒没有写入", disk_en="it stands"), 100_000, 200)
    assert line.endswith("-18 dB  磁盘停顿：已有 3 秒没有写入")


def test_the_line_says_everything_in_chinese(monkeypatch) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", "zh")
    assert live_line(status(), 100_000, 200) == (
        "0:01:23  12.3 MB  100 kB/s  屏幕 正常  摄像头 无画面 (断开)"
        "  声音 [######--]  -18 dB  磁盘还够 10000 分钟（60.0 GB）"
    )


def test_what_was_lost_in_pieces_and_the_spares_are_named(monkeypatch) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", "zh")
    sources = (
        SourceStatus(source="camera", state="live", device="C", spare="USB 摄像头"),
        SourceStatus(source="sound", state="live", device="M", level=0.125, lost_ms=340),
    )
    line = live_line(status(sources=sources), 100_000, 200)
    assert "-18 dB (声音零星丢失约 0.3 秒)  磁盘" in line
    assert line.endswith("（60.0 GB）  摄像头 备用：USB 摄像头")
    monkeypatch.setenv("SAIJIAN_LANG", "en")
    line = live_line(status(sources=sources), 100_000, 200)
    assert "-18 dB (about 0.3 s of sound lost in pieces)  disk" in line
    assert line.endswith("  camera spare: USB 摄像头")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1, 20, 41, 42, 43, 79])
def test_the_line_fits_a_narrow_terminal(monkeypatch, language: str, width: int) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", language)
    line = live_line(status(), 100_000, width)
    assert width - 1 <= columns(line) <= width
    assert live_line(status(), 100_000, 500).startswith(line)


@pytest.mark.parametrize(
    ("peak", "shown"),
    [
        (0.0, "[--------] <-60 dB"),
        (0.0005, "[--------] <-60 dB"),
        (0.03, "[####----]  -30 dB"),
        (1.0, "[########]    0 dB"),
    ],
)
def test_levels_are_decibels(peak: float, shown: str) -> None:
    assert level(peak) == shown


def test_without_a_rate_only_the_free_space_is_known() -> None:
    assert left(5_500_000_000, 0).en == "disk 5.5 GB left"


def test_cutting_never_splits_a_wide_letter() -> None:
    assert [cut("a赛鉴b", width) for width in range(7)] == [
        "",
        "a",
        "a",
        "a赛",
        "a赛",
        "a赛鉴",
        "a赛鉴b",
    ]


def test_the_rate_is_that_of_the_last_ten_seconds() -> None:
    pace = Pace()
    assert pace.saw(0.0, 0) == 0
    assert pace.saw(0.5, 1_000_000) == 0
    for half in range(2, 20):
        pace.saw(half / 2, 1_000_000)
    rates = [pace.saw(half / 2, 1_000_000 + (half - 20) * 50_000) for half in range(20, 61)]
    assert rates[-1] == pytest.approx(100_000)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, count: int = 50) -> str:
    line = StatusLine(stream)
    for half in range(count):
        line.publish(status(seconds=half / 2))
    line.publish(status(seconds=count / 2, phase="closing"))
    line.publish(status(seconds=count / 2, phase="closing"))
    return stream.getvalue()


def test_a_terminal_has_one_line_that_is_written_over(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = shown(Terminal())
    assert text.count("\r") == 51
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert all(columns(line.removesuffix("\x1b[K")) < 60 for line in text.strip().split("\r"))


def test_a_terminal_rings_while_a_device_is_lost(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert "\a" not in shown(Terminal())
    stream = Terminal()
    line = StatusLine(stream)
    lost = SourceStatus(source="camera", state="slate", device="C", alarm=True)
    for half in range(50):
        line.publish(status(seconds=half / 2, sources=(lost,)))
    assert stream.getvalue().count("\a") == 3  # at 0, 10 and 20 s


def test_elsewhere_nothing_is_said_unless_asked_for(monkeypatch) -> None:
    monkeypatch.delenv("SAIJIAN_VERBOSE", raising=False)
    assert shown(io.StringIO()) == ""
    monkeypatch.setenv("SAIJIAN_VERBOSE", "1")
    lines = shown(io.StringIO()).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["0:00:00", "0:00:10", "0:00:20"]


def test_a_preview_says_nothing_and_a_terminal_that_is_gone_ends_nothing() -> None:
    tried = []

    class Gone(Terminal):
        def write(self, text: str) -> int:
            tried.append(text)
            raise OSError(5, "Input/output error")

    line = StatusLine(Gone())
    line.publish(Preview(source="camera", jpeg_base64=""))
    assert tried == []
    line.publish(status())
    assert len(tried) == 1
    line.publish(status())


def test_a_disk_that_lasts_for_days_is_enough():
    assert left(free=10**12, rate=1000.0).zh == "磁盘足够（1000.0 GB）"
    assert "分钟" in left(free=10**9, rate=10**6).zh
