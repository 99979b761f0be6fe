"""A session without recorder, disk or network, moved by the real state table.

It behaves badly on order: steps that raise, a view that hangs, a recorder that is gone.
"""

from __future__ import annotations

import base64
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from client.attempt.states import TRANSITIONS, Event, State, after
from client.attempt.view import Sent, View
from client.base.errors import RecorderError
from client.base.text import Text
from client.contest.plan import Plan
from client.contest.schedule import MINUTE_US, schedule_of
from client.evidence.entries import CheckResult
from client.evidence.layout import SessionFolder
from client.identity.coach import Coaching
from client.identity.outcome import Document
from client.preflight.check import Check, Finding, Verdict
from client.preflight.checkup import Checkup
from client.preflight.reports.own import OwnRuns
from client.recorder.protocol import Preview, SourceStatus, Status
from client.recorder.supervisor import ANSWER_S

FILMING = (State.IDENTITY, State.CONTEST, State.HANDED_IN)
PHASES = {State.IDENTITY: "identity", State.CONTEST: "contest", State.HANDED_IN: "handed_in"}
CHECKS = (
    CheckResult(check="clock", verdict="pass"),
    CheckResult(check="disk-space", verdict="warn"),
)
CAUSES_EN = {"摄像头没有新画面": "the camera delivers no new picture"}
RULES = [
    {"zh": "请勿使用通讯设备。", "en": "Do not use communication devices."},
    {"zh": "不得将竞赛相关信息私自公布。", "en": "Do not publish anything about the contest."},
]


def make_plan(**changes: object) -> Plan:
    """Return a plan with names in both languages; its signature is a prop."""
    document = {
        "kind": "saijian.plan/1",
        "id": "simulated-contest",
        "name": {"zh": "2026 年电子商务师职业技能大赛初赛", "en": "E-commerce Skills Contest 2026"},
        "revision": 1,
        "organizer": {
            "name": {"zh": "大赛组委会", "en": "Contest Committee"},
            "phone": "0731-5550 0100",
            "contact": "privacy@example.org",
            "address": "https://organizer.example",
            "keys": ["ab" * 32],
        },
        "projects": [
            {
                "id": "commerce",
                "name": {"zh": "电子商务师", "en": "E-commerce"},
                "papers": [
                    {
                        "id": "commerce",
                        "name": {"zh": "电子商务师 上午场", "en": "E-commerce, morning"},
                        "starts_at": "2026-11-22T09:30:00+08:00",
                        "ends_at": "2026-11-22T11:30:00+08:00",
                    }
                ],
            }
        ],
        "contest_url": "https://contest.example/login",
        "rules": RULES,
        "signature": "AAAA",
        **changes,
    }
    return Plan.model_validate(document)


def path_to(state: State) -> list[Event]:
    """Return events that lead from NEW to `state` by the real table (breadth first)."""
    paths: dict[State, list[Event]] = {State.NEW: []}
    waiting = [State.NEW]
    while waiting:
        here = waiting.pop(0)
        for (source, event), target in TRANSITIONS.items():
            if source is here and target not in paths:
                paths[target] = [*paths[here], event]
                waiting.append(target)
    return paths[state]


def made_check(name: str, verdict: Verdict = "pass", **more: Any) -> Check[Any]:
    """Return a check that finds `verdict` at once, unless `more` gives another probe."""
    advice = None if verdict == "pass" else Text(f"请修 {name}。", f"Repair {name}.")
    finding = Finding(
        verdict, Text(f"看到 {name}。", f"Saw {name}."), advice, more.pop("fix", None)
    )
    parts = {"probe": lambda: finding, "judge": lambda found: found, **more}
    title = Text(f"检查 {name}", f"Check {name}")
    return Check(name=name, title=title, requirement=Text("要求", "asked"), **parts)


