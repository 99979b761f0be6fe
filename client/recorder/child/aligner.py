"""Keeps each `moof` box inside one disk block, so that a torn file still opens.

A file that ends in the middle of a `moof` is refused whole by FFmpeg's reader, and with it by most
players. After a kill or a power loss a file ends where a block ends. So a `moof` that would lie
across a block's end is pushed behind it by a `free` box (ISO/IEC 14496-12, 8.1.2).
"""

from __future__ import annotations

BLOCK = 4096
"""Bytes of a page and of a file system's block; a multiple of every disk's sector."""
_HEADER = 8


class Aligner:
    """Takes a muxer's bytes in any slices and returns what to write for them."""

    def __init__(self) -> None:
        """Begin at byte 0 of a file."""
        self._offset = 0
        self._left = 0
        """Bytes until the present box ends."""
        self._held = b""
        """The beginning of a box header that has not come whole yet."""

    def feed(self, data: bytes) -> bytes:
        """Return `data` with `free` boxes where a `moof` needs them."""
        rest = memoryview(self._held + data)
        self._held = b""
        out = bytearray()
        while rest:
            if self._left == 0:
                if len(rest) < _HEADER:
                    self._held = bytes(rest)
                    break
                out += self._begin_box(bytes(rest[:_HEADER]))
            taken = rest[: self._left]
            out += taken
            self._offset += len(taken)
            self._left -= len(taken)
            rest = rest[len(taken) :]
        return bytes(out)

    def finish(self) -> bytes:
        """Return what is still held, at the end of the stream."""
        held, self._held = self._held, b""
        return held

    def _begin_box(self, header: bytes) -> bytes:
        size = int.from_bytes(header[:4], "big")
        self._left = max(size, _HEADER)
        room = BLOCK - self._offset % BLOCK
        if header[4:] != b"moof" or size <= room or size > BLOCK:
            return b""
        padding = room if room >= _HEADER else room + BLOCK
        self._offset += padding
        return padding.to_bytes(4, "big") + b"free" + bytes(padding - _HEADER)
