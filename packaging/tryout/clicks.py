"""The window: read and clicked through as a contestant does, from the rules to the receipt."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tryout.commands import build_kind
from tryout.rehearsal import lost_seconds, verdict_of
from tryout.stage import Stage, screenshot
from tryout.target import PROJECT, Failed, NotTried, Running, Target, until_left
from tryout.venue import Venue, venue

from client.evidence.entries import Step
from client.evidence.journal import Line, read_journal
from client.evidence.layout import JOURNAL, SessionFolder
from tests.reading import Spot, find_words, read_picture

SHOTS = PROJECT / "build" / "screenshots"
COMES_S = 180
"""Until a page must be there: a program that starts, or a plan's own time."""
ARMED_S = 0.9
"""A new button waits for 0.7 s before it can be pressed."""
LEAST_DOUBTED = 0.9
"""Of the session: a loopback camera is never evidence in a real contest."""
MOST_LOST_S = 5.0
"""Of screen and sound, while this trial reads the screen on the same two processors."""
LAB_NOTE = "实验室版本"


@dataclass(frozen=True)
class Page:
    """One page: the words that tell it, and what is pressed on it, in order."""

    name: str
    title: str
    press: tuple[str, ...]
    hold_s: float = 0.15


PAGES = (
    Page("rules", "先读竞赛规则", ("我已读完，会遵守",)),
    Page(
        "consent",
        "录制说明与同意",
        (
            "我同意录制屏幕、摄像头画面和声音",
            "我同意为核验身份录下我的面部（敏感个人信息）",
            "我同意为核验身份录下我的身份证件（敏感个人信息）",
            "同意并继续",
        ),
    ),
    Page("check", "检测这台电脑", ("开始检测",)),
    Page("begin", "请现在就开始", ("打开设备，开始身份核验",)),
    Page("identity", "录下本人和身份证件", ("已录清楚，下一步",)),
    Page("early", "还有步骤没有通过", ("就这样，下一步",)),  # no document is before this camera
    Page("login", "登录竞赛账号", ("我已登录竞赛账号",)),
    Page("work", "竞赛进行中", ("我已在竞赛网站提交答卷",)),
    Page("handed-in", "已记下交卷时间", ("结束录制",), hold_s=3.6),
    Page("stored", "现在可以关机", ("完成，关闭窗口",)),
)
TRIAL = (
    *(page for page in PAGES if page.name not in ("begin", "stored")),
    Page("tried", "全部步骤都试过了", ("看一遍录像",)),
    Page("watched", "看完以后，回到这里", ("完成，删除这次试录",)),
)
"""A trial's, but for how it begins: that depends on how late it is by then."""
BEGINS = Page("begin", "打开设备，开始身份核验", ("打开设备，开始身份核验",))
TRIAL_MINUTES = "0.5"
START = Page("start", "填写报名信息", ("确认，进入本场次",))
COMPLAINT = "还有没填的内容。"
STEPS = [
    (name, "contestant") for name in ("identity", "contest", "login_done", "handed_in", "ended")
]


@dataclass(frozen=True)
class Eyes:
    """Looks at the place's screen; keeps each picture."""

    target: Target

    def see(self, name: str) -> list[Spot]:
        """Return what stands on the screen now."""
        file = SHOTS / self.target.name / f"{name}.png"
        screenshot(self.target, file)
        return read_picture(file)

    def await_page(self, name: str, title: str, running: Running) -> list[Spot]:
        """Return what stands on the screen once `title` does."""
        deadline = time.monotonic() + COMES_S
        while True:
            spots = self.see(name)
            if find_words(title, spots) is not None:
                return spots
            if running.process.poll() is not None:
                raise Failed(f"the window ended before “{title}”: {running.wait(1).tail()}")
            if time.monotonic() > deadline:
                raise Failed(f"“{title}” never came; read: {_said(spots)}")

    def walk(self, page: Page, running: Running, before: str = "") -> None:
        """Wait for `page` and press what is to be pressed on it."""
        spots = self.await_page(f"{before}{page.name}", page.title, running)
        time.sleep(ARMED_S)
        for thing in page.press:
            self.press(thing, spots, page.hold_s)

    def press(self, words: str, spots: Sequence[Spot], hold_s: float) -> None:
        """Press what is called `words`."""
        spot = find_words(words, spots)
        if spot is None:
            raise Failed(f"“{words}” is not on the screen; read: {_said(spots)}")
        for command in (
            ("mousemove", str(spot.x - 3), str(spot.y)),
            ("mousemove", str(spot.x), str(spot.y)),
            ("mousedown", "1", "sleep", str(hold_s), "mouseup", "1"),
        ):
            subprocess.run(["xdotool", *command], env=self.target.screen(), check=True, timeout=30)


