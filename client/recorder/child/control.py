"""The recorder's side of the control connection: requests in, acknowledgements and status out.

A reader that is slow or gone never holds the recorder up: each client has its own threads and a
short queue, and one that does not keep up is let go.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Listener
from pathlib import Path

from client.base.files import write_atomically
from client.base.handshake import Link, has_key
from client.recorder.link import hang_up, receive
from client.recorder.protocol import (
    Ack,
    ControlAddress,
    Message,
    Preview,
    ProtocolError,
    Refused,
    Request,
    Watch,
    decode,
    encode,
)

QUEUE = 32
MAX_MESSAGE = 65_536
PAUSE_S = 0.1
"""Before the next connection is awaited where that failed."""

Answer = Callable[[Message], None]
Handler = Callable[[Request, Answer], None]
"""Takes a request; calls the answer once, from any thread."""

log = logging.getLogger(__name__)


class Client:
    """One connected app."""

    def __init__(self, connection: Link, handle: Handler) -> None:
        """Take it; it is not served yet."""
        self._connection = connection
        self._handle = handle
        self._out: queue.Queue[bytes] = queue.Queue(QUEUE)
        self.watches = False
        self.wants_preview = self.wants_whole = False
        self.gone = False

    def serve(self) -> None:
        """Begin to serve it."""
        for work in (self._receive, self._deliver):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()

    def send(self, message: Message) -> None:
        """Queue a message; a client whose queue is full is let go."""
        try:
            self._out.put_nowait(encode(message))
        except queue.Full:
            log.warning("a reader does not keep up and is let go")
            self.close()

    def close(self) -> None:
        """Hang up."""
        self.gone = True
        hang_up(self._connection)

    def _receive(self) -> None:
        while not self.gone:
            try:
                message = decode(receive(self._connection, MAX_MESSAGE))
            except ProtocolError as error:
                self.send(Refused(id=0, zh=error.title.zh, en=error.title.en))
                continue
            except (OSError, EOFError):
                self.close()
                return
            if isinstance(message, Watch):
                self.watches, self.wants_preview = True, message.preview
                self.wants_whole = message.whole
                self.send(Ack(id=message.id, seq=None))
            elif isinstance(message, Request):
                self._handle(message, self.send)

    def _deliver(self) -> None:
        while not self.gone:
            try:
                data = self._out.get(timeout=1.0)
                self._connection.send_bytes(data)
            except queue.Empty:
                continue
            except (OSError, ValueError):
                self.close()


class ControlServer:
    """Listens for apps of this user; its address and random key lie in the private folder."""

    def __init__(self, control_file: Path, handle: Handler) -> None:
        """Listen, and publish the address once it can be connected to."""
        self._key = key = secrets.token_bytes(32)
        self._handle = handle
        self._is_closed = False
        self._clients: list[Client] = []
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="saijian-", ignore_cleanup_errors=True)
        self._listener = Listener(_fresh_address(Path(self._folder.name)), backlog=4)
        threading.Thread(target=self._accept, name="control", daemon=True).start()
        address = ControlAddress(
            address=str(self._listener.address), key_hex=key.hex(), pid=os.getpid()
        )
        write_atomically(control_file, address.model_dump_json().encode(), private=True)

    @property
    def wants_preview(self) -> bool:
        """Tell whether any client asked for pictures."""
        return any(client.wants_preview for client in self._living())

    @property
    def wants_whole(self) -> bool:
        """Tell whether any client asked for whole ones."""
        return any(client.wants_whole for client in self._living())

    def publish(self, message: Message) -> None:
        """Send to every client that watches; a whole picture to those that asked."""
        is_whole = isinstance(message, Preview) and message.whole
        for client in self._living():
            if client.watches and (client.wants_whole or not is_whole):
                client.send(message)

    def close(self) -> None:
        """Stop listening and hang up."""
        self._is_closed = True
        with contextlib.suppress(OSError):
            self._listener.close()
        for client in self._living():
            client.close()
        self._folder.cleanup()

    def _living(self) -> list[Client]:
        with self._lock:
            self._clients = [client for client in self._clients if not client.gone]
            return self._clients

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:
                if self._is_closed:
                    return
                time.sleep(PAUSE_S)
                continue
            threading.Thread(
                target=self._admit, args=(connection,), name="control-key", daemon=True
            ).start()

    def _admit(self, connection: Link) -> None:
        """Take whoever proves to have the key; one that says nothing keeps no other waiting."""
        if not has_key(connection, self._key):
            hang_up(connection)
            return
        client = Client(connection, self._handle)
        with self._lock:
            self._clients = [*self._clients, client]
        client.serve()  # counted first: whoever has an answer gets the news that follow


def _fresh_address(folder: Path) -> str:
    if sys.platform == "win32":
        return rf"\\.\pipe\saijian-{secrets.token_hex(16)}"
    return str(folder / "control")
