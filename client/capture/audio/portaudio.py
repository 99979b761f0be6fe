"""The PortAudio library: one thread makes all its calls, and each is waited for so long only.

It is not made for several threads, and a driver that hangs in one call holds up every other one.
So whoever waits is told that it hangs, and from then on nothing is asked of it until the call has
come back: other devices are then opened by another process (`apart.py`).
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from queue import SimpleQueue
from typing import Any, TypeVar

from client.base.errors import DeviceError, DeviceHangsError
from client.base.text import Text
from client.capture.audio.pulse import asking_for

OPENS_S = 10.0
"""A microphone opens within 1 to 3 s, a list of devices in less."""
CLOSES_S = 2.0
HANGS = Text("声音驱动没有反应", "the sound driver does not answer")
_ADVICE = Text(
    "请拔下麦克风再插上；也可以换用备用麦克风。",
    "Unplug the microphone, plug it in again; or use the spare.",
)
Answer = TypeVar("Answer")
Work = Callable[[Any], Answer]
"""Is given sounddevice, which ships no types."""

_open_streams = 0
_has_looked = False
"""Loading the library is its first look."""
_kept: list[Any] = []
"""Callbacks that C code holds; they must outlive it."""


class _Asked:
    """One call: what came of it, and whether anybody still wants to know."""

    def __init__(self, work: Work[Any], source: str | None, undo: Callable[[Any], None]) -> None:
        self.work, self.source, self.undo = work, source, undo
        self.done = threading.Event()
        self.lock = threading.Lock()
        self.given_up = False
        self.answer: Any = None
        self.error: Exception | None = None
        self.changes = contextlib.ExitStack()
        """What the whole process is spared or told meanwhile; undone by whoever is first."""

    def run(self) -> None:
        self.changes.enter_context(silent_stderr())
        self.changes.enter_context(asking_for(self.source))
        try:
            self.answer = self.work(_sounddevice())
        except Exception as error:  # noqa: BLE001 - raised in the thread that asked
            self.error = error
        with self.lock:
            self.changes.close()
            is_wanted = not self.given_up
            if is_wanted:
                self.done.set()
        if not is_wanted and self.error is None:
            self.undo(self.answer)
        self.done.set()

    def give_up(self) -> bool:
        """Tell whether it is not done; nobody waits for it then."""
        with self.lock:
            self.given_up = not self.done.is_set()
            if self.given_up:
                self.changes.close()
        return self.given_up


class _Caller:
    """The thread that makes the calls.

    It begins with the first one, and on Linux has the priority of the thread that asked for it, as
    the threads have that PortAudio then makes: in a recorder that is the microphone's own.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Asked] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._hanging: _Asked | None = None

    @property
    def hangs(self) -> bool:
        return self._hanging is not None and not self._hanging.done.is_set()

    def ask(self, asked: _Asked, limit_s: float) -> Any:  # noqa: ANN401 - what the work returns
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="portaudio", daemon=True)
                self._thread.start()
        self._queue.put(asked)
        if not asked.done.wait(limit_s) and asked.give_up():
            self._hanging = asked
            _leave_without_farewell()
            raise DeviceHangsError(HANGS, _ADVICE)
        if asked.error is not None:
            raise asked.error
        return asked.answer

    def _work(self) -> None:
        while True:
            self._queue.get().run()


_caller = _Caller()


def in_portaudio(
    work: Work[Answer],
    limit_s: float | None = None,
    *,
    source: str | None = None,
    undo: Callable[[Answer], None] = lambda _: None,
) -> Answer:
    """Return `work(sounddevice)`, done in PortAudio's own thread; what it raises is raised.

    `source` is the PulseAudio source that a stream opened by it is to have. Raises DeviceHangsError
    where it takes longer than `limit_s` (10 s), and at once while an earlier call still hangs; what
    it returns after all goes to `undo`, in that thread.
    """
    if portaudio_hangs():
        raise DeviceHangsError(HANGS, _ADVICE)
    answer: Answer = _caller.ask(_Asked(work, source, undo), limit_s or OPENS_S)
    return answer


def portaudio_hangs() -> bool:
    """Tell whether a call was given up and has not come back."""
    return _caller.hangs


def look_anew(library: Any) -> Any:  # noqa: ANN401 - sounddevice ships no types
    """Return `library` after a new look for devices; for work within `in_portaudio`.

    PortAudio looks once, when it starts, so a microphone plugged in later is found only after a
    restart of the library; that is not possible while a stream is open.
    """
    global _has_looked  # noqa: PLW0603 - PortAudio itself is one per process
    if _has_looked and _open_streams == 0:
        library._terminate()  # noqa: SLF001 - documented for exactly this use
        library._initialize()  # noqa: SLF001
    _has_looked = True
    return library


def counted(stream: Any) -> Any:  # noqa: ANN401 - the same
    """Count a stream that was opened within `in_portaudio` until `let_go` has closed it."""
    global _open_streams  # noqa: PLW0603 - PortAudio itself is one per process
    _open_streams += 1
    return stream


def closed(stream: Any) -> None:  # noqa: ANN401 - the same
    """Close a counted stream, within `in_portaudio`."""
    global _open_streams  # noqa: PLW0603 - the same
    stream.close(ignore_errors=True)
    _open_streams -= 1


def let_go(stream: Any) -> None:  # noqa: ANN401 - the same
    """Close a stream; return after 2 s even if its driver hangs and PortAudio with it."""
    with contextlib.suppress(DeviceHangsError):  # then it is closed once that has come back
        _caller.ask(_Asked(lambda _: closed(stream), None, lambda _: None), CLOSES_S)


def _leave_without_farewell() -> None:
    """Do not let sounddevice end PortAudio when Python ends: it would wait for the driver."""
    library = sys.modules.get("sounddevice")
    farewell = getattr(library, "_exit_handler", None)
    if farewell is not None:
        atexit.unregister(farewell)


@lru_cache(maxsize=1)
def _sounddevice() -> Any:  # noqa: ANN401 - the same
    if sys.platform == "linux":
        os.environ.setdefault("JACK_NO_START_SERVER", "1")
        _silence("libasound.so.2", ("snd_lib_error_set_handler",), 5)
        _silence("libjack.so.0", ("jack_set_error_function", "jack_set_info_function"), 1)
    try:
        import sounddevice
    except OSError as error:
        raise DeviceError(
            Text("系统缺少录音组件 PortAudio。", "The sound library PortAudio is missing."),
            Text(
                "请安装后重试：sudo apt-get install libportaudio2 libasound2-plugins",
                "Install it and try again: sudo apt-get install libportaudio2 libasound2-plugins",
            ),
        ) from error
    return sounddevice


def _silence(library: str, setters: tuple[str, ...], arguments: int) -> None:
    """Give the library a message handler that does nothing, where the library exists."""
    handler = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * arguments)(lambda *_: None)
    try:
        loaded = ctypes.CDLL(library)
        for setter in setters:
            getattr(loaded, setter)(handler)
    except (OSError, AttributeError):
        return
    _kept.append(handler)


@contextlib.contextmanager
def silent_stderr() -> Iterator[None]:
    """Drop what C code prints to descriptor 2 within the block: PortAudio names its own lines."""
    if sys.stderr is not None:
        sys.stderr.flush()
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
