"""What the window says and offers at each moment of a session: one table, no Qt.

`moment_of` reads where the contestant is; `GUIDE` says the rest: the stage on the rail, the words,
the only big button, and the quiet ones beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto

from client.attempt.states import State
from client.attempt.view import Session, View
from client.base.text import Text
from client.contest.plan import Plan
from client.ui import times


class Stage(StrEnum):
    """The rail, from top to bottom."""

    ENROL = auto()
    CHECK = auto()
    IDENTITY = auto()
    CONTEST = auto()
    HAND_IN = auto()
    UPLOAD = auto()
    RETENTION = auto()


class Moment(StrEnum):
    """Where the contestant is: the state of the session, and what this window knows besides."""

    PREPARING = auto()
    RULES = auto()
    CONSENT = auto()
    DECLINED = auto()
    CHECK = auto()
    EARLY = auto()
    BEGIN = auto()
    BEGIN_LATE = auto()
    IDENTITY = auto()
    OPEN_SITE = auto()
    LOGIN = auto()
    WAIT_FOR_START = auto()
    WORK = auto()
    HANDED_IN = auto()
    ENDING = auto()
    SEALING = auto()
    UPLOADING = auto()
    STORED = auto()
    TRIED = auto()
    WATCHED = auto()


class Call(StrEnum):
    """What a button does. The session's own steps are in `STEPS`; the page does the others."""

    READ_RULES = auto()
    CONSENT = auto()
    DECLINE = auto()
    RECONSIDER = auto()
    PREFLIGHT = auto()
    BEGIN = auto()
    BEGIN_CONTEST = auto()
    OPEN_SITE = auto()
    LOGIN_DONE = auto()
    MARK = auto()
    HAND_IN = auto()
    END = auto()
    RETENTION = auto()
    WATCH = auto()
    CLOSE_WINDOW = auto()


MARKED = Text("选手标记：此刻有意外情况", "the contestant marks an incident at this moment")
MARK = Text("记下意外", "Note an incident")
MARK_HINT = Text(
    "按一下，就把此刻记入日志；原因可以随后补写，也可以不写。",
    "One press enters this moment into the journal; the reason may follow, or not.",
)
CONSENT_ITEMS = ("recording", "face", "document")

STEPS: dict[Call, Callable[[Session], object]] = {
    Call.CONSENT: lambda session: session.consent(CONSENT_ITEMS),
    Call.BEGIN: lambda session: session.begin(),
    Call.BEGIN_CONTEST: lambda session: session.begin_contest(),
    Call.LOGIN_DONE: lambda session: session.login_done(),
    Call.MARK: lambda session: session.note(MARKED),
    Call.HAND_IN: lambda session: session.hand_in(),
    Call.END: lambda session: session.end(),
}


@dataclass(frozen=True)
class Action:
    """A button. `hold` asks for three seconds of pressing, for what cannot be taken back."""

    call: Call
    label: Text
    hold: bool = False
    hint: Text | None = None
    working: Text = Text("请稍候……", "One moment…")


@dataclass(frozen=True)
class Guide:
    """One moment on one screen; the places in braces are filled by `places`."""

    stage: Stage
    title: Text
    body: Text
    action: Action | None = None
    quiet: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Memory:
    """What only this window knows; losing it at a restart costs a click, nothing else."""

    rules_read: bool = False
    declined: bool = False
    site_opened: bool = False
    logged_in: bool = False
    is_trial: bool = False
    """This is a trial, 试一遍: it is played back and deleted."""
    watched: bool = False


