"""Runs checks side by side. One that throws, hangs or answers rubbish harms no other."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from client.base.errors import SaiJianError
from client.base.text import Text
from client.preflight.check import VERDICTS, Check, Finding, Outcome, Report

STOPPED = Text("检测被提前停止，这一项没有做完。", "The run was stopped before this one ended.")
_ASK = Text(
    "请再检查一次；仍然这样请联系组委会技术支持。",
    "Check once more; if it stays like this, ask the organizer's support.",
)


Progress = Callable[[Check[Any], Text], None]
"""Takes how far a check is, in the check's thread: it must return at once."""


def _unheard(_: Check[Any], __: Text) -> None:
    """Let progress pass."""


POLL_S = 0.1
"""So often a run looks whether it was stopped."""


def run_checks(
    checks: Sequence[Check[Any]],
    progress: Progress = _unheard,
    stopped: threading.Event | None = None,
) -> Iterator[Outcome]:
    """Yield one outcome a check as they come; one whose time is over is unknown.

    A probe that hangs is left behind in a daemon thread: nothing can stop it, nothing waits for it.
    What a probe started is stopped: when its time is over, and when this iterator is closed. Once
    `stopped` is set, which another thread may do, all that have not ended are unknown.
    """
    arrived: queue.SimpleQueue[tuple[int, Finding]] = queue.SimpleQueue()

    def work(index: int, check: Check[Any]) -> None:
        arrived.put((index, examine(check)))

    for index, check in enumerate(checks):
        check.follow(partial(progress, check))
        name = f"check-{check.name}"
        threading.Thread(target=work, args=(index, check), name=name, daemon=True).start()
    begun = time.monotonic()
    missing = dict(enumerate(checks))
    try:
        while missing:
            limit = min(check.limit_seconds for check in missing.values())
            is_over = stopped is not None and stopped.is_set()
            left = begun + limit - time.monotonic()
            wait = 0.0 if is_over else max(0.0, left if stopped is None else min(left, POLL_S))
            with contextlib.suppress(queue.Empty):
                index, finding = arrived.get(timeout=wait)
                if index in missing:
                    yield Outcome(missing.pop(index), finding)
                continue
            if not is_over and left > wait:
                continue
            reason = STOPPED if is_over else _no_answer(limit)
            late = [i for i, c in missing.items() if is_over or c.limit_seconds <= limit]
            for index in late:
                check = missing.pop(index)
                check.stop()
                yield Outcome(check, _unknown(reason))
    finally:
        for check in missing.values():
            check.stop()


def report_of(checks: Sequence[Check[Any]], outcomes: Iterable[Outcome]) -> Report:
    """Put the outcomes of `run_checks` into the order of `checks`."""
    order = {check.name: position for position, check in enumerate(checks)}
    return Report(tuple(sorted(outcomes, key=lambda outcome: order[outcome.check.name])))


def examine(check: Check[Any]) -> Finding:
    """Run one check here and now; whatever it does, the answer is a finding."""
    try:
        measured = check.probe()
        finding: object = check.judge(measured)
        things = tuple(dict.fromkeys(check.things(measured)))
    except SaiJianError as error:
        return _unknown(error.title, error.advice)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a guest does
        return _unknown(_broke(f"{type(error).__name__}: {error}"))
    if not isinstance(finding, Finding) or finding.verdict not in VERDICTS:
        return _unknown(_broke(f"{finding!r}"))
    fix = finding.fix or (None if finding.verdict == "pass" else check.fix)
    return replace(finding, fix=fix, things=things)


def _unknown(reason: Text, advice: Text = _ASK) -> Finding:
    return Finding("unknown", reason, advice)


def _broke(reason: str) -> Text:
    short = reason[:200]
    return Text(f"检查过程出错（{short}）。", f"The check itself went wrong ({short}).")


def _no_answer(seconds: float) -> Text:
    return Text(f"{seconds:g} 秒内没有结果。", f"No result within {seconds:g} s.")
