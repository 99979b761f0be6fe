"""`saijian upload`: send what a session still has to send, with honest progress."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import deque
from pathlib import Path

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import EvidenceError, SaiJianError
from client.base.files import FileLock
from client.base.text import Text
from client.cli.say import show_error, show_json, tell
from client.evidence.layout import SessionFolder
from client.upload.board import Publish
from client.upload.process import upload
from client.upload.progress import UploadProgress, load_progress, save_progress
from client.upload.watch import Ending, Habits

ONCE_PATIENCE_US = 10 * SECOND_US
FOLLOW_SECONDS = 0.5
PIPE_EVERY_US = 5 * SECOND_US
RATE_OVER_US = 10 * SECOND_US
RECORDER_GRACE_US = 5 * SECOND_US

_STATES = {
    "starting": Text("准备中", "starting"),
    "sending": Text("正在上传", "sending"),
    "waiting": Text("等待新内容", "waiting for more"),
    "away": Text("等待组委会服务器", "waiting for the organizer"),
    "sealing": Text("组委会正在核对", "being checked by the organizer"),
    "stored": Text("已存妥", "stored"),
    "refused": Text("被拒绝", "refused"),
}

_ENDINGS = {
    Ending.STORED: Text(
        "全部内容已由组委会保存并签收。", "The organizer has stored and countersigned everything."
    ),
    Ending.ATTACHED: Text(
        "外部录像已由组委会保存并签收；这一场没有录到别的内容。",
        "The organizer has the foreign recordings and signed for them; nothing else was recorded.",
    ),
    Ending.UNSEALED: Text(
        "已录到的内容都已上传，但本场次还没有封存。请打开赛鉴结束本场次，再运行本命令。",
        "What was recorded so far is sent, but the session is not sealed. Open SaiJian, end the"
        " session, then run this again.",
    ),
    Ending.AWAY: Text(
        "暂时联系不上组委会服务器。文件都在本机，没有丢失；请稍后再运行本命令。",
        "The organizer cannot be reached. Everything is safe on this computer; run this later.",
    ),
    Ending.UNPLUGGED: Text(
        "其余的录像在另一块硬盘上。请接上那块硬盘，再运行本命令。",
        "What is left lies on another drive. Connect that drive, then run this again.",
    ),
    Ending.GONE: Text(
        "场次文件夹在上传中被移走了。请把它放回原处，再运行本命令。",
        "The session's folder was moved away. Put it back, then run this again.",
    ),
    Ending.NOT_ENROLLED: Text(
        "本场次还没有登录凭证，无法上传。请打开赛鉴完成登记，或联系组委会。",
        "This session has no token to upload with. Open SaiJian to enrol, or ask the organizer.",
    ),
}


def run(args: argparse.Namespace) -> int:
    """Send until the organizer has countersigned (0); 1 where it has not."""
    meter = Meter()
    try:
        folder = _session(args.session)
        ending = _send_or_follow(folder, meter, once=args.once)
    except KeyboardInterrupt:
        meter.end()
        _say_interrupted(args.session)
        return 1
    except SaiJianError as error:
        meter.end()
        show_error(error, as_json=args.json)
        return error.exit_code
    meter.end()
    problem = meter.last.last_problem
    tell(_ENDINGS[ending] if ending in _ENDINGS or problem is None else problem.text)
    if args.json:
        snapshot = meter.last.model_dump(mode="json")
        show_json({"session": str(folder.path), "ending": ending.name.lower(), **snapshot})
    return 0 if ending in (Ending.STORED, Ending.ATTACHED) else 1


def _session(path: Path) -> SessionFolder:
    folder = SessionFolder(path.absolute())
    if not folder.plan.exists() and not folder.journal.exists():
        raise EvidenceError(
            Text(f"{path} 不是场次文件夹。", f"{path} is not a session folder."),
            Text(
                "请指定包含 plan.json 和 journal.jsonl 的文件夹。",
                "Name the folder that holds plan.json and journal.jsonl.",
            ),
        )
    return folder.create()


def _send_or_follow(folder: SessionFolder, meter: Meter, *, once: bool) -> Ending:
    """Send it ourselves; while another uploader does it, show how far that one is."""
    lock = FileLock(folder.uploader_lock)
    told = False
    while not lock.acquire():
        if not told:
            tell(
                Text(
                    "后台正在上传本场次，下面显示它的进度。",
                    "The background uploader works on this session; this is its progress.",
                )
            )
            told = True
        meter.show(load_progress(folder))
        threading.Event().wait(FOLLOW_SECONDS)
    try:
        return upload(folder, _habits(folder, once=once), _publisher(folder, meter))
    finally:
        lock.release()


def _habits(folder: SessionFolder, *, once: bool) -> Habits:
    if once:
        return Habits(lingers=lambda: False, patience_us=ONCE_PATIENCE_US)
    return Habits(lingers=_Recorder(folder).is_near)


class _Recorder:
    """The session's recorder, which may be away for a moment: dying and being started again."""

    def __init__(self, folder: SessionFolder) -> None:
        self._lock = FileLock(folder.recorder_lock)
        self._seen_us = monotonic_us()

    def is_near(self) -> bool:
        """Tell whether a recorder lives, or did a few seconds ago."""
        if self._lock.is_held():
            self._seen_us = monotonic_us()
        return monotonic_us() - self._seen_us < RECORDER_GRACE_US


