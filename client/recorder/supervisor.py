"""The app's side of the recorder: starts it, starts it again when it died, talks to it.

Whether a recorder lives is asked of the lock it holds, so a window that was killed and came back
finds the running one, and a recorder that is nobody's child is looked after all the same.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import subprocess
import threading
import time
from multiprocessing import AuthenticationError

from client.base.errors import RecorderError, StateError
from client.base.files import FileLock
from client.base.handshake import Link
from client.base.process import spawn_detached
from client.base.text import Text
from client.evidence.layout import SessionFolder
from client.recorder.link import dial, hang_up, receive
from client.recorder.protocol import (
    Ack,
    Message,
    Preview,
    ProtocolError,
    Refused,
    Status,
    Watch,
    decode,
    encode,
)

LOOK_EVERY_S = 0.1
ANSWER_S = 20.0
SILENT_S = 5.0
"""A recorder speaks twice a second: what it said so long ago tells of no present moment."""
LEAVES_S = 5.0
"""So long a window that closes waits for a recorder that stands still."""
BACK_OFF_S = (0.0, 0.0, 0.0, 0.5, 1.0, 2.0)
"""Waits before the next start after so many starts within ten seconds that came to nothing.

One that recorded before it died is no such start: whoever kills it again and again wins nothing.
"""
FORGET_S = 10.0

log = logging.getLogger(__name__)


class RecorderSupervisor:
    """Keeps one session's recorder alive until its seal is written. Safe from any thread."""

    def __init__(self, folder: SessionFolder, *, preview: bool = False) -> None:
        """Prepare; `start` begins to look after the recorder."""
        self._folder = folder
        self._preview = preview
        self._lock = FileLock(folder.recorder_lock)
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._connection: Link | None = None
        self._answers: dict[int, Ack | Refused] = {}
        self._child: subprocess.Popen[bytes] | None = None
        self._in_vain: list[float] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="supervisor", daemon=True)
        self._said: tuple[Status, float] | None = None
        """The recorder's last word, and when it came."""
        self.picture: Preview | None = None
        self.whole: Preview | None = None

    def start(self) -> None:
        """Start the recorder, or find the one that runs."""
        self._thread.start()

    def close(self) -> None:
        """Let go of the recorder; it goes on."""
        self._stopping.set()
        self._hang_up()
        if self._thread.ident is not None:
            self._thread.join(LEAVES_S)

    def is_alive(self) -> bool:
        """Tell whether a recorder process holds the session."""
        return self._lock.is_held()

    @property
    def status(self) -> Status | None:
        """Return what the recorder says of itself; None where it has been silent for 5 s."""
        said = self._said
        return said[0] if said is not None and time.monotonic() - said[1] < SILENT_S else None

    def ask(self, request: Message, timeout_s: float = ANSWER_S) -> Ack:
        """Send a request and wait for its line; sent again when the recorder died meanwhile.

        Raises StateError where the step does not fit, RecorderError where no answer came.
        """
        number = next(self._numbers)
        data = encode(request.model_copy(update={"id": number}))
        deadline = time.monotonic() + timeout_s
        sent_on: Link | None = None
        with self._changed:
            while time.monotonic() < deadline:
                answer = self._answers.pop(number, None)
                if isinstance(answer, Refused):
                    raise StateError(Text(f"{answer.zh}。", f"{answer.en}."), _IN_ORDER)
                if answer is not None:
                    return answer
                if self._connection is not None and self._connection is not sent_on:
                    sent_on = self._connection
                    with contextlib.suppress(OSError):
                        sent_on.send_bytes(data)
                self._changed.wait(0.2)
        raise RecorderError(
            Text("录制进程没有回应。", "The recorder does not answer."),
            Text(
                f"请查看日志 {self._folder.log('recorder')}，或重新打开程序。",
                f"See {self._folder.log('recorder')}, or open the program again.",
            ),
        )

    def _look_after(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                if self._is_over():
                    self._reap()
                    return
                self._look()
            except OSError:  # the drive of the session is gone, and may come back
                log.exception("the recorder cannot be looked after")
                self._stopping.wait(BACK_OFF_S[-1])

    def _is_over(self) -> bool:
        return self._folder.seal.exists() and not self._folder.key.exists()

    def _look(self) -> None:
        if not self._lock.is_held():
            self._hang_up()
            self._start_again()
        elif self._connection is None:
            self._connect()

    def _start_again(self) -> None:
        now = time.monotonic()
        if self._child is not None and self._child.poll() is None:
            return  # it is starting and has not taken the lock yet
        if self._child is not None:
            log.warning("the recorder died with exit code %s", self._child.returncode)
        self._in_vain = [t for t in self._in_vain if now - t < FORGET_S]
        wait = BACK_OFF_S[min(len(self._in_vain), len(BACK_OFF_S) - 1)]
        if self._stopping.wait(wait):
            return
        self._in_vain.append(now)
        self._child = spawn_detached(
            ["recorder", "--session", str(self._folder.path)],
            self._folder.log("recorder").with_suffix(".out"),
        )

    def _connect(self) -> None:
        try:
            connection = dial(self._folder.control)
            if connection is None:
                return
            connection.send_bytes(encode(Watch(id=0, preview=self._preview, whole=self._preview)))
        except (OSError, EOFError, AuthenticationError):
            return  # a file of a dead predecessor: the living one is about to write its own
        with self._changed:
            self._connection = connection
            self._changed.notify_all()
        if self._stopping.is_set():  # it may have hung up before there was a connection
            self._hang_up()
            return
        threading.Thread(
            target=self._listen, args=(connection,), name="recorder-link", daemon=True
        ).start()

    def _listen(self, connection: Link) -> None:
        while True:
            try:
                message = decode(receive(connection))
            except ProtocolError:
                log.exception("the recorder speaks another version")
                continue
            except (OSError, EOFError):
                break
            with self._changed:
                self._note(message)
                self._changed.notify_all()
        with self._changed:
            if self._connection is connection:
                self._connection = None

    def _note(self, message: Message) -> None:
        if isinstance(message, Ack | Refused):
            self._answers[message.id] = message
        elif isinstance(message, Status):
            self._said = message, time.monotonic()
            if any(track.bytes for track in message.tracks):
                self._in_vain = []
        elif isinstance(message, Preview) and message.whole:
            self.whole = message
        elif isinstance(message, Preview):
            self.picture = message

    def _hang_up(self) -> None:
        with self._changed:
            connection, self._connection = self._connection, None
        if connection is not None:
            hang_up(connection)

    def _reap(self) -> None:
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(5.0)


_IN_ORDER = Text("请按界面提示的顺序操作。", "Follow the order that the window shows.")
