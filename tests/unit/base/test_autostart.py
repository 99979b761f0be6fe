"""The entry of the next log-in: written so that the system reads back the very words."""

import subprocess
import sys

import pytest

from client.base import autostart

AWKWARD = ["/opt/赛 鉴/saijian", "window", "--session", '/home/张三/a "b" $c `d` 100% \\e']


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    """Keep what is written away from this user: a folder here, a value of its own on Windows."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(autostart, "NAME", "SaiJian-test")
    yield tmp_path / "autostart"
    autostart.take_back()


def test_what_was_asked_for_is_there_until_it_is_taken_back():
    assert autostart.entry() == ""
    assert autostart.ask_for(["first"])
    assert autostart.ask_for(AWKWARD[:2])
    assert autostart.entry() == autostart.line_of(AWKWARD[:2])
    autostart.take_back()
    assert autostart.entry() == ""
    autostart.take_back()


@pytest.mark.skipif(sys.platform == "win32", reason="desktop files; tests/windows has RunOnce")
def test_the_desktop_file_says_the_very_words(settings):
    assert autostart.ask_for(AWKWARD)
    text = (settings / "saijian.desktop").read_text(encoding="utf-8")
    assert text.startswith("[Desktop Entry]\nType=Application\nName=SaiJian\nName[zh_CN]=赛鉴\n")
    value = next(line for line in text.splitlines() if line.startswith("Exec="))[len("Exec=") :]
    quoted = value.replace("\\\\", "\\").replace("%%", "%")  # as a desktop undoes the value
    words = subprocess.run(  # noqa: S602 - the shell undoes the same quoting
        f"printf '%s\\n' {quoted}", shell=True, capture_output=True, check=True
    ).stdout
    assert words.decode("utf-8").splitlines() == AWKWARD


@pytest.mark.skipif(sys.platform == "win32", reason="desktop files; tests/windows has RunOnce")
def test_a_name_that_would_end_the_line_is_refused(settings):
    assert autostart.ask_for(["a\nHidden=true"]) is False
    assert not settings.exists()


def test_the_first_that_fits_is_taken_and_the_same_is_not_written_twice(monkeypatch):
    written = []
    monkeypatch.setattr(autostart, "_fits", lambda line: len(line) < 100)
    monkeypatch.setattr(autostart, "_write", written.append)
    assert autostart.ask_for(["window", "x" * 100], ["window"])
    assert written == [autostart.line_of(["window"])]
    assert not autostart.ask_for(["x" * 100])
    monkeypatch.setattr(autostart, "entry", lambda: written[0])
    assert autostart.ask_for(["window"])
    assert len(written) == 1
