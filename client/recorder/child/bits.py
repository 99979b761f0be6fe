"""H.264 as bits: Exp-Golomb numbers (ITU-T H.264, 9.1), NAL units of a byte stream (annex B)."""

from __future__ import annotations

import re

_EMULATION = re.compile(rb"\0\0(?=[\0-\3])")


class UnusualStreamError(Exception):
    """The stream uses something that these pictures are not made for."""


class BitReader:
    """Reads the bits of a NAL unit's payload, its emulation prevention removed."""

    def __init__(self, payload: bytes) -> None:
        """Begin behind the NAL header byte."""
        self._bits = int.from_bytes(payload, "big")
        self._length = len(payload) * 8
        self.position = 0

    def u(self, count: int) -> int:
        """Return the next `count` bits (descriptor "u")."""
        self.position += count
        if self.position > self._length:
            raise UnusualStreamError("too short")
        return self._bits >> (self._length - self.position) & (1 << count) - 1

    def ue(self) -> int:
        """Return the next Exp-Golomb number (descriptor "ue")."""
        zeros = 0
        while not self.u(1):
            zeros += 1
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """Return the next signed Exp-Golomb number (descriptor "se")."""
        number = self.ue()
        return (number + 1) // 2 if number & 1 else -(number // 2)


class BitWriter:
    """Collects bits, the first one highest."""

    def __init__(self) -> None:
        """Begin empty."""
        self._value = 0
        self.length = 0

    def u(self, count: int, value: int) -> None:
        """Append `count` bits."""
        self._value = self._value << count | value
        self.length += count

    def ue(self, value: int) -> None:
        """Append an Exp-Golomb number."""
        bits = (value + 1).bit_length()
        self.u(2 * bits - 1, value + 1)

    def se(self, value: int) -> None:
        """Append a signed Exp-Golomb number."""
        self.ue(2 * value - 1 if value > 0 else -2 * value)

    def bytes(self, fill: int) -> bytes:
        """Return the bits, filled up to a whole byte with bits of `fill`."""
        while self.length % 8:
            self.u(1, fill)
        return self._value.to_bytes(self.length // 8, "big")


def split(stream: bytes) -> list[bytes]:
    """Return the NAL units of an Annex B stream, without start codes."""
    units = stream.split(b"\0\0\1")[1:]
    return [unit.rstrip(b"\0") if unit is not units[-1] else unit for unit in units]


def escaped(payload: bytes) -> bytes:
    """Return the payload with emulation prevention (7.4.1): no 00 00 00..03 in it."""
    return _EMULATION.sub(b"\0\0\3", payload)


def unescaped(unit: bytes) -> bytes:
    """Return the payload without emulation prevention."""
    return unit.replace(b"\0\0\3", b"\0\0")
