"""Runs checks side by side. One that throws, hangs or answers rubbish harms no other."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from client.base.errors import SaiJianError
from client.base.text import Text
from client.preflight.check import VERDICTS, Check, Finding, Outcome, Report

_ASK = Text(
    "请再检查一次；仍然这样请联系组委会技术支持。",
    "Check once more; if it stays like this, ask the organizer's support.",
)


def run_checks(checks: Sequence[Check[Any]]) -> Iterator[Outcome]:
    """Yield one outcome a check as they come; one whose time is over is unknown.

    A probe that hangs is left behind in a daemon thread: nothing can stop it, nothing waits for it.
    What a probe started is stopped: when its time is over, and when this iterator is closed.
    """
    arrived: queue.SimpleQueue[tuple[int, Finding]] = queue.SimpleQueue()

    def work(index: int, check: Check[Any]) -> None:
        arrived.put((index, examine(check)))

    for index, check in enumerate(checks):
        name = f"check-{check.name}"
        threading.Thread(target=work, args=(index, check), name=name, daemon=True).start()
    begun = time.monotonic()
    missing = dict(enumerate(checks))
    try:
        while missing:
            limit = min(check.limit_seconds for check in missing.values())
            try:
                index, finding = arrived.get(timeout=max(0.0, begun + limit - time.monotonic()))
            except queue.Empty:
                late = [i for i, check in missing.items() if check.limit_seconds <= limit]
                for index in late:
                    check = missing.pop(index)
                    check.stop()
                    yield Outcome(check, _unknown(_no_answer(limit)))
                continue
            if index in missing:
                yield Outcome(missing.pop(index), finding)
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
        finding: object = check.judge(check.probe())
    except SaiJianError as error:
        return _unknown(error.title, error.advice)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a guest does
        return _unknown(_broke(f"{type(error).__name__}: {error}"))
    if not isinstance(finding, Finding) or finding.verdict not in VERDICTS:
        return _unknown(_broke(f"{finding!r}"))
    return finding


def _unknown(reason: Text, advice: Text = _ASK) -> Finding:
    return Finding("unknown", reason, advice)


def _broke(reason: str) -> Text:
    short = reason[:200]
    return Text(f"检查过程出错（{short}）。", f"The check itself went wrong ({short}).")


def _no_answer(seconds: float) -> Text:
    return Text(f"{seconds:g} 秒内没有结果。", f"No result within {seconds:g} s.")
