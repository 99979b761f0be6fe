"""A socket for our servers."""

from __future__ import annotations

import socket
import sys

import pytest

from client.base.serving import listen


@pytest.mark.skipif(sys.platform == "win32", reason="Wine tells no protocol of what it accepts")
def test_what_it_accepts_is_known_to_be_tcp() -> None:
    """asyncio turns Nagle's algorithm off only then: small answers would come 40 ms late."""
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.proto == socket.IPPROTO_TCP
