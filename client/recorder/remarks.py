"""What is said beside the state of a source: sound that was lost in pieces, and the spare."""

from __future__ import annotations

from client.base.text import Text
from client.recorder.protocol import SourceStatus

PIECES_LOST = Text("声音零星丢失约 {seconds} 秒", "about {seconds} s of sound lost in pieces")
SPARE = Text("备用：{name}", "spare: {name}")


def pieces_lost(source: SourceStatus) -> list[Text]:
    """Say how much sound was lost in pieces shorter than a second; nothing below 50 ms."""
    seconds = round(source.lost_ms / 1000, 1)
    return [PIECES_LOST.format(seconds=f"{seconds:.1f}")] if seconds else []


def spare(source: SourceStatus) -> list[Text]:
    """Name what is opened in its place when it fails; nothing where there is none."""
    return [SPARE.format(name=source.spare)] if source.spare else []
