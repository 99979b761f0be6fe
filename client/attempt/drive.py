"""A session without a window: takes each step when it is due and tells what happens."""

from __future__ import annotations

import time
from collections.abc import Callable

from client.attempt.states import State
from client.attempt.view import Session, View
from client.base.errors import OrganizerError
from client.base.text import Text

CONSENT_ITEMS = ("recording", "face", "document")
POLL_S = 0.25

Tell = Callable[[Text], None]
"""Shows one sentence to the person; called when something changed."""

SAID = {
    State.ENROLLED: Text("报名信息已确认。", "Enrolled."),
    State.OFFLINE: Text(
        "暂时联系不上组委会，先离线录制，之后补传。",
        "The organizer is out of reach: recorded offline, sent later.",
    ),
    State.CONSENTED: Text("已同意录制，开始环境检测。", "Consented; checking this computer."),
    State.PREFLIGHTED: Text("环境检测完成，打开设备。", "Checked; opening the devices."),
    State.IDENTITY: Text("身份核验录制中。", "Recording the identity step."),
    State.CONTEST: Text("竞赛录制中，请登录竞赛网站。", "Recording the contest; please log in."),
    State.HANDED_IN: Text("已记录交卷声明。", "Your hand-in statement is noted."),
    State.ENDED: Text("录制结束，正在封存。", "Recording has ended; sealing."),
    State.SEALING: Text("正在封存。", "Sealing."),
    State.UPLOADING: Text("正在上传，请勿关机。", "Uploading; do not switch off."),
    State.STORED: Text("组委会已存证，现在可以关机。", "Stored by the organizer; you may leave."),
}


def drive(session: Session, tell: Tell, *, upload_patience_s: float | None = None) -> View:
    """Take a session from where it stands to STORED and return the last view.

    `upload_patience_s` bounds the wait for the storage receipt after the seal; then OrganizerError
    says how to send the rest later. None waits as long as it takes.
    """
    told: State | None = None
    sealed_at: float | None = None
    while True:
        view = session.view()
        if view.state != told:
            told = view.state
            if told in SAID:
                tell(SAID[told])
        if view.state == State.STORED:
            return view
        if view.state == State.UPLOADING:
            sealed_at = sealed_at or time.monotonic()
            waited = time.monotonic() - sealed_at
            if upload_patience_s is not None and waited > upload_patience_s:
                raise _still_here(session)
        if not _step(session, view):
            time.sleep(POLL_S)


def _step(session: Session, view: View) -> bool:
    """Take the step that is due; False where there is nothing to do but wait."""
    now_us = view.organizer_now_us
    match view.state:
        case State.ENROLLED | State.OFFLINE:
            session.consent(CONSENT_ITEMS)
        case State.CONSENTED:
            session.preflight()
        case State.PREFLIGHTED if now_us >= view.schedule.filming_us:
            session.begin()
        case _:
            return False
    return True


def _still_here(session: Session) -> OrganizerError:
    return OrganizerError(
        Text("录像已封存，但组委会暂时没有收下。", "Recorded and sealed, but not stored yet."),
        Text(
            f"文件都在本机，请稍后运行：saijian upload {session.folder.path}",
            f"Everything is on this computer. Later run: saijian upload {session.folder.path}",
        ),
    )