NOTHING_YET = Memory()
HOLD_HINT = Text(
    "请按住 3 秒。用键盘时按住空格键 3 秒。",
    "Press and hold for 3 seconds. On the keyboard, hold the space bar for 3 seconds.",
)
HAND_IN_HINT = Text(
    "这个按钮只记下时间，本身不会提交任何答卷。答卷必须在竞赛网站上提交。",
    "This button only notes the time. It hands in nothing by itself: hand in on the contest site.",
)
_CHECKING = Text("正在检测，约需半分钟……", "Checking, half a minute…")
AGAIN = Action(Call.PREFLIGHT, Text("重新检测", "Check again"), working=_CHECKING)
_SITE = Action(Call.OPEN_SITE, Text("打开竞赛网站", "Open the site"))
_LOGGED_IN = Action(Call.LOGIN_DONE, Text("我已登录竞赛账号", "I have logged in"))
_HAND_IN = Action(
    Call.HAND_IN,
    Text("我已在竞赛网站提交答卷", "I have handed in on the contest site"),
    hint=HAND_IN_HINT,
)
_MARK = Action(Call.MARK, MARK, hint=MARK_HINT)
_END = Text("结束录制", "End the recording")
_GIVE_UP = Action(
    Call.END,
    Text("不交卷，结束录制（按住 3 秒）", "End unsubmitted (hold 3 s)"),
    hold=True,
    hint=HOLD_HINT,
)
_BEGIN = Action(
    Call.BEGIN,
    Text("打开设备，开始身份核验", "Open the devices, begin the identity check"),
    working=Text("正在打开设备……", "Opening the devices…"),
)
_WATCH = Action(
    Call.WATCH,
    Text("看一遍录像", "Watch the recording"),
    working=Text("正在打开播放页面……", "Opening the page that plays it…"),
)
_DELETE = Action(Call.CLOSE_WINDOW, Text("完成，删除这次试录", "Done, delete this trial"))
_READY = Text(
    "下一步会打开摄像头和麦克风，并开始录制整个屏幕。"
    "请准备好身份证件，坐到摄像头前，最晚 {filming} 开始。",
    "The next step opens camera and microphone and records the whole screen. Have your identity "
    "document ready and sit down in front of the camera. Begin by {filming} at the latest.",
)

