"""试一遍 by somebody who reads the screen: every step, played back, and nothing of it left.

The contest is far away; its enrolled session lends the trial its plan and devices. One trial is
killed in the middle, the next one goes to its end.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from client.attempt.rehearsal import BEIJING, CODE, TICKET, rehearsal_plan
from client.base.clock import SECOND_US, utc_us
from client.contest.plan import load_plan
from client.evidence.entries import Opening, Step
from client.evidence.layout import SessionFolder
from client.ui import early
from tests import devices
from tests.e2e import recorded
from tests.e2e.person import ARMED_S, Person, at_a_desktop
from tests.e2e.program import Desk, Running, desk, eventually, marked, note
from tests.e2e.venue import SMALL, Organizer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
RULE = "带好准考证"
CONTEST = "明天的竞赛"
MINUTES = "0.5"
"""The contest of the trial begins 25 s after its first page: somebody who reads it is late."""
CONSENT = (
    "我同意录制屏幕、摄像头画面和声音",
    "我同意为核验身份录下我的面部（敏感个人信息）",
    "我同意为核验身份录下我的身份证件（敏感个人信息）",
    "同意并继续",
)
TO_IDENTITY = (
    (RULE, ("我已读完，会遵守",)),
    ("录制说明与同意", CONSENT),
    ("检测这台电脑", ("开始检测",)),
    ("打开设备，开始身份核验", ("打开设备，开始身份核验",)),
)
TO_THE_END = (
    ("录下本人和身份证件", ("已录清楚，下一步",)),
    (early.TITLE.zh, (early.GO_ON.zh,)),  # no camera here shows a document
    ("登录竞赛账号", ("我已登录竞赛账号",)),
    ("竞赛进行中", ("我已在竞赛网站提交答卷",)),
)


@dataclass
class Place:
    """A contestant's computer, on which one session is enrolled for another day."""

    at: Desk
    person: Person
    visited: Path
    """Lines: what the browser was asked to show."""
    session: Path = field(default_factory=Path)

    @property
    def data(self) -> Path:
        return self.at.home / "data"

    def trial(self) -> Path | None:
        """Return the folder of the trial that is under way."""
        return next(iter((self.data / "trials").glob("*")), None)

    def looks_at(self, window: Running) -> Running:
        self.person.window = window
        return window

    def goes_through(self, things: Any, name: str) -> None:
        for number, (title, pressed) in enumerate(things, 1):
            self.person.awaits(title, f"{name}-{number}")
            self.person.hand("sleep", str(ARMED_S))
            for words in pressed:
                self.person.press(words)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with (
        at_a_desktop("trial") as person,
        devices.sound_server() as sound,
        devices.mjpeg_camera() as camera,
        desk(person.display, sound) as base,
    ):
        visited = base.home / "visited"
        browser = base.home / "bin" / "xdg-open"  # what opens an address on a desktop
        browser.parent.mkdir()
        browser.write_text(f'#!/bin/sh\necho "$1" >> {visited}\n', "utf-8")
        browser.chmod(stat.S_IRWXU)
        path = f"{browser.parent}:{base.environment['PATH']}"
        asks = {"SAIJIAN_LANG": "zh", "QT_QPA_PLATFORM": "xcb", "PATH": path}
        made = Place(base.with_environment(**asks), person, visited)
        organizer = Organizer(made.at, made.at.home / "organizer")
        prepare(organizer)
        organizer.serve()
        made.session = enrol(made, organizer, camera.address, sound.source)
        yield made


def prepare(organizer: Organizer) -> None:
    """Sign the plan of a contest that begins tomorrow."""
    at, folder = organizer.desk, organizer.folder
    at.run("organizer", "init", folder).ok()
    plan = json.loads(rehearsal_plan(f"http://127.0.0.1:{organizer.port}", utc_us(), 60))
    starts = datetime.now(BEIJING) + timedelta(hours=20)
    plan["projects"][0]["papers"][0] |= {
        "starts_at": starts.isoformat(timespec="seconds"),
        "ends_at": (starts + timedelta(hours=1)).isoformat(timespec="seconds"),
    }
    plan["recording"] |= SMALL
    changes = {"rehearsal": False, "name": {"zh": CONTEST}, "rules": [{"zh": RULE}]}
    base = folder.with_suffix
    base(".json").write_text(json.dumps(plan | changes), "utf-8")
    roster = f"ticket,code,name,papers\n{TICKET},{CODE},张三,rehearsal\n"
    base(".csv").write_text(roster, "utf-8")
    at.run("organizer", "plan", "sign", folder, base(".json")).ok()
    at.run("organizer", "roster", "load", folder, base(".csv")).ok()


def enrol(made: Place, organizer: Organizer, camera: str, microphone: str) -> Path:
    """Enrol for tomorrow, in the window; close it."""
    words = ["--plan", f"http://127.0.0.1:{organizer.port}/plan", "--ticket", TICKET]
    words += ["--code", CODE, "--role", "primary", "--camera", camera, "--microphone", microphone]
    window = made.looks_at(made.at.start("attend", *words))
    made.person.awaits(RULE, "enrolled")
    assert made.person.finds("试一遍") is not None  # offered on the session's own page, too
    window.kill()
    (setup,) = (made.data / "sessions").glob("*.private")
    return setup.with_suffix("")


