"""The plans that ship as examples are complete, and say what the contest documents say."""

from __future__ import annotations

import json

import pytest

from client.base.assets import asset
from client.contest.plan import Plan, check_draft
from client.contest.schedule import schedule_of

FILES = sorted(asset("plans").glob("*.json"))


def draft(path):
    document = json.loads(path.read_bytes())
    document["organizer"]["keys"] = document["organizer"]["keys"] or ["0" * 64]
    return document


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_example_is_a_good_draft(path):
    document = draft(path)
    assert check_draft(json.dumps(document).encode()) == document
    assert "signature" not in document


@pytest.fixture
def hunan():
    path = asset("plans", "hunan-2024.json")
    return Plan.model_validate({**draft(path), "signature": "AAAA"})


def test_the_example_of_hunan_leaves_no_member_to_a_default(hunan):
    def unset(value, where="plan"):
        found = [
            f"{where}.{name}" for name in type(value).model_fields.keys() - value.model_fields_set
        ]
        for name in value.model_fields_set:
            member = getattr(value, name)
            for inner in member if isinstance(member, tuple) else (member,):
                if hasattr(inner, "model_fields_set"):
                    found += unset(inner, f"{where}.{name}")
        return found

    assert [name for name in unset(hunan) if not name.endswith(".en")] == []


def test_two_papers_of_two_hours_on_one_day_in_beijing_time(hunan):
    spans = [
        (f"{paper.starts_at:%H:%M}", f"{paper.ends_at:%H:%M}", paper.starts_at.date())
        for paper in hunan.papers()
    ]
    assert [span[:2] for span in spans] == [("09:30", "11:30"), ("14:30", "16:30")]
    assert len({span[2] for span in spans}) == 1


def test_the_numbers_of_the_document(hunan):
    environment = hunan.environment
    assert {group.name.zh: group.carries_school for group in hunan.groups} == {
        "职工组": False,
        "学生组": True,
    }
    schedule = schedule_of(hunan, hunan.papers()[0])
    assert (schedule.starts_us - schedule.filming_us) // 60_000_000 == 15
    assert (schedule.starts_us - schedule.opens_us) // 60_000_000 == 60
    assert hunan.retention_working_days == 15
    assert hunan.contest_url == ""
    assert not hunan.rehearsal
    assert (environment.cores, environment.clock_mhz, environment.memory_mb) == (2, 3000, 4096)
    assert (environment.disk_gb, environment.link_mbps, environment.venue_mbps) == (500, 1000, 100)
    assert (environment.computers_per_seat, environment.cameras_per_seat) == (2, 2)
    assert set(environment.browsers.all_of) == {"firefox", "chrome"}
    assert set(environment.office.any_of) == {"ms-office", "wps"}


def test_the_rules_that_are_told_are_in_both_languages(hunan):
    rules = " ".join(rule.zh for rule in hunan.rules)
    assert "请勿使用通讯设备" in rules
    assert "不得将竞赛相关信息私自公布" in rules
    assert all(rule.en for rule in hunan.rules)