GUIDE: dict[Moment, Guide] = {
    Moment.PREPARING: Guide(
        Stage.ENROL,
        Text("正在读取本场次", "Reading this session"),
        Text("请稍候，通常只要几秒。", "One moment; this usually takes a few seconds."),
    ),
    Moment.RULES: Guide(
        Stage.ENROL,
        Text("先读竞赛规则", "First, the rules of the contest"),
        Text("请逐条读完。设备还没有打开。", "Please read all of them. No device is open yet."),
        Action(Call.READ_RULES, Text("我已读完，会遵守", "I have read them and will keep them")),
    ),
    Moment.CONSENT: Guide(
        Stage.ENROL,
        Text("录制说明与同意", "What is recorded, and your consent"),
        Text(
            "请逐项勾选。您同意之前，不会打开任何设备。",
            "Please tick each item. No device is opened before you agree.",
        ),
        Action(
            Call.CONSENT,
            Text("同意并继续", "I agree, continue"),
            hint=Text("三项都勾选后才能继续。", "All three items are needed to continue."),
        ),
        (Action(Call.DECLINE, Text("不同意", "I do not agree")),),
    ),
    Moment.DECLINED: Guide(
        Stage.ENROL,
        Text("您没有同意录制", "You did not agree to the recording"),
        Text(
            "没有打开任何设备，也没有录制任何内容。是否有其他参赛方式，请联系组委会。",
            "No device was opened and nothing was recorded. Ask the organizer whether there is "
            "another way to take part.",
        ),
        Action(Call.RECONSIDER, Text("返回，重新选择", "Go back and choose again")),
    ),
    Moment.CHECK: Guide(
        Stage.CHECK,
        Text("检测这台电脑", "Check this computer"),
        Text(
            "检查这台电脑能否顺利录完全程。点击之前不会打开任何设备。",
            "See whether this computer can record the whole session. No device is opened before "
            "you click.",
        ),
        Action(
            Call.PREFLIGHT,
            Text("开始检测", "Start the check"),
            working=_CHECKING,
        ),
    ),
    Moment.EARLY: Guide(
        Stage.CHECK,
        Text("检测完成，{opens} 开放", "Checked; opens at {opens}"),
        Text(
            "时间还早。{opens} 起，这里会出现开始按钮。"
            "可以先准备好身份证件，关闭与竞赛无关的窗口。",
            "It is still early. From {opens} on, the button to begin appears here. Meanwhile, have "
            "your identity document ready and close windows that are not needed.",
        ),
        None,
        (AGAIN,),
    ),
    Moment.BEGIN: Guide(
        Stage.IDENTITY, Text("可以开始了", "Ready to begin"), _READY, _BEGIN, (AGAIN,)
    ),
    Moment.BEGIN_LATE: Guide(
        Stage.IDENTITY,
        Text("请现在就开始", "Please begin now"),
        Text(
            "已经过了 {filming}。请马上打开设备，开始的时间会如实记录。",
            "It is past {filming}. Open the devices at once; the time at which you begin is noted "
            "as it is.",
        ),
        _BEGIN,
        (AGAIN,),  # as before it was late: the button stays where it is
    ),
    Moment.IDENTITY: Guide(
        Stage.IDENTITY,
        Text("录下本人和身份证件", "Show your face and your document"),
        Text(
            "摄像头、声音和屏幕都在录制。脸和证件上的字都要清楚。",
            "All is being recorded. Face and document must be clear.",
        ),
        Action(
            Call.BEGIN_CONTEST,
            Text("已录清楚，下一步", "It is clear, next step"),
            hint=Text(
                "录制不会中断。"
                "没有点击的话，{starts} 自动进入下一步（迟到者在开始 {late} 分钟后）。",
                "Without a click, it goes on at {starts} (if you began late, after {late} min).",
            ),
        ),
    ),
    Moment.OPEN_SITE: Guide(
        Stage.CONTEST,
        Text("登录竞赛账号", "Log in to the contest"),
        Text(
            "请打开竞赛网站，登录您的竞赛账号。登录的全过程都会录下来。",
            "Open the contest site and log in to your account. The whole login is recorded.",
        ),
        _SITE,
        (_LOGGED_IN, _HAND_IN),
    ),
    Moment.LOGIN: Guide(
        Stage.CONTEST,
        Text("登录竞赛账号", "Log in to the contest"),
        Text(
            "请在自己的浏览器里登录竞赛账号，登录好以后回到这里。网址以组委会的通知为准。",
            "Log in to your contest account in your own browser, then come back here. The "
            "organizer announces the address.",
        ),
        _LOGGED_IN,
        (_SITE, _HAND_IN),
    ),
    Moment.WAIT_FOR_START: Guide(
        Stage.CONTEST,
        Text("等待开赛", "Waiting for the start"),
        Text(
            "{starts} 开赛。录制正在进行，请留在座位上，不要关机，不要合上电脑。",
            "The contest starts at {starts}. The recording is running: stay in your seat, do not "
            "switch off, do not close the lid.",
        ),
        None,
        (_SITE,),
    ),
    Moment.WORK: Guide(
        Stage.CONTEST,
        Text("竞赛进行中", "The contest is running"),
        Text(
            "请在竞赛网站答题，这个窗口可以最小化。在那里提交答卷后，回到这里点击下面的按钮。",
            "Work on the contest site; you may minimise this window. Once you have handed in "
            "there, come back and click the button below.",
        ),
        _HAND_IN,
        (_SITE, _MARK, _GIVE_UP),
    ),
    Moment.HANDED_IN: Guide(
        Stage.HAND_IN,
        Text("已记下交卷时间", "The moment of handing in is noted"),
        Text(
            "录制还在进行。请确认竞赛网站显示提交成功，再结束录制。不操作的话，{stops} 自动结束。",
            "The recording is still running. Make sure that the contest site shows your work as "
            "handed in, then end the recording. It ends by itself at {stops}.",
        ),
        Action(Call.END, _END, hold=True, hint=HOLD_HINT),
    ),
    Moment.ENDING: Guide(
        Stage.UPLOAD,
        Text("正在结束录制", "Ending the recording"),
        Text(
            "正在把最后几秒写入磁盘，请不要关机。",
            "The last seconds are being written to disk. Do not switch off.",
        ),
    ),
    Moment.SEALING: Guide(
        Stage.UPLOAD,
        Text("正在封存", "Sealing"),
        Text(
            "设备已关闭，正在给全部录像加上封条，请不要关机。",
            "The devices are closed. All recordings are being sealed. Do not switch off.",
        ),
    ),
    Moment.UPLOADING: Guide(
        Stage.UPLOAD,
        Text("可以离开，请勿关机", "You may leave; do not switch off"),
        Text(
            "录像会自动传完，不需要您再做什么。请保持电脑开机、联网。",
            "The upload finishes by itself; nothing more is needed from you. Leave the computer "
            "on and connected.",
        ),
    ),
    Moment.STORED: Guide(
        Stage.RETENTION,
        Text("现在可以关机", "You may switch off now"),
        Text(
            "组委会已收到并核对全部录像。请把这台电脑上的文件保留 {days} 个工作日，不要删除。",
            "The organizer has received and checked all recordings. Keep the files on this "
            "computer for {days} working days; do not delete them.",
        ),
        Action(Call.CLOSE_WINDOW, Text("完成，关闭窗口", "Done, close the window")),
        (Action(Call.RETENTION, Text("查看、核验或导出录像", "See, verify or export them")),),
    ),
    Moment.TRIED: Guide(
        Stage.RETENTION,
        Text("全部步骤都试过了", "You have tried every step"),
        Text(
            "竞赛当天也是这样。可以先看一遍录像：脸、证件、屏幕和声音都清楚吗？"
            "这次试录的画面不会保留，离开这一页就全部删除。",
            "It is the same on the day. You may watch the recording first: are face, document, "
            "screen and sound clear? Nothing of this trial is kept: leaving this page deletes it.",
        ),
        _WATCH,
        (_DELETE,),
    ),
    Moment.WATCHED: Guide(
        Stage.RETENTION,
        Text("看完以后，回到这里", "Come back here after watching"),
        Text(
            "录像在浏览器里播放。点击下面的按钮，"
            "这次试录的画面、声音和证件照片就马上从这台电脑上全部删除。",
            "The recording plays in the browser. The button below deletes all pictures of this "
            "trial, the sound and the pictures of your document from this computer at once.",
        ),
        _DELETE,
        (_WATCH,),
    ),
}

