"""One window a person: a later start tells the first one what was asked for, and ends.

Who is first is asked of the operating system: a named mutex on Windows, a lock on a file elsewhere.
Both go with their process, so nothing stale is left by `kill -9`. How to reach the first one (an
address, a random key, its process id) lies in a private file beside the sessions.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from pathlib import Path

from client.base.errors import SaiJianError
from client.base.files import FileLock, private_folder, remove_file, write_atomically
from client.base.handshake import Link, has_key
from client.base.text import Text

LONGEST = 65_536
"""Bytes of a message."""
ANSWERS_S = 3.0
STARTS_S = 10.0
"""So long the first may take from its start to its answer."""
_LOOK_AGAIN_S = 0.1
_HEARD = b"heard"

Hear = Callable[[str], None]
"""Takes what a later start asked for; called on a thread of ours."""

log = logging.getLogger(__name__)

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import BOOL, DWORD, HANDLE, LPCVOID, LPCWSTR

    _ALREADY_EXISTS = 183
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateMutexW.argtypes = [LPCVOID, BOOL, LPCWSTR]
    _kernel.CreateMutexW.restype = HANDLE
    _kernel.CloseHandle.argtypes = [HANDLE]

    class _Held:
        """A named mutex of this user's session; the name has no letters that could go wrong."""

        def __init__(self, folder: Path) -> None:
            whose = hashlib.sha256(str(folder).casefold().encode("utf-8", "surrogatepass"))
            self._name = rf"Local\SaiJian.{whose.hexdigest()[:32]}"
            self._handle: int | None = None

        def acquire(self) -> bool:
            handle = _kernel.CreateMutexW(None, False, self._name)  # noqa: FBT003
            if not handle:
                raise ctypes.WinError(ctypes.get_last_error())
            if ctypes.get_last_error() == _ALREADY_EXISTS:
                _kernel.CloseHandle(handle)
                return False
            self._handle = handle
            return True

        def release(self) -> None:
            if self._handle is not None:
                _kernel.CloseHandle(self._handle)
                self._handle = None

    def _fresh_address() -> str:
        return rf"\\.\pipe\saijian-window-{secrets.token_hex(16)}"

    def _let_come_forward(pid: int) -> None:
        """Pass on the right to come to the front, which a program that was just started has."""
        ctypes.windll.user32.AllowSetForegroundWindow(DWORD(pid))
else:

    class _Held(FileLock):
        """A lock in the folder."""

        def __init__(self, folder: Path) -> None:
            super().__init__(folder / "window.lock")

    def _fresh_address() -> str:
        return f"\0saijian-window-{secrets.token_hex(16)}"  # abstract: no file to leave behind

    def _let_come_forward(pid: int) -> None:
        """Do nothing: the desktop decides."""


class Single:
    """The right to be the one window of this user and `folder`."""

    def __init__(self, folder: Path) -> None:
        """Name the folder of this user's data; it is made if it is not there."""
        self._where = private_folder(folder.absolute()) / "window.json"
        self._held = _Held(self._where.parent)
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None
        self._hearing = threading.Lock()
        self._address, self._key = _fresh_address(), secrets.token_bytes(32)

    def hold(self) -> bool:
        """Become the one and return True; False where another is."""
        return self._held.acquire()

    def hold_or_tell(self, message: str) -> bool:
        """Become the one (True), or give `message` to the one there is (False).

        Raises SaiJianError where that one neither answers nor ends within 10 s.
        """
        deadline = time.monotonic() + STARTS_S
        while time.monotonic() < deadline:
            if self.hold():
                return True
            if self.tell(message):
                return False
            time.sleep(_LOOK_AGAIN_S)  # it has just started, or is about to end
        raise SaiJianError(
            Text("赛鉴已经打开，但没有回应。", "SaiJian is open already but does not answer."),
            Text(
                "正在进行的录制不受影响。请在任务管理器里结束“赛鉴”窗口程序，再重新打开。",
                "A recording that is going on is not affected. End the SaiJian window in the task "
                "manager, then open it again.",
            ),
        )

    def tell(self, message: str) -> bool:
        """Give `message` to the one there is; False where it did not take it."""
        try:
            known = json.loads(self._where.read_bytes())
            pid, address, key = int(known["pid"]), str(known["address"]), str(known["key"])
            with Client(address, authkey=bytes.fromhex(key)) as connection:
                _let_come_forward(pid)
                connection.send_bytes(message.encode())
                return connection.poll(ANSWERS_S) and connection.recv_bytes(LONGEST) == _HEARD
        except (OSError, EOFError, ValueError, KeyError, TypeError, AuthenticationError):
            return False

    def listen(self, hear: Hear) -> None:
        """Take what later starts ask for, until `close`; the caller holds the right."""
        self._listener = Listener(self._address, backlog=4)
        self._thread = threading.Thread(
            target=self._accept, args=(self._listener, hear), name="single", daemon=True
        )
        self._thread.start()
        known = {"address": self._address, "key": self._key.hex(), "pid": os.getpid()}
        write_atomically(self._where, json.dumps(known).encode(), private=True)

    def close(self) -> None:
        """Listen no more and give the right back; what starts now is the first."""
        listener, self._listener = self._listener, None
        if listener is not None and self._thread is not None:
            remove_file(self._where)
            waking = threading.Thread(target=self._wake, name="single-wake", daemon=True)
            waking.start()
            self._thread.join(ANSWERS_S)
            listener.close()
            waking.join(ANSWERS_S)
        self._held.release()

    def _wake(self) -> None:
        """End the waiting for a connection by one; unanswered where nobody waits any more."""
        with contextlib.suppress(OSError, EOFError, AuthenticationError):
            Client(self._address, authkey=self._key).close()

    def _accept(self, listener: Listener, hear: Hear) -> None:
        while self._listener is listener:
            try:
                connection = listener.accept()
            except OSError:
                time.sleep(_LOOK_AGAIN_S)
                continue
            threading.Thread(
                target=self._listen_to, args=(connection, hear), name="single-start", daemon=True
            ).start()

    def _listen_to(self, connection: Link, hear: Hear) -> None:
        """Take what one start asks for; one that says nothing keeps no other waiting.

        Whoever reads that it was heard may start another: that one is not heard before it.
        """
        try:
            with connection:
                if not has_key(connection, self._key) or not connection.poll(ANSWERS_S):
                    return
                message = connection.recv_bytes(LONGEST).decode()
                with self._hearing:
                    connection.send_bytes(_HEARD)
                    hear(message)
        except (OSError, EOFError, ValueError) as error:
            log.info("a start that said nothing: %s", error)
