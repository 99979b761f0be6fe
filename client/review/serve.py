"""`saijian play`: one session on one socket of this computer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from client.base.loopback import serve_page
from client.review.page import build_page
from client.review.review import require_session


def play(
    folder: Path, port: int, announce: Callable[[str], None], seconds: float | None = None
) -> None:
    """Show the session in `folder` until Ctrl-C, or for `seconds`; `announce` is told the address.

    EvidenceError where there is nothing to play, BadInputError where the port is taken.
    """
    require_session(folder)
    serve_page(lambda token, taken: build_page(folder, token, taken), port, announce, seconds)
