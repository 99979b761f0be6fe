"""How the keeping of recordings is said, by the window and by `saijian retention`."""

from __future__ import annotations

from client.base.text import Text
from client.evidence.retention import Hold, Retention

HOLDS = {
    Hold.RUNNING: Text("正在录制或上传", "running"),
    Hold.UNFINISHED: Text("未完成", "unfinished"),
    Hold.UNSENT: Text("尚未上传完", "not sent yet"),
    Hold.KEPT: Text("保存期内", "being kept"),
    Hold.DAMAGED: Text("有损坏", "damaged"),
    Hold.FREE: Text("可以删除", "may be deleted"),
}
ADVICE = {
    Hold.RUNNING: Text(
        "正在录制或上传的场次请先结束。", "End first what is being recorded or uploaded."
    ),
    Hold.UNFINISHED: Text(
        "未完成的场次请打开赛鉴继续或结束。",
        "Open SaiJian to go on with an unfinished session, or to end it.",
    ),
    Hold.UNSENT: Text(
        "尚未上传完的场次请联网后打开赛鉴，或运行 saijian upload。",
        "What is not sent yet: connect to the network and open SaiJian, or run saijian upload.",
    ),
    Hold.KEPT: Text(
        "保存期内的录像请勿删除、移动或剪辑。",
        "Do not delete, move or cut recordings that are being kept.",
    ),
    Hold.DAMAGED: Text(
        "有损坏的场次请保持原样，运行 saijian verify 查看原因，并联系组委会。",
        "Leave a damaged session as it is, see saijian verify for the cause, ask the organizer.",
    ),
}
PROVISIONAL = Text(
    "带“*”的日期是暂定的：那一年的放假安排还没有公布，遇节假日会顺延，以组委会通知为准。",
    "Days with * are provisional: that year's holidays were not published yet and may move them"
    " to later; the organizer's notice counts.",
)
_REFUSED = Text("外部录像 {n} 个组委会未接收", "{n} foreign recordings refused by the organizer")
REFUSED = Text(
    "组委会未接收的外部录像只在本机：请致电组委会问明原因。到期日之后才能删除，删除前请先导出，"
    "或确认已不需要。",
    "Foreign recordings that the organizer refused are nowhere but here: call and ask why. The"
    " session may be deleted after its last day; export them before, or be sure that nobody needs"
    " them.",
)


def standing(session: Retention) -> Text:
    """Return how a session stands, in a few words."""
    held = HOLDS[session.hold]
    if not session.refused:
        return held
    more = _REFUSED.format(n=session.refused)
    return Text(f"{held.zh}，{more.zh}", f"{held.en}, {more.en}")
