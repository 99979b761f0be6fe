"""Whether the sound server still gives us the source that we asked for, and its sound.

When a microphone is unplugged, PulseAudio moves its streams to another source, on most desktops the
monitor of the loudspeaker; anybody may move them by hand as well. Nothing in the stream tells.
"""

from __future__ import annotations

import os
import subprocess
import threading

from client.base.job import helper
from client.capture.audio.pulse import muted_sources, streams_of

_SUBSCRIBE = ("env", "LC_ALL=C.UTF-8", "pactl", "subscribe")
LOOKS = 20
"""So often a stream is looked for that the server does not show as ours."""
_TELLING = b" source"
"""In `Event 'change' on source-output #7`; our own questions make events of clients only."""


class PulseWatch:
    """Listens to the server from its making until `close`; asks it only when something changed."""

    def __init__(self, process: int | None = None) -> None:
        """Begin to listen, before the stream of `process` (None: this one) is started."""
        self._recorder = os.getpid() if process is None else process
        self._news = threading.Event()
        self._news.set()
        self._closed = threading.Event()
        self._sources: dict[int, int] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._looks = LOOKS
        self.is_muted = False
        """The source of our streams is muted, by what `is_moved` last heard."""
        self._thread = threading.Thread(target=self._listen, name="pulse-watch", daemon=True)
        self._thread.start()

    def is_moved(self) -> bool:
        """Tell whether a stream is on another source than when first seen."""
        if not self._news.is_set():
            return False
        self._news.clear()
        now = streams_of(self._recorder)
        before, self._sources = self._sources, {**now, **self._sources}
        if not now and not before and self._looks:
            self._looks -= 1
            self._news.set()  # not there yet: look again
        self.is_muted = not muted_sources().isdisjoint(now.values())
        return any(now[stream] != source for stream, source in before.items() if stream in now)

    def close(self) -> None:
        """Stop listening; waits a second at most."""
        self._closed.set()
        if self._process is not None:
            self._process.kill()
        self._thread.join(1.0)

    def _listen(self) -> None:
        try:
            with helper(_SUBSCRIBE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
                self._process = process
                if self._closed.is_set() or process.stdout is None:
                    return
                for line in process.stdout:
                    if _TELLING in line:
                        self._news.set()
        except OSError:  # no `pactl`: then no source of a server was offered either
            return
