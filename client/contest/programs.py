"""Programs that should not run beside a contest, as a plan lists them.

The list below is what plans have that name none. Process names are compared without regard to case
and to `.exe`. They are those that public lists give: LOLRMM (lolrmm.io) for remote control; tools
that know classroom software (极域 StudentMain, 红蜘蛛 REDAgent, 伽卡他卡 Student and Smonitor,
锐捷 ClassManagerApp); players that refuse to run beside recorders (EVCapture, bdcam).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from client.contest.plan_errors import wrong
from client.contest.values import Slug, Value

ProgramKind = Literal[
    "remote-control", "screen-sharing", "recorder", "chat", "classroom", "virtual-camera"
]


def _plain(text: str) -> str:
    if not text.isprintable():
        raise wrong("control_characters")
    return text


ProcessName = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_plain)]


class ProgramName(Value):
    """What a person calls it."""

    zh: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_plain)]
    en: Annotated[str, Field(max_length=120), AfterValidator(_plain)] = ""


class Program(Value):
    """One program to warn of. It is never ended."""

    slug: Slug
    name: ProgramName
    kind: ProgramKind
    processes: Annotated[tuple[ProcessName, ...], Field(min_length=1, max_length=20, strict=False)]


def _of(kind: ProgramKind, *rows: tuple[str, str, str, str]) -> tuple[Program, ...]:
    """Make entries of (slug, Chinese name, English name, processes)."""
    return tuple(
        Program(
            slug=slug,
            name=ProgramName(zh=zh, en=en),
            kind=kind,
            processes=tuple(processes.split()),
        )
        for slug, zh, en, processes in rows
    )


USUAL_PROGRAMS: tuple[Program, ...] = (
    *_of(
        "remote-control",
        ("teamviewer", "TeamViewer", "TeamViewer", "TeamViewer TeamViewer_Service teamviewerd"),
        ("anydesk", "AnyDesk", "AnyDesk", "AnyDesk"),
        (
            "sunlogin",
            "向日葵远程控制",
            "Sunlogin",
            "SunloginClient SunloginRemote SunloginClient_Service AweSun AweSunService",
        ),
        ("todesk", "ToDesk", "ToDesk", "ToDesk ToDesk_Service ToDesk_Lite ToDesk_Client"),
        ("rustdesk", "RustDesk", "RustDesk", "RustDesk"),
        (
            "remote-desktop",
            "远程桌面",
            "Remote Desktop",
            "mstsc msrdc msrdcw rdpclip vino-server gnome-remote-desktop-daemon xrdp x11vnc krfb",
        ),
        ("quick-assist", "快速助手", "Quick Assist", "QuickAssist msra"),
    ),
    *_of(
        "screen-sharing",
        ("tencent-meeting", "腾讯会议", "Tencent Meeting", "WeMeetApp VooVMeetingApp"),
        ("dingtalk", "钉钉", "DingTalk", "DingTalk com.alibabainc.dingtalk"),
        ("zoom", "Zoom", "Zoom", "Zoom"),
        ("feishu", "飞书", "Feishu", "Feishu Lark"),
        ("teams", "Teams", "Teams", "Teams ms-teams"),
    ),
    *_of(
        "recorder",
        ("obs", "OBS", "OBS", "obs obs64 obs32"),
        ("ev", "EV录屏", "EV Capture", "EVCapture"),
        ("bandicam", "Bandicam", "Bandicam", "bdcam bdcam_nonadmin"),
        ("camtasia", "Camtasia", "Camtasia", "CamtasiaStudio CamRecorder"),
    ),
    *_of(
        "chat",
        ("qq", "QQ", "QQ", "QQ QQScLauncher TIM linuxqq"),
        ("wechat", "微信", "WeChat", "WeChat Weixin WeChatAppEx"),
        ("wecom", "企业微信", "WeCom", "WXWork"),
    ),
    *_of(
        "classroom",
        ("mythware", "极域电子教室", "Mythware classroom", "StudentMain"),
        ("red-spider", "红蜘蛛", "Red Spider", "REDAgent rscheck checkrs"),
        ("jiaka", "伽卡他卡电子教室", "Jiaka classroom", "Student Smonitor"),
        ("ruijie", "锐捷云课堂", "Ruijie classroom", "ClassManagerApp"),
    ),
    *_of(
        "virtual-camera",
        ("manycam", "ManyCam", "ManyCam", "ManyCam"),
        ("vcam", "VCam", "VCam", "VCam"),
        ("xsplit", "XSplit", "XSplit", "XSplit.Core XSplitVCam XSplit_Gamecaster"),
        ("vtube", "VTube Studio", "VTube Studio", "VTube"),
    ),
)
