"""Does recording leave this computer room for the contest itself?

The recorder is tried out as the process that it is, by `saijian bench --quick --json`: what it
opens or crashes does not concern us, and it ends with us, whatever ends us.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from client.base.errors import RecorderError
from client.base.files import scratch_folder
from client.base.job import TERMINATES_S, helper
from client.base.process import own_command
from client.base.text import Text
from client.contest.capability import EASY_PERCENT, Capability, capability_of, judge
from client.preflight.check import Check, Finding

LIMIT_S = 90.0
"""It takes 20 s; on a slow computer that is busy each of its processes starts slowly."""
_AGAIN = Text(
    "请关闭其他程序后再检查一次；仍然这样请联系组委会技术支持。",
    "Close other programs and check again; if it stays so, ask the organizer's support.",
)
_STOPPED = Text("录制能力的检查被停止了。", "The measurement was stopped.")


def _forget(_: Capability) -> None:
    """Keep nothing: the verdict is enough."""


class BenchRun:
    """One run of the measurement, which another thread may stop."""

    def __init__(
        self,
        sessions: Path,
        words: Sequence[str] = (),
        keep: Callable[[Capability], None] = _forget,
    ) -> None:
        """Measure where `sessions` lies; `words` are more of `saijian bench`'s.

        `keep` is given what was measured.
        """
        self._sessions = sessions
        self._words = words
        self._keep = keep
        self._stopped = threading.Event()
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self) -> Capability:
        """Run it to its end; RecorderError where it has none."""
        try:
            measured = self._run()
        finally:
            self._ended.set()
        self._keep(measured)
        return measured

    def stop(self) -> None:
        """End it, and return once it is gone with all that it wrote."""
        self._stopped.set()
        if self._process is not None:
            self._process.terminate()
            self._ended.wait(TERMINATES_S)

    def _run(self) -> Capability:
        with scratch_folder(self._sessions) as scratch:
            command = own_command(
                "bench", "--quick", "--json", "--folder", str(scratch), *self._words
            )
            with helper(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as self._process:
                if self._stopped.is_set():
                    raise RecorderError(_STOPPED, _AGAIN)
                try:
                    said, _ = self._process.communicate(timeout=LIMIT_S)
                except subprocess.TimeoutExpired:
                    raise RecorderError(
                        Text(
                            f"试录 {LIMIT_S:g} 秒还没有结果。",
                            f"The trial recording had no result within {LIMIT_S:g} s.",
                        ),
                        _AGAIN,
                    ) from None
        if self._stopped.is_set():
            raise RecorderError(_STOPPED, _AGAIN)
        return _read(said, self._process.returncode)


def recording_check(run: BenchRun) -> Check[Capability]:
    """Judge what `run` measures."""
    return Check(
        name="recording",
        title=Text("录制能力", "Recording on this computer"),
        requirement=Text(
            f"录制最多占一个核心的 {EASY_PERCENT}%，画面准时，磁盘够录一场",
            f"at most {EASY_PERCENT}% of one core, pictures on time, disk for one session",
        ),
        probe=run,
        judge=_judge,
        limit_seconds=LIMIT_S + TERMINATES_S,
        stop=run.stop,
    )


def _judge(measured: Capability) -> Finding:
    return Finding(*judge(measured))


def _read(said: bytes, code: int) -> Capability:
    try:
        document = json.loads(said)
        if "error" in document:
            error = document["error"]
            raise RecorderError(Text(**error["title"]), Text(**error["advice"]))
        return capability_of(document)
    except (ValueError, KeyError, TypeError):
        raise RecorderError(
            Text(
                f"试录进程没有给出结果（退出码 {code}）。",
                f"The trial recording gave no result (exit code {code}).",
            ),
            _AGAIN,
        ) from None
