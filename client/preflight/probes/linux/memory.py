"""The memory that is plugged in, by the kernel's blocks of it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def read_installed(blocks: Path = Path("/sys/devices/system/memory")) -> int | None:
    """Return bytes; None where the kernel keeps no such list (small systems)."""
    with suppress(OSError, ValueError):
        size = int((blocks / "block_size_bytes").read_text(encoding="ascii"), 16)
        return size * sum(1 for _ in blocks.glob("memory[0-9]*")) or None
    return None
