"""What the system does to a microphone while it is open: mutes it, or gives us another one."""

from __future__ import annotations

import sys
from typing import Protocol

from client.capture.audio.pulse_watch import PulseWatch


class Watch(Protocol):
    """Watches one microphone from its making until `close`."""

    is_muted: bool
    """The system says that it is muted; as fresh as the last `is_moved`."""

    def is_moved(self) -> bool:
        """Tell whether what we hear is another device than the one that was opened."""
        ...

    def close(self) -> None:
        """Stop watching; waits a second at most."""
        ...


def watch_of(name: str, *, is_of_server: bool, process: int | None = None) -> Watch | None:
    """Return what watches the microphone `name`; None where the system tells nothing.

    `is_of_server` says that a sound server has the stream of `process` (None: this one).
    """
    if is_of_server:
        return PulseWatch(process)
    if sys.platform == "win32":
        from client.capture.audio.core_audio import MuteWatch, WindowsCom

        return MuteWatch(name, WindowsCom)
    return None
