"""Long work that a request asks for: done once at a time, in threads of its own.

A client that went away finds the result when it asks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from client.contest.signed import Document
from client.organizer.problems import Refusal

_WORKERS = 2
_WAIT_SECONDS = 45

Job = tuple[str, ...]
"""What names a piece of work: the same one is never done twice side by side."""


class Desk:
    """Hashes what was stored. The documents that it makes are kept by the work itself."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="rehash")
        self._lock = Lock()
        self._running: dict[Job, Future[Document]] = {}

    def submit(self, job: Job, work: Callable[[], Document]) -> Future[Document]:
        """Begin, or join, the work called `job`."""
        with self._lock:
            if job not in self._running:
                future = self._workers.submit(work)
                self._running[job] = future
                future.add_done_callback(lambda _: self._running.pop(job, None))
                return future
            return self._running[job]

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
