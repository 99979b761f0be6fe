"""Smallest 64-bit Windows files, made by hand: what they import, who seems to have made them."""

import struct

SECTION, RAW, ALIGN = 0x1000, 0x200, 0x200
ORDINAL = struct.pack("<QQ", 1 << 63 | 1, 0)
"""One function by its number, then the end."""


def pe(imports=(), delayed=(), *, wine=False, version=False):
    """Return the bytes of a DLL with these imports; `version` gives it a resource section."""
    body = bytearray(ORDINAL)  # all tables of functions are this one

    def put(data):
        place = SECTION + len(body)
        body.extend(data)
        return place

    names = {name: put(name.encode() + b"\0") for name in (*imports, *delayed)}
    slot = put(ORDINAL)
    now = b"".join(struct.pack("<5I", SECTION, 0, 0, names[n], SECTION) for n in imports)
    later = b"".join(
        struct.pack("<8I", 1, names[n], slot, SECTION, SECTION, 0, 0, 0) for n in delayed
    )
    directories = [(0, 0)] * 16
    if imports:
        directories[1] = (put(now + bytes(20)), len(now) + 20)
    if delayed:
        directories[13] = (put(later + bytes(32)), len(later) + 32)
    if version:
        directories[2] = (put(bytes(16)), 16)
    return bytes(_headers(directories, len(body), wine) + body)


def _headers(directories, length, wine):
    mark = b"Wine builtin DLL" if wine else b"\x0e\x1f\xba\x0e\x00\xb4\x09\xcd"
    dos = b"MZ" + bytes(58) + struct.pack("<I", 0x80) + mark.ljust(0x40, b"\0")
    coff = b"PE\0\0" + struct.pack("<2H3I2H", 0x8664, 1, 0, 0, 0, 240, 0x2022)
    optional = struct.pack("<HBB5I", 0x20B, 14, 0, 0, length, 0, 0, SECTION)
    optional += struct.pack("<Q2I6H4I2H4Q2I", 1 << 32, SECTION, ALIGN, 6, 0, 0, 0, 6, 0, 0,
        SECTION + 0x10000, RAW, 0, 3, 0, 1 << 20, 1 << 12, 1 << 20, 1 << 12, 0, 16)  # fmt: skip
    optional += b"".join(struct.pack("<2I", *entry) for entry in directories)
    section = b".rdata\0\0" + struct.pack(
        "<6I2HI", length, SECTION, length, RAW, 0, 0, 0, 0, 0x40000040
    )
    return (dos + coff + optional + section).ljust(RAW, b"\0")
