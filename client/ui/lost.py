"""What is said while the recorder or a device is away: what it is, and what to do about it."""

from __future__ import annotations

from client.attempt.view import View
from client.base.text import Text
from client.recorder.protocol import SourceStatus
from client.ui.widgets.lights import NAMES, WORDS
from client.ui.widgets.recording import FILMING, disk_said, heard_of

RECORDER_AWAY = Text("录制程序正在恢复。", "The recorder is coming back.")
RECORDER_ADVICE = Text(
    "不需要您操作，通常几秒就好。超过一分钟请致电组委会。",
    "Nothing is needed from you; it usually takes seconds. After a minute, call the organizer.",
)
LOST = Text("{name.zh}：{word.zh}", "{name.en}: {word.en}")
GOES_ON = Text("录制没有停。", "The recording goes on.")
SCREEN = Text(
    "请解锁屏幕；一分钟后还没有恢复，请致电组委会。",
    "Unlock the screen. If it is not back after a minute, call the organizer.",
)
UNMUTE = Text(
    "请打开麦克风上的静音开关，或在系统声音设置里取消静音。",
    "Switch the microphone on, or unmute it in the sound settings.",
)
PLUG_IN = Text(
    "请检查连接，关闭正在用它的其他程序；接好后会自动恢复。",
    "Check its cable, close other programs that use it; it comes back by itself.",
)


def told_of(source: SourceStatus) -> tuple[Text, Text]:
    """Return what is wrong with a source that alarms, and what to do."""
    title = LOST.format(name=NAMES[source.source], word=WORDS[source.state][0])
    to_do = SCREEN if source.source == "screen" else PLUG_IN
    return title, _going_on(UNMUTE if source.state == "muted" else to_do)


def _going_on(to_do: Text) -> Text:
    return Text(f"{GOES_ON.zh}{to_do.zh}", f"{GOES_ON.en} {to_do.en}")


def alert_of(view: View) -> tuple[Text, Text] | None:
    """Return what the page says above everything else; None where all is well."""
    if view.state in FILMING and not view.recorder_alive:
        return RECORDER_AWAY, RECORDER_ADVICE
    lost = (source for source in heard_of(view).values() if source.alarm)
    return next(map(told_of, lost), _disk_trouble(view))


def _disk_trouble(view: View) -> tuple[Text, Text] | None:
    """Return what the recorder says of its disk, which names what to do."""
    said = disk_said(view)
    if view.state not in FILMING or said is None:
        return None
    return Text(f"{said.zh}。", f"{said.en}."), GOES_ON
