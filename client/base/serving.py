"""A web server of ours: it says when it listens, and a signal is an ordinary end."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from types import FrameType

import uvicorn

_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")
_WAITING = 1024


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; OSError where the host is not ours or the port is taken.

    It says that it is TCP's: only then does asyncio turn Nagle's algorithm off for what it accepts,
    without which every small answer comes 40 ms late.
    """
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_WAITING)
    except OSError:
        listener.close()
        raise
    return listener


class AnnouncingServer(uvicorn.Server):
    """A server that says when it listens, and whose end by a signal is an ordinary end."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        """Call `announce` once connections are taken."""
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start and announce."""
        await super().startup(sockets)
        if self.started:
            self._announce()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """End at SIGTERM and Ctrl-C without raising them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        known = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        before = {number: signal.signal(number, self._end) for number in known}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.should_exit = True