class FakeSession:
    """A `client.attempt.view.Session`; `calls` lists what the window asked for."""

    def __init__(self, root: Path, state: State = State.ENROLLED, plan: Plan | None = None) -> None:
        """Stand in `state`, ten minutes before filming must run."""
        self.plan = plan or make_plan()
        self.paper = self.plan.papers()[0]
        self.folder = SessionFolder(root / "session")
        self.schedule = schedule_of(self.plan, self.paper)
        self.now_us = self.schedule.filming_us - 10 * MINUTE_US
        self.state = State.NEW
        self.logged_in = False
        self.calls: list[str] = []
        self.notes: list[Text] = []
        self.raises: dict[str, Exception] = {}
        self.checks: tuple[CheckResult, ...] = ()
        self.checks_here: tuple[Check[Any], ...] = (made_check("clock"), made_check("disk-space"))
        self.recorder_alive = True
        self.recorded = ("screen", "camera", "sound")
        self.sources: dict[str, tuple[str, str]] = {}
        self.alarms: set[str] = set()
        self.sent = Sent()
        self.gaps = 0
        self.disk = Text("", "")
        self.jpeg = b""
        self.coaching: Coaching | None = None
        self.sample_picture: bytes | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.step_gate = threading.Event()
        self.step_gate.set()
        self.views_at_once = 0
        self.most_views_at_once = 0
        self._lock = threading.Lock()
        for event in path_to(state):
            self.happen(event)

    def happen(self, event: Event) -> None:
        """Move by the table, as journal, seal or organizer would."""
        with self._lock:
            self.state = after(self.state, event)
            if event is Event.PREFLIGHT:
                self.checks = CHECKS
            if event is Event.LOGIN:
                self.logged_in = True
            if event is Event.STORE:
                self.sent = replace(self.sent, sent_bytes=self.sent.recorded_bytes)

    # ---- what the window asks ------------------------------------------------------------------
    def view(self) -> View:
        """Return the moment of the call, once `gate` is open."""
        with self._lock:
            self.views_at_once += 1
            self.most_views_at_once = max(self.most_views_at_once, self.views_at_once)
        try:
            with self._lock:
                seen = self._view()
            self.gate.wait(10)
            self._fail("view")
            return seen
        finally:
            with self._lock:
                self.views_at_once -= 1

    def _view(self) -> View:
        return View(
            state=self.state,
            schedule=self.schedule,
            organizer_now_us=self.now_us,
            status=self._status(),
            recorder_alive=self.recorder_alive,
            sent=self.sent,
            checks=self.checks,
            logged_in=self.logged_in,
            coaching=self.coaching if self.state is State.IDENTITY else None,
        )

    def _status(self) -> Status | None:
        if not self.recorder_alive:
            return None
        sources = []
        for source in self.recorded:
            state, cause = self.sources.get(source, ("live", ""))
            if self.state not in FILMING:
                state = "off"
            level = 0.25 if source == "sound" and state == "live" else 0.0
            sources.append(
                SourceStatus(
                    source=source,
                    state=state,
                    device="x",
                    alarm=source in self.alarms,
                    cause=cause,
                    cause_en=CAUSES_EN.get(cause, cause),
                    level=level,
                )
            )
        return Status(
            phase=PHASES.get(self.state, "idle"),
            seconds=754.0 if self.state in FILMING else 0.0,
            on_disk_seconds=752.0 if self.state in FILMING else 0.0,
            sources=tuple(sources),
            tracks=(),
            gaps=self.gaps,
            journal_seq=40,
            free_bytes=10**11,
            disk=self.disk.zh if self.state in FILMING else "",
            disk_en=self.disk.en if self.state in FILMING else "",
        )

    def preview(self) -> Preview | None:
        """Return the picture that the test gave, once."""
        self._fail("preview")
        jpeg, self.jpeg = self.jpeg, b""
        if not jpeg:
            return None
        return Preview(source="camera", jpeg_base64=base64.b64encode(jpeg).decode())

    def sample(self) -> bytes | None:
        """Return the sample that the test gave."""
        self._fail("sample")
        return self.sample_picture

    def skip_step(self) -> None:
        """Note it."""
        self.calls.append("skip_step")

    def coach_again(self, document: Document | None = None) -> None:
        """Note it."""
        self.calls.append(f"coach_again:{document}")

    def consent(self, items: tuple[str, ...]) -> None:
        """Agree to `items`."""
        self._step(f"consent:{','.join(items)}", Event.CONSENT)

    def preflight(self) -> tuple[CheckResult, ...]:
        """Run no checks; have results."""
        self._step("preflight", Event.PREFLIGHT)
        return self.checks

    def checkup(self) -> Checkup:
        """Return a real checkup on made-up checks: `checks_here` gives them."""
        self._fail("checkup")
        return Checkup(lambda: self.checks_here, OwnRuns(self.folder.path.parent / "checks"))

    def report_preflight(self, results: tuple[CheckResult, ...]) -> None:
        """Take verdicts."""
        self._step("preflight", Event.PREFLIGHT)
        self.checks = results

    def begin(self) -> None:
        """Begin filming."""
        self._step("begin", Event.BEGIN)

    def begin_contest(self) -> None:
        """Turn to the contest."""
        self._step("begin_contest", Event.BEGIN_CONTEST)

    def login_done(self) -> None:
        """Note the login."""
        self._step("login_done", Event.LOGIN)

    def hand_in(self) -> None:
        """Note the statement."""
        self._step("hand_in", Event.HAND_IN)

    def note(self, remark: Text, within_s: float = ANSWER_S) -> None:
        """Keep the remark; a recorder that hangs is waited for, and then is an error."""
        self.calls.append("note")
        if not self.step_gate.wait(min(within_s, 10)):
            raise RecorderError(Text("没有回应。", "No answer."), Text("请重试。", "Again."))
        self._fail("note")
        self.notes.append(remark)

    def end(self) -> None:
        """End."""
        self._step("end", Event.END)

    def close(self) -> None:
        """Let go."""
        self.calls.append("close")
        self._fail("close")

    def _step(self, call: str, event: Event) -> None:
        self.calls.append(call)
        self.step_gate.wait(10)
        self._fail(call.partition(":")[0])
        self.happen(event)

    def _fail(self, call: str) -> None:
        if call in self.raises:
            raise self.raises[call]
