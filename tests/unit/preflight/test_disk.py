"""Room for the recordings: what is needed, and what is said of too little."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

import pytest

from client.base.text import Text
from client.contest.plan import (
    CameraSettings,
    Label,
    Organizer,
    Paper,
    Plan,
    Project,
    Recording,
    ScreenSettings,
)
from client.contest.sizes import session_bytes
from client.preflight.check import Finding
from client.preflight.checks.disk import GB, Space, disk_check, need_of

HOURS = 3600


def paper(name: str, start: str, end: str) -> Paper:
    times = {"starts_at": f"2026-11-28T{start}:00+08:00", "ends_at": f"2026-11-28T{end}:00+08:00"}
    return Paper.model_validate({"id": name, "name": {"zh": name}, **times})


def plan(*papers: Paper) -> Plan:
    return Plan(
        kind="saijian.plan/1",
        id="test",
        name=Label(zh="测试"),
        revision=1,
        organizer=Organizer(
            name=Label(zh="组委会"), phone="0731-12345", address="https://h", keys=("0" * 64,)
        ),
        projects=(Project(id="p", name=Label(zh="项目"), papers=papers),),
        signature="AAAA",
    )


MORNING = paper("morning", "09:30", "11:30")
AFTERNOON = paper("afternoon", "14:30", "15:30")


def judged(space: Space, *papers: Paper) -> Finding:
    return disk_check(plan(*papers), Path()).judge(space)


def test_the_need_follows_rates_and_length() -> None:
    usual = session_bytes(Recording(), HOURS)
    assert session_bytes(Recording(), 2 * HOURS) == 2 * usual
    camera = Recording(camera=CameraSettings(kbps=3000))
    assert session_bytes(camera, HOURS) - usual == 1500 * 1000 // 8 * HOURS
    assert session_bytes(Recording(screen=ScreenSettings(fps=20)), HOURS) > usual
    assert session_bytes(Recording(screen=ScreenSettings(qp=22)), HOURS) > usual
    assert 0.9 * GB < usual < 1.5 * GB


def test_the_longest_paper_counts_and_all_of_them_together() -> None:
    alone, both = need_of(plan(MORNING)), need_of(plan(AFTERNOON, MORNING))
    assert both.longest == alone.longest
    assert both.together > alone.together
    # 60 minutes before, two hours, 10 minutes of overrun, a quarter more, and 1 GB for the system
    assert alone.longest == round(session_bytes(Recording(), (60 + 120 + 10) * 60) * 1.25) + GB


def test_without_a_plan_a_usual_session_is_assumed() -> None:
    need = need_of(None)
    assert need.longest == need.together > 3 * GB


def test_too_little_for_one_session_fails_and_says_how_much_is_missing() -> None:
    need = need_of(plan(MORNING)).longest
    finding = judged(Space(need - 2 * GB, is_writable=True), MORNING)
    assert finding.verdict == "fail"
    assert finding.advice is not None
    assert "2.0 GB" in finding.advice.zh
    assert judged(Space(need, is_writable=True), MORNING).verdict == "pass"
    assert judged(Space(need - 1, is_writable=True), MORNING).verdict == "fail"


def test_enough_for_one_but_not_for_all_is_a_warning() -> None:
    need = need_of(plan(MORNING, AFTERNOON))
    assert judged(Space(need.longest, is_writable=True), MORNING, AFTERNOON).verdict == "warn"
    assert judged(Space(need.together, is_writable=True), MORNING, AFTERNOON).verdict == "pass"


def test_a_folder_that_cannot_be_written_fails_however_much_is_free() -> None:
    assert judged(Space(9000 * GB, is_writable=False), MORNING).verdict == "fail"


def test_the_real_disk_is_asked_also_where_the_folder_is_not_made_yet(tmp_path: Path) -> None:
    space = disk_check(None, tmp_path / "not" / "yet").probe()
    assert space.is_writable
    assert space.free > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_or_quota_is_no_write_protection(tmp_path, monkeypatch, number: int) -> None:
    def refuse(**_: object) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    space = disk_check(None, tmp_path).probe()
    assert space == Space(0, is_writable=True)
    found = judged(space, MORNING)
    assert found.verdict == "fail"
    assert found.advice is not None
    assert "清空回收站" in found.advice.zh


def test_a_folder_of_the_kernel_cannot_be_written() -> None:
    assert not disk_check(None, Path("/proc/sessions")).probe().is_writable


@pytest.mark.parametrize("free", [0, 5 * GB, 500 * GB])
def test_figures_are_shown(free: int) -> None:
    assert judged(Space(free, is_writable=True), MORNING).evidence == Text(
        f"可用 {free / GB:.1f} GB。", f"{free / GB:.1f} GB are free."
    )


def test_a_second_camera_needs_room_as_the_first() -> None:
    both = session_bytes(Recording(second_camera=True), HOURS)
    assert both - session_bytes(Recording(), HOURS) == 1500 * 1000 // 8 * HOURS


def test_what_is_free_on_the_spare_drive_counts() -> None:
    need = need_of(plan(MORNING)).longest
    both = Space(need - 2 * GB, is_writable=True, spare=2 * GB)
    assert judged(both, MORNING).verdict == "pass"
    assert "备用硬盘另有 2.0 GB" in judged(both, MORNING).evidence.zh
    assert judged(both._replace(spare=GB), MORNING).verdict == "fail"


def test_a_spare_drive_that_is_not_there_is_a_warning_with_what_to_do() -> None:
    space = disk_check(None, Path(), Path("/no/such/drive")).probe()
    assert space.spare == 0
    found = judged(space._replace(free=900 * GB), MORNING)
    assert found.verdict == "warn"
    assert "硬盘没有接上" in found.evidence.zh
    assert found.advice is not None
    assert "请接上备用硬盘" in found.advice.zh
    assert judged(space._replace(free=0), MORNING).verdict == "fail"
