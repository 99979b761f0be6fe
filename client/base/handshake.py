"""Who connects to a process of ours proves that it has the key: off the thread that accepts."""

from __future__ import annotations

import sys
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING and sys.platform == "win32":
    from multiprocessing.connection import PipeConnection

    Link: TypeAlias = Connection | PipeConnection
else:
    Link: TypeAlias = Connection


def has_key(connection: Link, key: bytes) -> bool:
    """Tell whether the other side proves to have `key`; it is proved to it, too.

    Blocks as long as the other side says nothing: a thread of its own keeps no other waiting.
    """
    try:
        deliver_challenge(connection, key)
        answer_challenge(connection, key)
    except (AuthenticationError, EOFError, OSError):
        return False
    return True
