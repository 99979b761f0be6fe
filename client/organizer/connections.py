"""Connections on which no request comes: hung up on, as each holds an open file of the server."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

KEEP_ALIVE_SECONDS = 75
"""Longer than a heartbeat period, so that one connection serves a whole session."""


class PatientProtocol(H11Protocol):
    """HTTP by uvicorn, which alone waits for ever for a request, or the rest of one, that drips.

    While one is answered, `limits.py` watches over its body. TLS that is not agreed on within a
    minute is asyncio's to end.
    """

    seconds: float = KEEP_ALIVE_SECONDS + 15
    """From the connection, or the last answer, to the end of the next request's headers."""
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._mind()

    def data_received(self, data: bytes) -> None:
        """Take in what may be a request's end, or the rest of one that was answered."""
        super().data_received(data)
        self._mind()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._mind()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def _mind(self) -> None:
        """Count the time only while nobody of ours works on a request."""
        is_idle = getattr(self.cycle, "response_complete", True)  # no cycle before the first one
        if not is_idle:
            self._stop()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(self.seconds, self.transport.close)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
