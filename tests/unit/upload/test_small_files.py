"""Token, progress, and the note of finished bundles: small files that may be lost or damaged."""

from __future__ import annotations

import pytest

from client.base.text import Text
from client.contest.contestant import OneTimeCode, Ticket
from client.evidence.layout import SessionFolder
from client.upload.board import Board
from client.upload.credentials import (
    PendingEnrolment,
    Token,
    load_credentials,
    pending,
    save_credentials,
)
from client.upload.cutting import Bundle
from client.upload.finished import Finished
from client.upload.progress import (
    UploadProgress,
    load_progress,
    progress_path,
    save_progress,
)
from tests.private import only_mine

RUBBISH = [b"", b"{}", b"[]", b"\xff\xfe", b'{"token":"short"}', b'{"token":1}', b"[" * 50_000]


@pytest.fixture
def folder(tmp_path):
    return SessionFolder(tmp_path / "session").create()


@pytest.mark.parametrize(
    "credentials",
    [Token(token="0123456789abcdef"), pending(Ticket("T-1"), OneTimeCode("code-1"), "one")],
)
def test_credentials_come_back_and_are_private(folder, credentials):
    save_credentials(folder.token, credentials)
    assert load_credentials(folder.token) == credentials
    assert only_mine(folder.token)


@pytest.mark.parametrize("content", RUBBISH)
def test_unusable_credentials_are_none(folder, content):
    assert load_credentials(folder.token) is None
    folder.token.write_bytes(content)
    assert load_credentials(folder.token) is None


def test_secrets_do_not_show_in_a_log():
    shown = repr([Token(token="0123456789abcdef"), PendingEnrolment(ticket="T-77", code="code-1")])
    assert "0123456789abcdef" not in shown
    assert "code-1" not in shown
    assert "T-77" not in shown


def test_progress_comes_back(folder):
    progress = UploadProgress(state="sending", recorded_bytes=200, sent_bytes=50)
    save_progress(folder, progress)
    assert load_progress(folder) == progress
    assert progress.percent == 25.0
    assert [p.name for p in folder.private.iterdir()] == ["upload.json"]


@pytest.mark.parametrize("content", [b"", b"{}x", b'{"sent_bytes":-1}', b'{"state":"?"}'])
def test_absent_or_damaged_progress_is_a_beginning(folder, content):
    assert load_progress(folder) == UploadProgress()
    progress_path(folder).write_bytes(content)
    assert load_progress(folder) == UploadProgress()


def test_progress_that_cannot_be_written_is_left_out(folder, monkeypatch):
    save_progress(folder, UploadProgress(sent_bytes=1))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    save_progress(folder, UploadProgress(sent_bytes=2))
    assert load_progress(folder).sent_bytes == 1
    assert [p.name for p in folder.private.iterdir()] == ["upload.json"]


def test_finished_bundles_are_remembered_whatever_else_stands_there(folder):
    first, second = Bundle("screen-01.mp4", 0, 10), Bundle("journal.jsonl", 5, 9)
    Finished(folder).add(first)
    path = folder.private / "uploaded.jsonl"
    path.write_text(path.read_text() + '["screen-01.mp4", 10\nnull\n[1]\n' + "[" * 9999)
    again = Finished(folder)
    again.add(second)
    remembered = Finished(folder)
    assert first in remembered
    assert second in remembered
    assert Bundle("screen-01.mp4", 0, 11) not in remembered
    remembered.forget()
    assert first not in remembered
    assert first not in Finished(folder)


class Desk:
    """A board with a clock in the hand and everything it published."""

    def __init__(self):
        self.us = 0
        self.published = []
        self.board = Board(self.published.append, lambda: self.us)


def test_counts_are_published_once_a_second_and_news_at_once():
    desk = Desk()
    desk.board.phase("sending")
    for sent in range(100):
        desk.us += 20_000
        desk.board.count(1000, sent)
    assert 2 <= len(desk.published) <= 4
    desk.board.trouble("bundles", Text("坏", "bad"))
    assert desk.published[-1].state == "away"
    assert desk.published[-1].last_problem.text == Text("坏", "bad")
    desk.board.trouble("bundles", None)
    assert desk.published[-1].state == "sending"
    assert desk.published[-1].last_problem is None


def test_the_last_counts_are_not_kept_back():
    desk = Desk()
    desk.board.count(10, 0)
    desk.board.count(10, 10)
    assert desk.published[-1].sent_bytes == 0
    desk.board.flush()
    assert desk.published[-1].sent_bytes == 10


def test_one_trouble_of_two_remains():
    desk = Desk()
    desk.board.phase("waiting")
    desk.board.trouble("bundles", Text("一", "one"))
    desk.board.trouble("heartbeat", Text("二", "two"))
    desk.board.trouble("bundles", None)
    assert desk.board.progress.last_problem.zh == "二"
    assert desk.board.progress.state == "away"


def test_a_bundle_set_aside_is_told_while_the_rest_goes_on():
    desk = Desk()
    desk.board.phase("sending")
    desk.board.trouble("set aside", Text("太大", "too large"))
    assert desk.board.progress.state == "sending"
    assert desk.board.progress.last_problem.zh == "太大"


def test_a_refusal_is_the_last_word():
    desk = Desk()
    desk.board.trouble("heartbeat", Text("二", "two"))
    desk.board.refused(Text("拒", "no"))
    assert (desk.board.progress.state, desk.board.progress.last_problem.zh) == ("refused", "拒")
