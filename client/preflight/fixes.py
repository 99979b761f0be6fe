"""What this program does for a person on a click: it opens the right page of the settings.

Nothing is changed by us, so nothing has to be taken back: the person changes it on that page. Only
`stay-awake` asks something of the system, by a helper process that the system ends with us.

Sources: learn.microsoft.com "Launch Windows Settings" (`ms-settings:` addresses); panels as
`gnome-control-center --list` and `kcmshell5 --list` name them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from shutil import which
from typing import Literal

from client.base.errors import BadInputError
from client.base.job import helper
from client.base.process import own_command
from client.base.text import Text

FixName = Literal[
    "camera-privacy",
    "microphone-privacy",
    "sound",
    "power",
    "display",
    "clock",
    "language",
    "default-apps",
    "network",
    "proxy",
    "storage",
    "update",
    "stay-awake",
]


@dataclass(frozen=True)
class Page:
    """One page of the settings: what its button says, and how each desktop calls it."""

    label: Text
    windows: str
    gnome: str
    kde: str


PAGES: dict[FixName, Page] = {
    "camera-privacy": Page(
        Text("打开摄像头权限设置", "Open camera privacy"),
        "ms-settings:privacy-webcam",
        "camera",
        "",
    ),
    "microphone-privacy": Page(
        Text("打开麦克风权限设置", "Open microphone privacy"),
        "ms-settings:privacy-microphone",
        "microphone",
        "",
    ),
    "sound": Page(
        Text("打开声音设置", "Open sound settings"),
        "ms-settings:sound",
        "sound",
        "kcm_pulseaudio",
    ),
    "power": Page(
        Text("打开电源设置", "Open power settings"),
        "ms-settings:powersleep",
        "power",
        "powerdevilprofilesconfig",
    ),
    "display": Page(
        Text("打开显示设置", "Open display settings"),
        "ms-settings:display",
        "display",
        "kcm_kscreen",
    ),
    "clock": Page(
        Text("打开日期和时间设置", "Open date and time"),
        "ms-settings:dateandtime",
        "datetime",
        "kcm_clock",
    ),
    "language": Page(
        Text("打开语言和输入法设置", "Open language settings"),
        "ms-settings:regionlanguage",
        "keyboard",
        "kcm_keyboard",
    ),
    "default-apps": Page(
        Text("打开默认应用设置", "Open default apps"),
        "ms-settings:defaultapps",
        "default-apps",
        "kcm_componentchooser",
    ),
    "network": Page(
        Text("打开网络设置", "Open network settings"),
        "ms-settings:network-status",
        "network",
        "kcm_networkmanagement",
    ),
    "proxy": Page(
        Text("打开代理设置", "Open proxy settings"),
        "ms-settings:network-proxy",
        "network",
        "kcm_proxy",
    ),
    "storage": Page(
        Text("打开存储设置", "Open storage settings"),
        "ms-settings:storagesense",
        "",
        "",
    ),
    "update": Page(
        Text("打开系统更新设置", "Open system updates"),
        "ms-settings:windowsupdate",
        "info-overview",
        "",
    ),
}
AWAKE = Text("请系统保持唤醒", "Ask the system to stay awake")


def label_of(fix: FixName) -> Text:
    """Return what the button says."""
    return AWAKE if fix == "stay-awake" else PAGES[fix].label


NOT_AWAKE = BadInputError(
    Text("系统没有接受“保持唤醒”的请求。", "The system did not take the request to stay awake."),
    Text(
        "请在电源设置里把“睡眠”改为“从不”，不要合上电脑。",
        "Set sleep to “never” in the power settings, and keep the lid open.",
    ),
)


class Awake:
    """The computer is kept awake from `ask` on, until `close` or the end of this process."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        self._held = ExitStack()
        self._is_held = False

    def ask(self) -> Text:
        """Ask the system, once; return what it took, or raise BadInputError with what to do."""
        if not self._is_held:
            process = self._held.enter_context(
                helper(own_command("awake"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            )
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            said = process.stdout.readline()
            try:
                answer = json.loads(said)
                self._is_held, self._words = bool(answer["held"]), Text(answer["zh"], answer["en"])
            except (ValueError, KeyError, TypeError):
                self._is_held = False
            if not self._is_held:
                self._held.close()
                raise NOT_AWAKE
        return self._words

    def close(self) -> None:
        """Take the request back."""
        self._held.close()
        self._is_held = False


Start = Callable[[Sequence[str]], None]
Find = Callable[[str], str | None]


def open_page(fix: FixName) -> None:
    """Open the page of `fix`; BadInputError where this desktop has no tool that we know."""
    page = PAGES[fix]
    if sys.platform == "win32":
        import os

        try:
            os.startfile(page.windows)  # noqa: S606 - the address is ours
        except OSError as error:
            raise by_hand(page) from error
        return
    open_linux(page, which, _start)


def open_linux(page: Page, find: Find, start: Start) -> None:
    """Start the first tool for `page` that `find` finds."""
    tools = (("gnome-control-center", page.gnome), ("kcmshell6", page.kde), ("kcmshell5", page.kde))
    for tool, panel in tools:
        if panel and (program := find(tool)):
            start((program, panel))
            return
    raise by_hand(page)


def by_hand(page: Page) -> BadInputError:
    """Return what to say where no page can be opened."""
    return BadInputError(
        Text("没有找到能打开的设置页。", "No settings page could be opened here."),
        Text(
            f"请自己在系统设置里查找：{page.label.zh.removeprefix('打开')}。",
            f"Look in the system settings yourself: {page.label.en.removeprefix('Open ')}.",
        ),
    )


def _start(command: Sequence[str]) -> None:
    """Start a program that goes on without us; its output is not ours."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=process.wait, name="settings", daemon=True).start()
