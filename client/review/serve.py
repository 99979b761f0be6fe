"""`saijian play`: one uvicorn on one socket of this computer."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from client.base.errors import BadInputError
from client.base.serving import AnnouncingServer, listen
from client.base.text import Text
from client.review.page import build_page
from client.review.review import require_session

HOST = "127.0.0.1"
TOKEN_BYTES = 32
_GRACE_SECONDS = 1


def play(
    folder: Path, port: int, announce: Callable[[str], None], seconds: float | None = None
) -> None:
    """Show the session in `folder` until Ctrl-C, or for `seconds`; `announce` is told the address.

    EvidenceError where there is nothing to play, BadInputError where the port is taken.
    """
    require_session(folder)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with _listen(port) as listener:
        taken = listener.getsockname()[1]
        config = uvicorn.Config(
            build_page(folder, token, taken),
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            lifespan="off",
            ws="none",
        )

        def listening() -> None:
            announce(f"http://{HOST}:{taken}/{token}/")
            if seconds is not None:
                asyncio.get_running_loop().call_later(seconds, end)

        def end() -> None:
            server.should_exit = True

        server = AnnouncingServer(config, listening)
        server.run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    try:
        return listen(HOST, port)
    except OSError as error:
        raise BadInputError(
            Text(f"端口 {port} 已被占用。", f"Port {port} is taken."),
            Text("请换一个端口，或用 --port 0。", "Choose another port, or use --port 0."),
        ) from error