TRIABLE = frozenset({Moment.RULES, Moment.CHECK, Moment.EARLY, Moment.BEGIN})
"""Moments of a session that has not begun, at which a trial is offered; consent needs its room."""

_BY_STATE = {
    State.NEW: Moment.PREPARING,
    State.CONSENTED: Moment.CHECK,
    State.IDENTITY: Moment.IDENTITY,
    State.HANDED_IN: Moment.HANDED_IN,
    State.ENDED: Moment.ENDING,
    State.SEALING: Moment.SEALING,
    State.UPLOADING: Moment.UPLOADING,
    State.STORED: Moment.STORED,
}


def moment_of(view: View, plan: Plan, memory: Memory, now_us: int) -> Moment:
    """Return where the contestant is, `now_us` by the organizer's clock."""
    match view.state:
        case State.ENROLLED | State.OFFLINE:
            return _before_consent(plan, memory)
        case State.PREFLIGHTED:
            return _before_filming(view, now_us)
        case State.CONTEST:
            return _in_contest(view, plan, memory, now_us)
        case State.STORED if memory.is_trial:
            return Moment.WATCHED if memory.watched else Moment.TRIED
        case state:
            return _BY_STATE[state]


def _before_consent(plan: Plan, memory: Memory) -> Moment:
    if plan.rules and not memory.rules_read:
        return Moment.RULES
    return Moment.DECLINED if memory.declined else Moment.CONSENT


def _before_filming(view: View, now_us: int) -> Moment:
    if now_us < view.schedule.opens_us:
        return Moment.EARLY
    return Moment.BEGIN_LATE if view.schedule.is_late(now_us) else Moment.BEGIN


def _in_contest(view: View, plan: Plan, memory: Memory, now_us: int) -> Moment:
    if not (view.logged_in or memory.logged_in):
        known = bool(plan.contest_url) and not memory.site_opened
        return Moment.OPEN_SITE if known else Moment.LOGIN
    return Moment.WAIT_FOR_START if now_us < view.schedule.starts_us else Moment.WORK


def quiet_actions(guide: Guide, plan: Plan) -> tuple[Action, ...]:
    """Return the quiet buttons that make sense: no site button without an address."""
    return tuple(a for a in guide.quiet if a.call is not Call.OPEN_SITE or plan.contest_url)


def places(view: View, plan: Plan) -> dict[str, object]:
    """Return what fills the braces of the table."""
    schedule = view.schedule
    return {
        "opens": times.hour(schedule.opens_us),
        "filming": times.hour(schedule.filming_us),
        "starts": times.hour(schedule.starts_us),
        "stops": times.hour(schedule.stops_us),
        "late": f"{plan.timing.late_identity_minutes:g}",
        "days": plan.retention_working_days,
    }
