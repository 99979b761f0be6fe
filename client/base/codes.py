"""What each error code means: the one list that the help page shows.

A test compares it with the codes of all classes below `SaiJianError`.
"""

from __future__ import annotations

from typing import NamedTuple

from client.base.text import Text


class Meaning(NamedTuple):
    """A code in a person's words."""

    title: Text
    advice: Text


_LAST = Text(
    "若仍如此，请致电组委会并说出代码。", "If it stays so, call the organizer with the code."
)


def _meaning(title: Text, advice: Text) -> Meaning:
    return Meaning(title, Text(f"{advice.zh}{_LAST.zh}", f"{advice.en} {_LAST.en}"))


MEANINGS = {
    "E000": _meaning(
        Text("没有料到的错误", "An error that nobody foresaw"),
        Text(
            "请重新打开赛鉴，它会回到原来的地方。", "Open SaiJian again: it returns to its place."
        ),
    ),
    "E100": _meaning(
        Text("填写的内容或文件不能用", "What was entered or chosen cannot be used"),
        Text("请看提示里指出的那一项，改正后再试。", "Correct the item that the message names."),
    ),
    "E101": _meaning(
        Text("命令写错了", "A command was typed wrongly"),
        Text("请在命令后加 --help 看用法。", "Add --help to the command to see how it is used."),
    ),
    "E110": _meaning(
        Text("竞赛方案不能用", "The contest plan cannot be used"),
        Text(
            "请从组委会的通知里重新复制网址或下载方案文件。",
            "Copy the address, or fetch the plan file, again from the organizer's notice.",
        ),
    ),
    "E112": _meaning(
        Text("打开的链接或文件不是竞赛方案", "The link or file is no contest plan"),
        Text(
            "请使用组委会公布的 https 地址、saijian 链接或 .saijian 文件。",
            "Use the organizer's https address, saijian link or .saijian file.",
        ),
    ),
    "E120": _meaning(
        Text("场次文件夹读不出来", "A session's folder cannot be read"),
        Text("请不要改动里面的文件。", "Do not change the files in it."),
    ),
    "E122": _meaning(
        Text("录像文件的结构不对", "A recording is not built as it should be"),
        Text("请保留文件，不要转换格式。", "Keep the file; do not convert it."),
    ),
    "E130": _meaning(
        Text("组委会不认识准考证号，或验证码已经用过", "Unknown ticket number, or a used code"),
        Text("请核对准考证号和一次性验证码。", "Check the ticket number and the one-time code."),
    ),
    "E200": _meaning(
        Text("摄像头、麦克风或屏幕打不开", "A camera, microphone or screen cannot be opened"),
        Text(
            "请关闭正在使用它的程序，重新插好，再检测一次。",
            "Close the program that uses it, plug it in again, check again.",
        ),
    ),
    "E201": _meaning(
        Text("设备没有反应", "A device does not answer"),
        Text("请拔下它，等十秒再插上。", "Unplug it and plug it in again after ten seconds."),
    ),
    "E300": _meaning(
        Text("磁盘满了、只读，或者不见了", "The disk is full, read-only or gone"),
        Text(
            "请清理回收站和下载文件夹，不要动赛鉴的文件。",
            "Empty the bin and the downloads; leave SaiJian's files alone.",
        ),
    ),
    "E400": _meaning(
        Text("连不上组委会", "The organizer cannot be reached"),
        Text(
            "录制不受影响。请检查网络，稍后会自动再试。",
            "The recording is not affected. Check the network; it tries again by itself.",
        ),
    ),
    "E410": _meaning(
        Text("组委会没有接受这个请求", "The organizer refuses this"),
        Text(
            "请按提示里的话处理；再试没有用。", "Do what the message says; trying again is no use."
        ),
    ),
    "E500": _meaning(
        Text("录制程序没有启动或没有回答", "The recorder did not start or did not answer"),
        Text("请重新打开赛鉴。", "Open SaiJian again."),
    ),
    "E510": _meaning(
        Text("编码器失败，或程序各部分版本不同", "An encoder failed, or parts of two versions"),
        Text(
            "编码器失败时会改用另一种继续录制。若提示版本，请重新安装赛鉴。",
            "When an encoder fails another takes over. If it names versions, install SaiJian anew.",
        ),
    ),
    "E600": _meaning(
        Text("现在还不能做这一步", "This step does not follow now"),
        Text("请按窗口里那个大按钮。", "Press the big button of the window."),
    ),
    "E610": _meaning(
        Text("已按您的要求停下", "Stopped as you asked"),
        Text("需要时再做一次即可。", "Do it again when you need it."),
    ),
}
