"""Long work that a request asks for: done once at a time, in threads of its own.

A client that went away finds the result when it asks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import NamedTuple

from client.contest.signed import Document
from client.organizer.problems import Refusal

_WORKERS = 2
_WAIT_SECONDS = 45

Job = tuple[str, str]
"""Session and kind of work. Of each, one at a time: who asks for another one waits."""


class _Running(NamedTuple):
    digest: str
    outcome: Future[Document]


class Desk:
    """Hashes what was stored. The documents that it makes are kept by the work itself."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="rehash")
        self._lock = Lock()
        self._running: dict[Job, _Running] = {}

    def submit(self, job: Job, digest: str, work: Callable[[], Document]) -> Future[Document]:
        """Begin, or join, the work `job` on what `digest` names.

        Refusal `hashing` while the same session's is done on something else: with ever new
        documents one session could keep all workers for itself.
        """
        with self._lock:
            running = self._running.get(job)
            if running is None:
                outcome = self._workers.submit(work)
                self._running[job] = _Running(digest, outcome)
                outcome.add_done_callback(lambda _: self._running.pop(job, None))
                return outcome
            if running.digest != digest:
                raise Refusal("hashing", {"Retry-After": "2"})
            return running.outcome

    def close(self) -> None:
        """Let running work end and take no more."""
        self._workers.shutdown(wait=True, cancel_futures=True)


async def outcome_of(future: Future[Document], patience_s: float | None = None) -> Document:
    """Return the document, or raise its Refusal; Refusal `hashing` while it takes long."""
    waiting = asyncio.wrap_future(future)
    try:
        return await asyncio.wait_for(asyncio.shield(waiting), patience_s or _WAIT_SECONDS)
    except TimeoutError as error:
        raise Refusal("hashing", {"Retry-After": "2"}) from error
