"""The log: everything in the file, the last line of an error for people."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from client.base.log import log_to_file, log_to_stderr


@pytest.fixture
def log(monkeypatch):
    """Give a root logger of its own."""
    root = logging.RootLogger(logging.WARNING)
    monkeypatch.setattr(logging, "getLogger", lambda *_: root)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    yield root
    for handler in root.handlers:
        handler.close()


def fail(log):
    try:
        Path("磁盘没有了").stat()
    except OSError:
        log.exception("track failed")


def log_to_both(path, file_first):
    """Log to a file and to standard error, in either order."""
    for to_file in (file_first, not file_first):
        if to_file:
            log_to_file(path)
        else:
            log_to_stderr(verbose=False)


@pytest.mark.parametrize("file_first", [True, False])
def test_people_read_the_error_and_the_file_keeps_where_it_was(log, tmp_path, capsys, file_first):
    path = tmp_path / "recorder.log"
    log_to_both(path, file_first)
    fail(log)
    said = capsys.readouterr().err
    assert "磁盘没有了" in said
    assert "Traceback" not in said
    assert "Traceback" in path.read_text(encoding="utf-8")


def test_who_asks_for_more_gets_it(log, capsys):
    log_to_stderr(verbose=True)
    fail(log)
    assert "Traceback" in capsys.readouterr().err


def test_a_log_that_cannot_be_written_is_not_talked_about(log, tmp_path, capsys):
    log_to_file(tmp_path / "recorder.log")
    log.handlers[0].stream.close()
    fail(log)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("file_first", [True, False])
def test_what_only_the_file_wants_is_not_shown(log, tmp_path, capsys, file_first):
    path = tmp_path / "recorder.log"
    log_to_both(path, file_first)
    log.info("all is well")
    assert capsys.readouterr().err == ""
    assert "all is well" in path.read_text(encoding="utf-8")
