"""Which sitting a verified session is of: by the organizer where it enrolled, else as alleged."""

from __future__ import annotations

import json

import pytest

from client.contest.plan import Plan
from client.evidence.journal import read_journal
from client.evidence.subject import subject_of
from client.evidence.verify import verify
from tests.builders import Script, build_session
from tests.documents import plan_document


@pytest.fixture
def built(tmp_path):
    return build_session(tmp_path, Script(seconds=6))


def subject(built):
    found = verify(built.folder.path).subject
    assert found is not None
    return found


def test_an_enrolled_session_names_contest_paper_computer_and_moment(built):
    found = subject(built)
    assert found.is_enrolled
    assert found.contest == "builder-contest"
    opening = next(read_journal(built.folder.journal)).entry
    assert found.ticket_digest == opening.enrolment["ticket_digest"]
    said = found.sentence
    assert said.zh == "测试竞赛，项目 场次，主机，2026-11-22 09:13:20 开始，组委会已登记"
    assert said.en.endswith("primary, begun 2026-11-22 09:13:20, enrolled by the organizer")


def test_without_an_enrolment_it_is_what_the_journal_alleges(tmp_path):
    built = build_session(tmp_path, Script(seconds=6, offline_enrolment=True))
    assert subject(built).is_enrolled  # late
    built.folder.receipts.unlink()
    found = subject(built)
    assert not found.is_enrolled
    assert found.ticket_digest == ""
    assert found.contest_name.zh == "测试竞赛"
    assert "没有组委会的登记" in found.sentence.zh


def test_a_paper_called_as_its_project_is_named_once(built):
    document = plan_document(built.organizer)
    document["projects"][0]["name"] = document["projects"][0]["papers"][0]["name"]
    plan = Plan.model_validate({**document, "signature": "AAAA"})
    opening = next(read_journal(built.folder.journal)).entry
    assert subject_of(opening, plan, None, 0).paper_name.zh == "场次"


def test_names_are_taken_from_the_right_plan_only(built):
    plan = json.loads(built.folder.plan.read_bytes())
    plan["name"]["zh"] = "另一个竞赛"
    built.folder.plan.write_text(json.dumps(plan), "utf-8")
    found = subject(built)
    assert found.contest_name.zh == ""
    assert found.sentence.zh.startswith("paper，主机")
    assert "没有组委会的登记" in found.sentence.zh


def test_without_a_journal_nothing_is_said(tmp_path):
    assert verify(tmp_path).subject is None
    assert verify(tmp_path).to_json()["subject"] is None