def show_start_page(target: Target) -> str:
    """Open the window as from the Start menu; press the button on an empty form."""
    eyes = _eyes(target)
    with until_left(target.start("window")) as window:
        began = time.monotonic()
        spots = eyes.await_page("start", START.title, window)
        seconds = time.monotonic() - began
        _check_note(target, spots)
        time.sleep(ARMED_S)
        eyes.press(START.press[0], spots, START.hold_s)
        eyes.await_page("start-empty", COMPLAINT, window)
    return (
        f"read “{START.title}” after {seconds:.0f} s, then “{COMPLAINT}”; {len(spots)} lines read"
    )


def show_trial(target: Target, staged: Stage) -> str:
    """Click through 试一遍, see that it recorded, delete it, see that nothing is left."""
    eyes, trials = _eyes(target), target.data / "trials"
    words = ["trial", "--minutes", TRIAL_MINUTES, *staged.choices]
    pages = list(TRIAL)
    pages.insert(pages.index(next(page for page in TRIAL if page.name == "identity")), BEGINS)
    with until_left(target.start("window", *words)) as window:
        for page in pages[:-1]:
            eyes.walk(page, window, "trial-")
        (recorded,) = trials.glob(f"*/sessions/*/{JOURNAL}")
        steps = _steps(recorded.parent)
        size = sum(film.stat().st_size for film in recorded.parent.glob("*.mp4"))
        eyes.walk(pages[-1], window, "trial-")
        eyes.await_page("trial-gone", "试一遍结束了", window)
    left = [path.name for path in trials.glob("*")]
    if left or steps != STEPS or not size:
        raise Failed(f"steps {steps}, {size} bytes recorded; left of it: {left}")
    return f"{len(pages)} pages, {size / 1e6:.1f} MB recorded and watched; nothing of it is left"


def show_whole_session(target: Target, staged: Stage, folder: Path) -> str:
    """Click through a whole session; `folder` becomes the organizer's."""
    eyes = _eyes(target)
    with venue(folder) as contest:
        words = [*contest.attend(), *staged.choices]
        with until_left(target.start("window", *words)) as window:
            for page in PAGES:
                eyes.walk(page, window)
            ended = window.wait(30)
        if ended.code != 0 or "Traceback" in ended.err:
            raise Failed(f"the window ended badly: {ended.tail()}")
        judged = judge_session(_session(target), contest)
        return f"{len(PAGES)} pages read and clicked through; {judged}"


def judge_session(session: Path, contest: Venue) -> str:
    """Say what was recorded: every step by the contestant, and only the camera is doubted."""
    if (steps := _steps(session)) != STEPS:
        raise Failed(f"steps in the journal: {steps}")
    report = verdict_of(session, contest.key)
    real = [device["source"] for device in report["devices"] if device["origin"] == "real"]
    lost = {source: lost_seconds(report["gaps"], source) for source in real}
    doubted = lost_seconds(report["gaps"], "camera") > LEAST_DOUBTED * report["seconds"]
    if report["verdict"] != "INCOMPLETE" or not doubted or report["unanchored"]:
        raise Failed(f"{report['verdict']}, gaps {report['gaps']}")
    if "screen" not in real or max(lost.values()) > MOST_LOST_S:
        raise Failed(f"lost {lost}, gaps {report['gaps']}")
    return (
        f"every step in the journal as the contestant's; {report['seconds']:.0f} s, "
        f"lost {', '.join(f'{source} {seconds} s' for source, seconds in lost.items())}; "
        f"{report['receipts']} receipts; INCOMPLETE, since a loopback camera does not count"
    )


def _steps(session: Path) -> list[tuple[str, str]]:
    """Return each step in the journal and by whom it was."""
    lines = read_journal(SessionFolder(session).journal)
    entries = [line.entry for line in lines if isinstance(line, Line)]
    return [(entry.name, entry.by) for entry in entries if isinstance(entry, Step)]


def _eyes(target: Target) -> Eyes:
    if not target.display:
        raise NotTried("no X display: clicked through in the lab; here by hand (docs/windows.md)")
    return Eyes(target)


def _session(target: Target) -> Path:
    folder = target.data / "sessions"
    found = [path for path in folder.glob("*") if path.is_dir() and path.suffix != ".private"]
    if len(found) != 1:
        raise Failed(f"{len(found)} sessions in {folder}")
    return found[0]


def _check_note(target: Target, spots: Sequence[Spot]) -> None:
    """A lab build says so in its window, a released one must not."""
    is_lab = build_kind(target.folder) == "lab"
    if (find_words(LAB_NOTE, spots) is not None) != is_lab:
        raise Failed(
            f"“{LAB_NOTE}” should {'' if is_lab else 'not '}be there; read: {_said(spots)}"
        )


def _said(spots: Sequence[Spot]) -> str:
    return " | ".join(spot.text for spot in spots)[:300]
