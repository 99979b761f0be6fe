"""The operating system: version, waiting restarts, hours for updates, kind of desktop."""

from __future__ import annotations

import platform

import pytest

from client.base.clock import SECOND_US
from client.contest.plan import Label, Organizer, Paper, Plan, Project
from client.preflight.check import Finding
from client.preflight.checks.system import Span, covers, spans_of, system_check
from client.preflight.facts.system import Hours, SystemFacts
from client.preflight.probes.linux.system import session_of
from client.preflight.probes.system import look_at_system
from client.preflight.probes.windows.system import hours_of, moment_of, name_of
from client.preflight.runner import examine

DAY = "2026-11-28"
MAY_10_H = 1795831200 * SECOND_US  # 2026-11-28T10:00+08:00


def plan(start: str = "09:30", end: str = "11:30") -> Plan:
    paper = Paper.model_validate(
        {
            "id": "a",
            "name": {"zh": "场次"},
            "starts_at": f"{DAY}T{start}:00+08:00",
            "ends_at": f"{DAY}T{end}:00+08:00",
        }
    )
    return Plan(
        kind="saijian.plan/1",
        id="test",
        name=Label(zh="测试"),
        revision=1,
        organizer=Organizer(
            name=Label(zh="组委会"), phone="0731-12345", address="https://h", keys=("0" * 64,)
        ),
        projects=(Project(id="p", name=Label(zh="项目"), papers=(paper,)),),
        signature="AAAA",
    )


def windows(**more) -> SystemFacts:
    usual = {
        "family": "windows",
        "name": "Windows 11 Pro",
        "version": "23H2",
        "build": 22631,
        "bits": 64,
        "architecture": "x64",
    }
    return SystemFacts.model_validate({**usual, **more})


def judged(facts: SystemFacts, asked: Plan | None = None) -> Finding:
    return system_check(asked).judge(facts)


@pytest.mark.parametrize(
    ("more", "verdict", "said"),
    [
        ({}, "pass", "Windows 11 Pro"),
        ({"build": 17763}, "pass", "17763"),
        ({"build": 17134}, "fail", "版本太旧"),
        ({"build": 19045, "architecture": "ARM64"}, "fail", "22000"),
        ({"bits": 32, "architecture": "x86", "build": 19045}, "fail", "32 位"),
        ({"build": None}, "unknown", "读不出"),
        ({"bits": None}, "unknown", "读不出"),
        ({"pending": ("update",)}, "warn", "Windows 更新"),
        ({"pending": ("servicing", "renames")}, "warn", "组件"),
        ({"pending": ("renames",)}, "pass", "替换文件"),
        ({"pending": ("update",), "build": 7601}, "fail", "版本太旧"),
    ],
)
def test_version_and_restarts_decide(more, verdict, said) -> None:
    finding = judged(windows(**more))
    assert finding.verdict == verdict
    assert said in finding.evidence.zh
    assert (finding.advice is None) == (verdict == "pass")


@pytest.mark.parametrize(
    ("hours", "start", "end", "verdict"),
    [
        ((8, 17), "09:30", "11:30", "pass"),
        ((9, 17), "09:30", "11:30", "warn"),  # it opens at 08:30
        ((8, 11), "09:30", "11:30", "warn"),
        ((8, 17), "15:00", "16:55", "warn"),  # ten minutes of overrun
        ((20, 12), "09:30", "11:30", "pass"),  # over midnight
        ((8, 8), "09:30", "11:30", "warn"),
    ],
)
def test_active_hours_must_hold_the_whole_session(hours, start, end, verdict) -> None:
    own = Hours(start=hours[0], end=hours[1], is_automatic=False)
    assert judged(windows(active_hours=own), plan(start, end)).verdict == verdict
    assert judged(windows(active_hours=own)).verdict == "pass"  # without a plan, no times


def test_paused_updates_need_no_hours() -> None:
    own = Hours(start=0, end=5, is_automatic=True)
    long, short = spans_of(plan())[0].ends_us, spans_of(plan())[0].begins_us
    assert judged(windows(active_hours=own, paused_until_us=long), plan()).verdict == "pass"
    finding = judged(windows(active_hours=own, paused_until_us=short), plan())
    assert finding.verdict == "warn"
    assert "由系统自动调整" in finding.evidence.zh
    assert "11-28 08:30-11:40" in finding.evidence.zh


def test_hours_are_beijings() -> None:
    hours = Hours(start=10, end=11, is_automatic=False)
    assert covers(hours, Span(MAY_10_H, MAY_10_H + 3600 * SECOND_US))
    assert not covers(hours, Span(MAY_10_H - 1, MAY_10_H))


def test_wayland_is_warned_of() -> None:
    linux = {"family": "linux", "name": "Ubuntu 24.04", "version": "6.8.0", "build": None}
    linux |= {"bits": 64, "architecture": "x86_64"}
    for session, verdict in (("wayland", "warn"), ("x11", "pass"), (None, "pass")):
        assert judged(SystemFacts.model_validate({**linux, "session": session})).verdict == verdict
    waits = SystemFacts.model_validate({**linux, "pending": ["packages"]})
    assert judged(waits).verdict == "warn"


def test_sessions_are_told_apart() -> None:
    assert session_of({"XDG_SESSION_TYPE": "x11", "DISPLAY": ":0"}) == "x11"
    assert session_of({"XDG_SESSION_TYPE": "tty", "WAYLAND_DISPLAY": "wayland-0"}) == "wayland"
    assert session_of({"DISPLAY": ":99"}) == "x11"
    assert session_of({}) is None


def test_this_system_is_looked_at() -> None:
    found = look_at_system()
    assert found.bits == 64
    if found.family == "linux":
        assert found.version == platform.release()
    assert SystemFacts.model_validate_json(found.model_dump_json()) == found
    assert examine(system_check(plan())).verdict in {"pass", "warn"}


def test_windows_values_are_read_and_rubbish_is_none() -> None:
    assert name_of("Windows 10 Pro", 22631) == "Windows 11 Pro"
    assert name_of("Windows 10 Pro", 19045) == "Windows 10 Pro"
    assert name_of(None, 19045) is None
    assert moment_of("2026-11-28T02:00:00Z") == MAY_10_H
    assert moment_of("next week") is moment_of("") is moment_of(None) is None
    assert hours_of(8, 17, 1) == Hours(start=8, end=17, is_automatic=True)
    assert hours_of(8, 99, 0) is hours_of(None, 17, 0) is None
