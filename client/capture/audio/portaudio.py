"""The PortAudio library: loaded without noise, looked through anew, let go of without hanging."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from client.base.errors import DeviceError
from client.base.text import Text

CLOSE_SECONDS = 2.0
_lock = threading.RLock()
_open_streams = 0
_kept: list[Any] = []
"""Callbacks that C code holds; they must outlive it."""


def fresh_portaudio() -> Any:  # noqa: ANN401 - sounddevice ships no types
    """Return sounddevice after a new look for devices.

    PortAudio looks once, when it starts, so a microphone plugged in later is found only after a
    restart of the library; that is not possible while a stream is open.
    """
    library, is_new = _load()
    with _lock:
        if not is_new and _open_streams == 0:
            with silent_stderr():
                library._terminate()  # noqa: SLF001 - documented for exactly this use
                library._initialize()  # noqa: SLF001
    return library


def opened(open_stream: Any) -> Any:  # noqa: ANN401 - the same
    """Call `open_stream` and count the stream that it returns until `let_go` has closed it."""
    global _open_streams  # noqa: PLW0603 - PortAudio itself is one per process
    with _lock, silent_stderr():
        stream = open_stream()
        _open_streams += 1
    return stream


def let_go(stream: Any) -> None:  # noqa: ANN401 - the same
    """Close a stream; return after 2 s even if its sound server hangs and PortAudio with it."""
    closer = threading.Thread(target=_close, args=(stream,), name="sound-closer", daemon=True)
    closer.start()
    closer.join(CLOSE_SECONDS)


def _close(stream: Any) -> None:  # noqa: ANN401 - the same
    global _open_streams  # noqa: PLW0603 - the same
    stream.close(ignore_errors=True)
    with _lock:
        _open_streams -= 1


_loaded = False


def _load() -> tuple[Any, bool]:
    """Return sounddevice, and whether this call loaded it (and it just looked for devices)."""
    global _loaded
    with _lock:
        is_new, _loaded = not _loaded, True
        return _sounddevice(), is_new


@lru_cache(maxsize=1)
def _sounddevice() -> Any:  # noqa: ANN401 - the same
    if sys.platform == "linux":
        os.environ.setdefault("JACK_NO_START_SERVER", "1")
        _silence("libasound.so.2", ("snd_lib_error_set_handler",), 5)
        _silence("libjack.so.0", ("jack_set_error_function", "jack_set_info_function"), 1)
    try:
        with silent_stderr():
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
