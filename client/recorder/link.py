"""Reading from a control connection, and ending it from either side."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import sys
import threading
from ctypes.wintypes import HANDLE
from multiprocessing.connection import Client
from pathlib import Path

from client.base.handshake import Link
from client.recorder.protocol import ControlAddress

_closing = threading.Lock()


def dial(control: Path) -> Link | None:
    """Connect to the recorder whose address lies in the file `control`; None where none does.

    OSError, EOFError or AuthenticationError for a file that a dead recorder left.
    """
    address = ControlAddress.load(control)
    if address is None:
        return None
    return Client(address.address, authkey=bytes.fromhex(address.key_hex))


def receive(connection: Link, limit: int | None = None) -> bytes:
    """Return the next message of at most `limit` bytes; EOFError or OSError when it is over."""
    try:
        return connection.recv_bytes(limit)
    except RuntimeError as error:  # what Python on Windows says of a read that `hang_up` cancelled
        raise EOFError from error


def hang_up(connection: Link) -> None:
    """Close `connection` so that the peer, and a thread of ours that reads from it, notice.

    Once, whoever else does it now: a second close would take a number that the system may have
    given to a file by then.
    """
    with _closing, contextlib.suppress(OSError):
        if sys.platform == "win32":
            # close() alone may leave a thread's read under way
            ctypes.windll.kernel32.CancelIoEx(HANDLE(connection.fileno()), None)
        else:
            # close() alone leaves a thread that waits in recv() waiting, and the peer with it
            with socket.socket(fileno=os.dup(connection.fileno())) as twin:
                twin.shutdown(socket.SHUT_RDWR)
        connection.close()
