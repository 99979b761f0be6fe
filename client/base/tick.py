"""A number as a pattern of 8 by 4 cells in our own window, and found again in a picture of it.

    . . . . . . . . . .      # light, . dark; the frame and the first row are always the same: they
    . # . # . # . # . .      are what is looked for. The other rows are 24 bits, the highest first:
    . 1 1 1 1 1 1 1 1 .      16 of the number, 8 that check it.
    . 1 1 1 1 1 1 1 1 .
    . 0 0 0 0 0 0 0 0 .
    . . . . . . . . . .

Cells are whole squares of one lightness, so that neither an encoder nor scaling makes them
unreadable. The number is the shared monotonic clock's, so window and recorder need not talk.
"""

from __future__ import annotations

from collections.abc import Sequence

from client.base.clock import SECOND_US

EVERY_US = 5 * SECOND_US
"""The number grows so often: each change costs a repainting."""
COLUMNS, ROWS = 8, 4
_NUMBERS = 1 << 16
GUARD = (True, False) * (COLUMNS // 2)
"""The first row."""


def number_at(at_us: int) -> int:
    """Return the number that is shown at this moment of the monotonic clock."""
    return at_us // EVERY_US % _NUMBERS


def is_fresh(number: int, at_us: int) -> bool:
    """Tell whether a window may have shown `number` at this moment; it may be one change late."""
    return (number_at(at_us) - number) % _NUMBERS <= 1


def cells(number: int) -> tuple[tuple[bool, ...], ...]:
    """Return the four rows of eight cells, light is true; 0 <= `number` < 65536."""
    bits = f"{number:016b}{_check(number):08b}"
    rows = (bits[at : at + COLUMNS] for at in range(0, len(bits), COLUMNS))
    return (GUARD, *(tuple(bit == "1" for bit in row) for row in rows))


def number_of(rows: Sequence[Sequence[bool]]) -> int | None:
    """Return the number that `cells` would show so; None where they are no such rows."""
    bits = "".join("01"[bit] for row in rows[1:] for bit in row)
    number = int(bits[:16], 2)
    is_ours = tuple(rows[0]) == GUARD and int(bits[16:], 2) == _check(number)
    return number if is_ours else None


def _check(number: int) -> int:
    """CRC-8 with the polynomial 0x07."""
    rest = number << 8
    for bit in range(23, 7, -1):
        if rest >> bit & 1:
            rest ^= 0x107 << bit - 8
    return rest ^ 0x55
