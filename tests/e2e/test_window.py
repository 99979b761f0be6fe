"""The window, clicked through by somebody who reads the screen: one day with two papers.

Two hours are two minutes by the plan. The morning, in Chinese: late; the organizer goes away in the
middle, an incident is noted on the bar, the computer starts anew. Then the organizer moves the
afternoon, for which the contestant comes in time: in English, on the same computer, waited for;
nobody ends its recording, so the plan does.
"""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from client.attempt.rehearsal import BEIJING, CODE, TICKET, rehearsal_plan
from client.base.clock import SECOND_US, utc_us
from client.base.text import Language, Text
from client.evidence.entries import Note, Opening, Step
from client.ui import early
from client.ui.guide import GUIDE, Moment
from tests import devices
from tests.e2e import recorded
from tests.e2e.person import ARMED_S, Person, at_a_desktop
from tests.e2e.program import Desk, Running, clear_desk, desk, eventually, note
from tests.e2e.venue import SMALL, Organizer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
PAPER_S = 120
MOVED_OVERRUN_S = 20
UNHURRIED, AND_S = 1.5, 15
"""Who comes in time takes so many times what the same steps took in the morning, and a little."""
FROM_FILMING = 0.35
"""The part of these steps that follows the opening of the devices."""
INCIDENT = "the light went out"
MARK = Text("记下意外", "Note an incident")
NAMES = {"morning": Text("上午场", "Morning paper"), "afternoon": Text("下午场", "Afternoon paper")}
CONSENT = (
    Text("我同意录制屏幕、摄像头画面和声音", "I agree: screen, the camera and sound are recorded"),
    Text(
        "我同意为核验身份录下我的面部（敏感个人信息）",
        "I agree: my face is recorded as proof (sensitive data)",
    ),
    Text(
        "我同意为核验身份录下我的身份证件（敏感个人信息）",
        "I agree: my document is recorded as proof (sensitive data)",
    ),
)
FIRST = (Moment.RULES, Moment.CONSENT, Moment.CHECK)
THEN = (Moment.IDENTITY, Moment.LOGIN)
STEPS = ["identity", "contest", "login_done", "handed_in", "ended"]
ENDED_BY = {"morning": "contestant", "afternoon": "plan"}


@dataclass
class Planned:
    """The organizer's plan of the day, as it was signed last; moments in UTC microseconds."""

    organizer: Organizer
    revision: int = 0
    starts_us: dict[str, int] = field(default_factory=dict)

    def sign(self, starts_us: dict[str, int], **timing: float) -> None:
        """Sign the next revision: who serves it goes on meanwhile. `timing` in seconds."""
        at, folder = self.organizer.desk, self.organizer.folder
        whole_us = {paper: us - us % SECOND_US for paper, us in starts_us.items()}
        self.revision, self.starts_us = self.revision + 1, whole_us
        address = f"http://127.0.0.1:{self.organizer.port}"
        plan = json.loads(rehearsal_plan(address, utc_us(), PAPER_S, self.revision))
        plan["projects"][0]["papers"] = [
            {
                "id": paper,
                "name": NAMES[paper]._asdict(),
                "starts_at": beijing(us),
                "ends_at": beijing(us + PAPER_S * SECOND_US),
            }
            for paper, us in whole_us.items()
        ]
        minutes = {name: span_s / 60 for name, span_s in timing.items()}
        document = plan | {"rehearsal": False, "timing": minutes | {"opens_minutes_before": 60}}
        document["recording"] |= SMALL
        file = folder.with_suffix(".json")
        file.write_text(json.dumps(document), "utf-8")
        at.run("organizer", "plan", "sign", folder, file).ok()