def everything(root: Path) -> set[str]:
    """Return all files and folders but for the window's log and whether one is open."""
    own = {"logs", "logs/app.log", "window.json", "window.lock"}
    return {str(path.relative_to(root)) for path in root.rglob("*")} - own


def recorder_of(made: Place) -> Path:
    (session,) = (made.trial() / "sessions").glob("*.private")  # type: ignore[operator]
    return session.with_suffix("")


def test_a_killed_one_is_cleared_by_the_next_window(place: Place) -> None:
    person, at = place.person, place.at
    before = everything(place.data)
    window = place.looks_at(at.start("window"))
    person.awaits("继续这一场", "start")
    spot = person.awaits("试一遍", "start-offer")
    person.press("试一遍")
    assert spot.y > 500  # below what is to be done next
    place.goes_through(TO_IDENTITY, "killed")
    person.awaits("录下本人和身份证件", "killed-identity")
    folder = recorder_of(place)
    (opening,) = recorded.entries(folder, Opening)
    assert opening.purpose == "rehearsal"
    plan = load_plan((folder / "plan.json").read_bytes()).plan
    assert (plan.rehearsal, plan.name.zh) == (True, f"试一遍：{CONTEST}")
    eventually(lambda: (folder / "identity-01.mp4").stat().st_size > 0, 15, "pictures")

    window.kill()
    assert [p for p in marked(at) if "recorder" in p.cmdline() and str(folder) in p.cmdline()]
    place.looks_at(at.start("window"))
    person.awaits("上次的试一遍没有正常结束", "cleared", 30)
    eventually(lambda: place.trial() is None, 20, "an empty place of trials")
    assert not [p for p in marked(at) if "trials" in " ".join(p.cmdline())]
    assert everything(place.data) == before
    clear_desk_but_organizer(place)


def clear_desk_but_organizer(made: Place) -> None:
    """End the windows, as a log-off does."""
    for process in marked(made.at):
        if "window" in process.cmdline():
            process.kill()
            process.wait(10)


def test_a_whole_one_is_played_back_and_nothing_is_left(place: Place) -> None:
    person, at = place.person, place.at
    before = everything(place.data)
    window = place.looks_at(at.start("trial", "--session", place.session, "--minutes", MINUTES))
    place.goes_through(TO_IDENTITY, "whole")
    place.goes_through(TO_THE_END, "whole-then")
    person.awaits("已记下交卷时间", "whole-handed-in")
    person.hand("sleep", str(ARMED_S))
    person.press("结束录制", hold_s=3.6)
    person.awaits("回执编号", "whole-tried", 90)
    assert person.finds("全部步骤都试过了") is not None
    folder = recorder_of(place)
    steps = [(step.name, step.by) for step in recorded.entries(folder, Step)]
    names = ["identity", "contest", "login_done", "handed_in", "ended"]
    assert steps == [(name, "contestant") for name in names]
    copies = list((place.trial() / "organizer" / "sessions").rglob("identity-01.mp4"))  # type: ignore[operator]
    assert [copy.stat().st_size for copy in copies] == [(folder / "identity-01.mp4").stat().st_size]

    person.press("看一遍录像")
    person.awaits("看完以后，回到这里", "whole-watched")
    url = eventually(lambda: place.visited.exists() and place.visited.read_text().strip(), 15, "it")
    document = requests.get(f"{url}session.json", timeout=20).json()
    assert {lane["source"] for lane in document["lanes"]} >= {"screen", "camera", "sound"}
    film = requests.get(f"{url}media/identity-01.mp4", headers={"Range": "bytes=0-99"}, timeout=20)
    assert film.status_code == 206
    seconds = document["end"] - document["start"]

    person.hand("sleep", str(ARMED_S))
    person.press("完成，删除这次试录")
    person.awaits("试一遍结束了", "whole-gone", 40)
    assert place.trial() is None
    assert everything(place.data) == before
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)
    assert not [p for p in marked(at) if "trials" in " ".join(p.cmdline())]
    window.kill()
    note(f"trial: {person.looks} looks, {seconds:.0f} s recorded")


def test_near_a_contest_the_verb_says_so(place: Place, tmp_path: Path) -> None:
    setup = SessionFolder(place.session).setup
    raw = setup.read_text("utf-8")
    ahead = json.loads(raw) | {"clock_offset_us": round(19.5 * 3600) * SECOND_US}
    setup.write_text(json.dumps(ahead), "utf-8")
    try:
        refused = place.at.run("trial", "--session", place.session)
        assert refused.code == 1
        assert "现在不再试一遍" in refused.err
        assert "请直接继续正式的场次" in refused.err
        assert place.at.run("trial", "--session", tmp_path).code == 2
    finally:
        setup.write_text(raw, "utf-8")
