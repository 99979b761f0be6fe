"""Deals files of tests out to workers: those that wait run beside those that compute.

With three workers on two processors: a test of tests/e2e mostly waits for real seconds to pass, one
of the others mostly computes. At most `AT_ONCE` workers have files of tests/e2e, which is as many
as ever ran side by side with two workers; all others compute.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

WAITING = "tests/e2e/"
AT_ONCE = 2
ENOUGH = 2
"""A worker with more tests than so many gets no other file yet; xdist's own number."""


class Lanes(LoadFileScheduling):
    """Whole files, in the order of collection; those that wait first, as far as they may."""

    def _reschedule(self, node: WorkerController) -> None:
        """Give `node` another file when it needs one; let it end where none is left for it."""
        is_needy = self._pending_of(self.assigned_work[node]) <= ENOUGH
        if self.workqueue and is_needy and self._next_for(node) is None:
            node.shutdown()
        else:
            super()._reschedule(node)

    def _assign_work_unit(self, node: WorkerController) -> None:
        scope = self._next_for(node)
        if scope is not None:
            self.workqueue.move_to_end(scope, last=False)
            super()._assign_work_unit(node)

    def _next_for(self, node: WorkerController) -> str | None:
        others = (work for other, work in self.assigned_work.items() if other is not node)
        taken = sum(any(map(_waits, self._left_of(work))) for work in others)
        wanted = taken < AT_ONCE
        fitting = (scope for scope in self.workqueue if _waits(scope) is wanted)
        first = next(iter(self.workqueue), None) if wanted else None
        return next(fitting, first)

    def _left_of(self, work: dict[str, dict[str, bool]]) -> list[str]:
        return [scope for scope, tests in work.items() if not all(tests.values())]


def _waits(scope: str) -> bool:
    return scope.startswith(WAITING)


def scheduler(config: pytest.Config, log: Producer) -> Lanes | None:
    """Return it where there are more workers than may wait; None for what was asked for."""
    workers = config.getoption("numprocesses", None) or 0
    is_by_file = config.getoption("dist", "no") == "loadfile"
    return Lanes(config, log) if is_by_file and workers > AT_ONCE else None
