"""How long small requests take, how evenly, and of how many something is lost."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from itertools import pairwise
from urllib.parse import urlsplit

from client.base.text import Text
from client.preflight.check import Tell
from client.preflight.facts.network import DelayFacts
from client.remote.client import OrganizerClient
from client.remote.failures import body_of
from client.remote.wire import NoResponse, Request

SECONDS = 10.0
_EVERY = 0.2
_PATIENCE = 2.0
_REPEATED_MS = 150.0
"""TCP sends a lost packet again after 200 ms or more: an answer so much later than usual tells."""


class DelayRun:
    """Measures for ten seconds; `calm` is clear meanwhile, so that nobody fills the line."""

    def __init__(
        self, client: OrganizerClient, calm: threading.Event, seconds: float = SECONDS
    ) -> None:
        """Ask by `client`, whose time-outs count a request as lost."""
        self._client = client
        self._calm = calm
        self._seconds = seconds
        self._stopped = threading.Event()
        self._tell: Tell = _quiet

    def follow(self, tell: Tell) -> None:
        """Tell `tell` the seconds that are left; keep the line calm from here on."""
        self._tell = tell
        self._stopped.clear()
        self._calm.clear()

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()
        self._calm.set()

    def __call__(self) -> DelayFacts:
        """Return the figures; OrganizerError where nobody answered at all."""
        try:
            resolve_ms = resolve_time(urlsplit(self._client.origin).hostname or "")
            with suppress(TimeoutError):
                self._once()  # makes the connection
            return facts_of(self._ask_all(), resolve_ms)
        finally:
            self._calm.set()

    def _ask_all(self) -> list[float | None]:
        delays: list[float | None] = []
        begun, said = time.monotonic(), -1
        while (spent := time.monotonic() - begun) < self._seconds:
            if int(spent) != said:
                said = int(spent)
                left = self._seconds - said
                self._tell(
                    Text(f"测量网络延时，还需 {left:g} 秒。", f"Measuring delay, {left:g} s left.")
                )
            delay: float | None = None
            with suppress(TimeoutError):
                delay = self._once()
            delays.append(delay)
            if self._stopped.wait(max(0.0, _EVERY - (delay or 0.0) / 1000)):
                break
        return delays

    def _once(self) -> float:
        """Return milliseconds; TimeoutError without an answer, OrganizerError for a wrong one."""
        begun = time.monotonic()
        outcome = self._client.exchange("", Request("GET", "/time"))
        took = time.monotonic() - begun
        if isinstance(outcome, NoResponse):
            if took < _PATIENCE / 4:
                body_of(outcome)
            raise TimeoutError
        body_of(outcome)
        return took * 1000


def facts_of(delays: Sequence[float | None], resolve_ms: float | None) -> DelayFacts:
    """Return figures of delays in milliseconds (None: no answer); TimeoutError for none at all."""
    answered = [delay for delay in delays if delay is not None]
    if not answered:
        raise TimeoutError("no answer")
    usual = statistics.median(answered)
    whole = [delay for delay in answered if delay < usual + _REPEATED_MS]
    steps = [abs(b - a) for a, b in pairwise(whole)]
    return DelayFacts(
        sent=len(delays),
        unanswered=len(delays) - len(answered),
        repeated=len(answered) - len(whole),
        median_ms=usual,
        jitter_ms=statistics.fmean(steps) if steps else 0.0,
        longest_ms=max(answered),
        resolve_ms=resolve_ms,
    )


def resolve_time(host: str, find: Callable[..., object] = socket.getaddrinfo) -> float | None:
    """Return how many milliseconds it takes to find `host`; None where it is an address."""
    with suppress(ValueError):
        ip_address(host)
        return None
    begun = time.monotonic()
    with suppress(OSError):
        find(host, 443)
    return (time.monotonic() - begun) * 1000


def _quiet(_: Text) -> None:
    """Tell nobody."""
