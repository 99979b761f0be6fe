"""What the journal says happened, as marks on the session's clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from client.base.clock import SECOND_US
from client.base.text import Text
from client.evidence.clocksteps import step_sentence
from client.evidence.entries import (
    ClockStep,
    Close,
    Coached,
    CoachStep,
    Consent,
    Device,
    DocumentRead,
    Note,
    Preflighted,
    ReceiptSeen,
    Restart,
    State,
    Step,
)
from client.evidence.findings import Finding, Verdict
from client.evidence.journal import Line
from client.evidence.timeline import Timeline
from client.review.lanes import NAMES

Level = Literal["info", "warning", "error"]
Kind = Literal["step", "device", "state", "restart", "clock", "note", "close", "hours"]


@dataclass(frozen=True, slots=True)
class Event:
    """One mark; `text` may hold words of the journal, which are nobody's promise."""

    at_us: int
    kind: Kind
    text: Text
    level: Level = "info"


_STEPS = {
    "identity": Text("身份核验开始", "Identity step begins"),
    "contest": Text("竞赛录像开始", "Contest recording begins"),
    "login_done": Text("已登录竞赛系统", "Logged in to the contest"),
    "handed_in": Text("交卷", "Handed in"),
    "ended": Text("录制结束", "Recording ends"),
}
_BY = {
    "contestant": Text("选手操作", "by the contestant"),
    "plan": Text("按方案时间", "by the plan's clock"),
}
_ORIGINS = {
    "real": Text("真实设备", "real device"),
    "loopback": Text("环回设备", "loopback device"),
    "virtual": Text("虚拟设备", "virtual device"),
    "simulated": Text("模拟设备", "simulated device"),
}
_STATES = {
    "live": Text("信号正常", "signal is good"),
    "slate": Text("没有画面，以提示画面代替", "no picture, a slate stands in"),
    "silence": Text("没有声音，以静音代替", "no sound, silence stands in"),
    "black": Text("画面全黑", "the picture is black"),
    "frozen": Text("画面不动", "the picture is frozen"),
    "muted": Text("麦克风被静音", "the microphone is muted"),
}
_COACHED: dict[CoachStep, Text] = {
    "face_and_card": Text("脸和证件", "face and document"),
    "card_front": Text("证件正面", "front of the document"),
    "card_back": Text("证件背面", "back of the document"),
    "sentence": Text("读一句话", "sentence read aloud"),
    "place": Text("摆好摄像头", "the camera's place"),
}
_DOCUMENT: dict[DocumentRead | None, Text] = {
    None: Text("", ""),
    "match": Text("，证件与报名一致", "; the document is the enrolled person's"),
    "legible": Text("，证件可读，未比对", "; the document is legible, not compared"),
    "somebody": Text("，证件与报名不一致", "; the document is not the enrolled person's"),
    "unread": Text("，证件读不清", "; the document could not be read"),
}
_REASONS = {
    "ended": Text("正常结束", "ended in order"),
    "plan": Text("按方案时间结束", "ended by the plan"),
    "stopped": Text("被停止", "stopped"),
    "disk": Text("磁盘问题", "trouble with the disk"),
}


def _joined(*parts: Text) -> Text:
    """Join what there is by a colon: `什么：为什么`."""
    given = [part for part in parts if part.zh]
    return Text("：".join(p.zh for p in given), ": ".join(p.en for p in given))


def receipts_of(lines: Sequence[Line], timeline: Timeline) -> list[int]:
    """Return when the journal took over receipts of the organizer."""
    return [timeline.of(line) for line in lines if isinstance(line.entry, ReceiptSeen)]


def events_of(lines: Sequence[Line], timeline: Timeline) -> list[Event]:
    """Return all marks of the journal; gaps are not among them, the lanes have them."""
    return [event for line in lines for event in _of(line, timeline)]


def of_hours(finding: Finding) -> Event:
    """Return the mark of what `check_hours` found, at the moment that it is about.

    What is missing lies before or behind the recording: the page puts the mark at its edge.
    """
    start, end = finding.seconds or (0.0, 0.0)
    at = end if finding.code.startswith("began") else start
    level: Level = "error" if finding.verdict is Verdict.INCOMPLETE else "info"
    return Event(round(at * SECOND_US), "hours", finding.text, level)


def _of(line: Line, timeline: Timeline) -> Iterator[Event]:
    now = timeline.of(line)
    match line.entry:
        case Consent():
            yield Event(now, "step", Text("选手同意录制", "The contestant agrees"))
        case Preflighted(results=results):
            verdicts = Counter(result.verdict for result in results)
            bad, all_in_all = len(results) - verdicts["pass"], len(results)
            told = Text(
                f"赛前检查 {all_in_all} 项，{bad} 项未通过",
                f"Preflight: {all_in_all} checks, {bad} not passed",
            )
            yield Event(now, "note", told, "warning" if bad else "info")
        case Step() as step:
            what, who = _STEPS[step.name], _BY[step.by]
            when = Text("，迟到", ", late") if step.late else Text("", "")
            told = Text(f"{what.zh}（{who.zh}{when.zh}）", f"{what.en} ({who.en}{when.en})")
            yield Event(now, "step", told)
        case Coached() as coached:
            yield _coached(now, coached)
        case Device() as device:
            yield _device(now, device)
        case State() as state:
            at, name = timeline.at(state.at_us, line.boot), NAMES[state.source]
            what = _STATES[state.state]
            told = Text(f"{name.zh}{what.zh}", f"{name.en}: {what.en}")
            level: Level = "info" if state.state == "live" else "warning"
            yield Event(at, "state", _joined(told, state.why), level)
        case _:
            yield from _trouble(now, line)


def _coached(now: int, coached: Coached) -> Event:
    what, read = _COACHED[coached.step], _DOCUMENT[coached.document]
    done = Text("通过", "passed") if coached.reached else Text("未达到，选手继续", "not reached")
    told = Text(
        f"身份核验·{what.zh}：{done.zh}{read.zh}", f"Identity, {what.en}: {done.en}{read.en}"
    )
    return Event(now, "note", told, "info" if coached.reached else "warning")


def _device(now: int, device: Device) -> Event:
    name, origin = NAMES[device.source], _ORIGINS[device.origin]
    told = Text(
        f"{name.zh}设备：{device.name}（{origin.zh}）", f"{name.en}: {device.name} ({origin.en})"
    )
    return Event(now, "device", told, "info" if device.origin == "real" else "warning")


def _trouble(now: int, line: Line) -> Iterator[Event]:
    match line.entry:
        case Restart() as restart:
            down = restart.down_us / SECOND_US
            told = Text(
                f"录制进程重新启动，中断 {down:.1f} 秒",
                f"The recorder started again after {down:.1f} s",
            )
            yield Event(now, "restart", _joined(told, restart.why), "error")
        case ClockStep(step_us=step_us):
            yield Event(now, "clock", step_sentence(step_us), "warning")
        case Note() as note:
            yield Event(now, "note", Text(note.zh, note.en), note.level)
        case Close(reason=reason):
            why = _REASONS[reason]
            level: Level = "error" if reason == "disk" else "info"
            yield Event(now, "close", Text(f"日志结束：{why.zh}", f"Journal ends: {why.en}"), level)
        case _:
            pass