def beijing(us: int) -> str:
    return datetime.fromtimestamp(us // SECOND_US, BEIJING).isoformat()


@dataclass(frozen=True)
class Place:
    """A contestant's computer, in one language, and the organizer that it reaches."""

    at: Desk
    person: Person
    organizer: Organizer
    camera: str
    microphone: str
    plan: Planned
    language: Language = "zh"

    def in_english(self) -> Place:
        """Return the same computer for somebody who reads English."""
        return replace(self, at=self.at.with_environment(SAIJIAN_LANG="en"), language="en")

    def attend(self, paper: str) -> Running:
        """Open the window for `paper`, as the link in the organizer's message does."""
        words = ["--plan", f"http://127.0.0.1:{self.organizer.port}/plan", "--paper", paper]
        words += ["--ticket", TICKET, "--code", CODE, "--role", "primary"]
        words += ["--camera", self.camera, "--microphone", self.microphone]
        return self.looks_at(self.at.start("attend", *words))

    def logs_in_again(self) -> Running:
        """Start what the system starts by itself at a log-in."""
        entry = (self.at.home / ".config" / "autostart" / "saijian.desktop").read_text("utf-8")
        line = next(line for line in entry.splitlines() if line.startswith("Exec="))
        words = shlex.split(line.removeprefix("Exec="))
        return self.looks_at(self.at.start(*words[words.index("client") + 1 :]))

    def looks_at(self, window: Running) -> Running:
        """Look at this window from now on."""
        self.person.window = window
        return window

    def awaits(self, words: Text, name: str, seconds: float = 60) -> None:
        """Read until `words` stand there, and long enough for the buttons to be ready."""
        self.person.awaits(words.say(self.language), name, seconds)
        self.person.hand("sleep", str(ARMED_S))

    def comes_to(self, moment: Moment, name: str, seconds: float = 60) -> None:
        """Read until the page of `moment` is there."""
        self.awaits(GUIDE[moment].title, f"{name}-{moment}", seconds)

    def presses(self, words: Text, hold_s: float = 0.1) -> None:
        """Press what is called `words`."""
        self.person.press(words.say(self.language), hold_s)

    def does(self, moment: Moment, name: str) -> None:
        """Come to a page and do what it asks for."""
        self.comes_to(moment, name)
        for item in CONSENT if moment is Moment.CONSENT else ():
            self.presses(item)
        action = GUIDE[moment].action
        assert action is not None
        if self.person.finds(action.label.say(self.language)) is None:  # a title much like it
            self.awaits(action.label, f"{name}-{moment}")
        self.presses(action.label, 3.6 if action.hold else 0.1)
        if moment is Moment.IDENTITY:  # no camera here shows a document
            self.awaits(early.TITLE, f"{name}-early")
            self.presses(early.GO_ON)

    def waits_until(self, us: int) -> None:
        """Sit there."""
        time.sleep(max(0, us - utc_us()) / SECOND_US)

    def session(self, paper: str) -> Path:
        """Return the folder of this computer's session for `paper`."""
        journals = (self.at.home / "data" / "sessions").glob("*/journal.jsonl")
        openings = {recorded.entries(j.parent, Opening)[0].paper: j.parent for j in journals}
        return openings[paper]


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
        plan = prepare(organizer)
        organizer.serve()
        yield Place(at, person, organizer, camera.address, sound.source, plan)


def prepare(organizer: Organizer) -> Planned:
    """Sign a plan for a day whose morning has begun, load the roster."""
    at, folder = organizer.desk, organizer.folder
    at.run("organizer", "init", folder).ok()
    plan, now_us = Planned(organizer), utc_us()
    starts_us = {"morning": now_us, "afternoon": now_us + 3600 * SECOND_US}
    plan.sign(starts_us, filming_minutes_before=30, late_identity_minutes=300, overrun_minutes=600)
    roster = "ticket,code,name,papers\n" + f"{TICKET},{CODE},彩排选手,morning afternoon\n"
    folder.with_suffix(".csv").write_text(roster, "utf-8")
    at.run("organizer", "roster", "load", folder, folder.with_suffix(".csv")).ok()
    organizer.key = (folder / "organizer-key.pub").read_text("utf-8").strip()
    return plan


def test_a_day(place: Place) -> None:
    walk_s = the_morning(place)
    lead_s = walk_s * UNHURRIED + AND_S
    starts_us = {**place.plan.starts_us, "afternoon": utc_us() + round(lead_s * SECOND_US)}
    before_s = lead_s * FROM_FILMING
    place.plan.sign(
        starts_us,
        filming_minutes_before=before_s,
        late_identity_minutes=300,
        overrun_minutes=MOVED_OVERRUN_S,
    )
    the_afternoon(place.in_english())
    note(f"{place.person.looks} looks; {walk_s:.0f} s from opening the window to the contest")


def the_morning(place: Place) -> float:
    """Late, with everything that can happen; return how long it took until the work began."""
    person, at, organizer = place.person, place.at, place.organizer
    begun_s = time.monotonic()
    place.attend("morning")
    for moment in (*FIRST, Moment.BEGIN_LATE, *THEN):
        place.does(moment, "morning")
    place.comes_to(Moment.WORK, "morning")
    walk_s = time.monotonic() - begun_s
    folder = place.session("morning")
    assert organizer.server is not None
    organizer.server.kill()

    assert person.window is not None
    person.minimises(person.window)
    place.awaits(MARK, "morning-bar")
    assert person.finds("竞赛进行中") is None  # the window is away, the bar is there
    place.presses(MARK)
    place.awaits(Text("发生了什么", "What happened"), "morning-incident")
    person.types(INCIDENT)
    eventually(lambda: any(INCIDENT in n.zh for n in recorded.entries(folder, Note)), 10)

    clear_desk(at)  # the computer goes down, with everything that runs on it
    window = place.logs_in_again()
    place.comes_to(Moment.WORK, "morning-again")
    organizer.serve()
    for moment in (Moment.WORK, Moment.HANDED_IN, Moment.STORED):
        place.does(moment, "morning-again")
    assert window.wait(30).ok()
    return walk_s


def the_afternoon(place: Place) -> None:
    """In time: the start is waited for, and in the end the plan."""
    person, starts_us = place.person, place.plan.starts_us["afternoon"]
    stops_us = starts_us + (PAPER_S + MOVED_OVERRUN_S) * SECOND_US
    window = place.attend("afternoon")
    place.comes_to(FIRST[0], "afternoon")
    assert person.finds(NAMES["afternoon"].en) is not None
    assert person.finds(NAMES["morning"].en) is None  # nothing is seen of the morning's contestant
    for moment in (*FIRST, Moment.BEGIN, *THEN):
        place.does(moment, "afternoon")
    place.comes_to(Moment.WAIT_FOR_START, "afternoon")
    assert person.finds("Starts in") is not None
    assert utc_us() < starts_us
    place.waits_until(starts_us)
    place.does(Moment.WORK, "afternoon")
    place.comes_to(Moment.HANDED_IN, "afternoon")
    assert utc_us() < stops_us
    place.waits_until(stops_us)
    place.does(Moment.STORED, "afternoon")
    assert window.wait(30).ok()
    late_s = (ended(place.session("afternoon")) - stops_us) / SECOND_US
    assert -0.1 < late_s < 10  # never early; the wall clock may be nudged meanwhile
    note(f"ended {late_s:.1f} s after the plan's last moment")


@pytest.mark.parametrize("paper", NAMES)
def test_what_the_day_left(place: Place, paper: str) -> None:
    folder = place.session(paper)
    steps = recorded.entries(folder, Step)
    assert [step.name for step in steps] == STEPS
    assert [step.by for step in steps] == ["contestant"] * 4 + [ENDED_BY[paper]]
    assert steps[0].late is (paper == "morning")
    words = ["--organizer-key", place.organizer.key, "--json"]
    said = place.at.run("verify", folder, *words).document
    assert said["verdict"] == "INCOMPLETE", said  # a camera over loopback is never evidence
    assert {gap["source"] for gap in said["gaps"]} >= {"camera"}
    note(f"{paper}: {said['seconds']:.0f} s recorded")


def ended(folder: Path) -> int:
    """Return when the recording was ended, by its journal."""
    lines = recorded.lines(folder)
    steps = {line.entry.name: line for line in lines if isinstance(line.entry, Step)}
    return steps["ended"].utc_us
