"""The window, clicked through by somebody who reads the screen: a day with two papers.

The morning begins late, the organizer goes away in the middle, an incident is noted on the bar, the
computer starts anew. The afternoon follows on the same computer at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from client.attempt.rehearsal import BEIJING, CODE, TICKET, rehearsal_plan
from client.base.clock import SECOND_US, utc_us
from client.evidence.entries import Note, Opening, Step
from tests import devices
from tests.e2e import recorded
from tests.e2e.person import ARMED_S, Person, at_a_desktop
from tests.e2e.program import Desk, Running, clear_desk, desk, eventually, note
from tests.e2e.venue import SMALL, Organizer

pytestmark = pytest.mark.e2e
LASTS_S = 1800
STEPS = ["identity", "contest", "login_done", "handed_in", "ended"]
INCIDENT = "the light went out"
TO_WORK = (
    ("先读竞赛规则", ("我已读完，会遵守",)),
    (
        "录制说明与同意",
        (
            "我同意录制屏幕、摄像头画面和声音",
            "我同意为核验身份录下我的面部（敏感个人信息）",
            "我同意为核验身份录下我的身份证件（敏感个人信息）",
            "同意并继续",
        ),
    ),
    ("检测这台电脑", ("开始检测",)),
    ("请现在就开始", ("打开设备，开始身份核验",)),
    ("录下本人和身份证件", ("已录清楚，下一步",)),
    ("登录竞赛账号", ("我已登录竞赛账号",)),
)


@dataclass(frozen=True)
class Place:
    """A contestant's computer and the organizer that it reaches."""

    at: Desk
    person: Person
    organizer: Organizer
    camera: str
    microphone: str

    def attend(self, paper: str) -> Running:
        """Open the window for `paper`, as the link in the organizer's message does."""
        words = ["--plan", f"http://127.0.0.1:{self.organizer.port}/plan", "--paper", paper]
        words += ["--ticket", TICKET, "--code", CODE, "--role", "primary"]
        words += ["--camera", self.camera, "--microphone", self.microphone]
        return self.looks_at(self.at.start("attend", *words))

    def looks_at(self, window: Running) -> Running:
        """Look at this window from now on."""
        self.person.window = window
        return window

    def sessions(self) -> dict[str, Path]:
        """Return this computer's session folders by their paper."""
        found = {}
        for journal in (self.at.home / "data" / "sessions").glob("*/journal.jsonl"):
            opening = recorded.entries(journal.parent, Opening)[0]
            found[opening.paper] = journal.parent
        return found


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with (
        at_a_desktop("day") as person,
        devices.sound_server() as sound,
        devices.mjpeg_camera() as camera,
        desk(person.display, sound) as base,
    ):
        # the window's unit tests, if they are collected in this process, ask for no screen
        at = base.with_environment(SAIJIAN_LANG="zh", QT_QPA_PLATFORM="xcb")
        organizer = Organizer(at, at.home / "organizer")
        prepare(organizer)
        organizer.serve()
        yield Place(at, person, organizer, camera.address, sound.source)


def prepare(organizer: Organizer) -> None:
    """Sign a plan for a day: both papers have begun, so that everybody is late."""
    at, folder = organizer.desk, organizer.folder
    at.run("organizer", "init", folder).ok()
    begins_us = utc_us() - 60 * SECOND_US
    plan = json.loads(rehearsal_plan(f"http://127.0.0.1:{organizer.port}", begins_us, LASTS_S))
    since = (datetime.now(BEIJING) - timedelta(seconds=60)).isoformat(timespec="seconds")
    paper: dict[str, Any] = plan["projects"][0]["papers"][0] | {"starts_at": since}
    plan["projects"][0]["papers"] = [
        paper | {"id": name, "name": {"zh": zh, "en": name}}
        for name, zh in (("morning", "上午场"), ("afternoon", "下午场"))
    ]
    plan["timing"] |= {"filming_minutes_before": 1, "late_identity_minutes": LASTS_S // 60}
    plan["recording"] |= SMALL
    base = folder.with_suffix
    base(".json").write_text(json.dumps(plan | {"rehearsal": False}), "utf-8")
    roster = "ticket,code,name,papers\n" + f"{TICKET},{CODE},彩排选手,morning afternoon\n"
    base(".csv").write_text(roster, "utf-8")
    at.run("organizer", "plan", "sign", folder, base(".json")).ok()
    at.run("organizer", "roster", "load", folder, base(".csv")).ok()
    organizer.key = (folder / "organizer-key.pub").read_text("utf-8").strip()


def goes_to_work(person: Person, name: str) -> None:
    for number, (title, things) in enumerate(TO_WORK, 1):
        person.awaits(title, f"{name}-{number}")
        person.hand("sleep", str(ARMED_S))
        for thing in things:
            person.press(thing)
    person.awaits("竞赛进行中", f"{name}-work")


def hands_in(person: Person, name: str) -> None:
    person.hand("sleep", str(ARMED_S))
    person.press("我已在竞赛网站提交答卷")
    person.awaits("已记下交卷时间", f"{name}-handed-in")
    person.hand("sleep", str(ARMED_S))
    person.press("结束录制", hold_s=3.6)
    person.awaits("现在可以关机", f"{name}-stored", 90)
    person.hand("sleep", str(ARMED_S))
    person.press("完成，关闭窗口")


def steps(folder: Path) -> list[tuple[str, str]]:
    return [(step.name, step.by) for step in recorded.entries(folder, Step)]


def test_the_morning(place: Place) -> None:
    person, at = place.person, place.at
    window = place.attend("morning")
    goes_to_work(person, "morning")
    folder = place.sessions()["morning"]
    assert place.organizer.server is not None
    place.organizer.server.kill()

    person.minimises(window)
    person.awaits("记下意外", "morning-bar")
    assert person.finds("竞赛进行中") is None  # the window is away, the bar is there
    person.press("记下意外")
    person.awaits("发生了什么", "morning-incident")
    person.types(INCIDENT)
    eventually(lambda: any(INCIDENT in n.zh for n in recorded.entries(folder, Note)), 10)

    clear_desk(at)  # the computer goes down, with everything that runs on it
    window = place.looks_at(at.start("window", "--session", folder))
    person.awaits("竞赛进行中", "morning-again")
    place.organizer.serve()
    hands_in(person, "morning")
    assert window.wait(30).ok()

    assert steps(folder) == [(name, "contestant") for name in STEPS]
    words = ["--organizer-key", place.organizer.key, "--json"]
    said = at.run("verify", folder, *words).document
    assert said["verdict"] == "INCOMPLETE", said  # a camera over loopback is never evidence
    assert {gap["source"] for gap in said["gaps"]} >= {"camera"}
    note(f"morning: {person.looks} looks, {said['seconds']:.0f} s recorded")


def test_the_afternoon_follows_on_the_same_computer(place: Place) -> None:
    person = place.person
    window = place.attend("afternoon")
    person.awaits("先读竞赛规则", "afternoon-1")
    assert person.finds("下午场") is not None
    assert person.finds("上午场") is None
    goes_to_work(person, "afternoon")
    hands_in(person, "afternoon")
    assert window.wait(30).ok()
    folders = place.sessions()
    assert steps(folders["afternoon"]) == [(name, "contestant") for name in STEPS]
    assert folders["morning"] != folders["afternoon"]