def _publisher(folder: SessionFolder, meter: Meter) -> Publish:
    def publish(progress: UploadProgress) -> None:
        save_progress(folder, progress)
        meter.show(progress)

    return publish


def _say_interrupted(path: Path) -> None:
    tell(
        Text(
            f"已停止上传。内容都在本机，没有丢失。继续上传请运行：saijian upload {path}",
            f"Stopped. Everything is on this computer, nothing is lost. Go on with:"
            f" saijian upload {path}",
        )
    )


class Meter:
    """Shows progress on standard error: one changing line, or now and then one in a pipe."""

    def __init__(self) -> None:
        self.last = UploadProgress()
        self._samples: deque[tuple[int, int]] = deque()
        self._shown_us = -PIPE_EVERY_US
        self._shown_state = ""
        self._on_line = False

    def show(self, progress: UploadProgress) -> None:
        """Take in a snapshot, and show it when it is time."""
        now = monotonic_us()
        self.last = progress
        self._samples.append((now, progress.sent_bytes))
        while self._samples[0][0] < now - RATE_OVER_US and len(self._samples) > 2:  # noqa: PLR2004
            self._samples.popleft()
        if sys.stderr.isatty():
            print(f"\r\x1b[K{self.line()}", end="", file=sys.stderr, flush=True)
            self._on_line = True
        elif progress.state != self._shown_state or now - self._shown_us >= PIPE_EVERY_US:
            self._shown_us, self._shown_state = now, progress.state
            print(self.line(), file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the changing line as it is."""
        if self._on_line:
            print(file=sys.stderr, flush=True)
            self._on_line = False

    def rate(self) -> float:
        """Return bytes a second over the last ten seconds."""
        (began, first), (ended, last) = self._samples[0], self._samples[-1]
        return max(0, last - first) * SECOND_US / (ended - began) if ended > began else 0.0

    def line(self) -> str:
        """Return the present progress in one line."""
        last, rate = self.last, self.rate()
        words = [
            f"{last.percent:5.1f} %",
            f"{last.sent_bytes / 1e6:.1f} / {last.recorded_bytes / 1e6:.1f} MB",
            f"{rate / 1e6:.2f} MB/s",
        ]
        if rate > 0 and last.pending_bytes:
            left = time.strftime("%H:%M:%S", time.gmtime(last.pending_bytes / rate))
            words.append(Text(f"还需约 {left}", f"about {left} left").say())
        words.append(_STATES[last.state].say())
        if last.last_problem is not None:
            words.append(last.last_problem.text.say())
        return "  ".join(words)
