"""A disk that takes nothing for a while: said once when it begins, and once it is over."""

from __future__ import annotations

from client.base.clock import SECOND_US
from client.base.text import Text

SLOW_US = 2 * SECOND_US
STALLED = Text(
    "磁盘停顿：已有 {seconds} 秒没有写入，录像先存在内存里，请不要关机",
    "the disk stands still: nothing written for {seconds} s, the recording waits in memory; "
    "do not switch off",
)
TAKES_AGAIN = Text(
    "磁盘停顿了 {seconds} 秒，现在恢复，录像没有丢失",
    "the disk stood still for {seconds} s and takes data again; nothing of the recording is lost",
)
FELL_SHORT = Text(
    "磁盘停顿了 {seconds} 秒，现在恢复；内存已存满，期间有画面没有录下",
    "the disk stood still for {seconds} s and takes data again; memory was full by then, and some "
    "pictures were not recorded",
)


class StallWatch:
    """Looks at since when the oldest unanswered write or sync waits. Not thread-safe."""

    def __init__(self) -> None:
        """Begin with a disk that answers."""
        self._since_us: int | None = None
        self._seen_us = 0
        self._times_full = 0
        """As it was before the disk stood still."""

    def look(self, now_us: int, waiting_since_us: int | None, times_full: int) -> Text | None:
        """Return what is to be said, if anything; None for a disk that has nothing to do.

        `times_full` is how often a track had to wait since memory held no more.
        """
        if waiting_since_us is not None and now_us - waiting_since_us > SLOW_US:
            is_news = self._since_us is None
            self._since_us = waiting_since_us if self._since_us is None else self._since_us
            self._seen_us = now_us
            return self._said(STALLED) if is_news else None
        before, self._times_full = self._times_full, times_full
        if self._since_us is None:
            return None
        self._seen_us = now_us
        said = self._said(TAKES_AGAIN if times_full <= before else FELL_SHORT)
        self._since_us = None
        return said

    @property
    def present(self) -> Text | None:
        """Return what is to be shown now."""
        return self._said(STALLED) if self._since_us is not None else None

    def _said(self, text: Text) -> Text:
        return text.format(seconds=(self._seen_us - (self._since_us or 0)) // SECOND_US)
