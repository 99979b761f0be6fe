"""The phones that the contestant has looked for and found here: only those are looked for again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from client.base.files import read_file, write_atomically

if TYPE_CHECKING:
    from client.capture.camera.phone.find import Found  # asyncio: a recorder starts without it

NAME = "phones.json"
MOST = 32
MOST_BYTES = 65_536


@dataclass(frozen=True)
class Known:
    """One phone: where it was, and by what it is known to be the same."""

    address: str
    """Without any password."""
    mac: str
    gateway: bool


def remember(path: Path, found: Iterable[Found]) -> None:
    """Add what was found; OSError where it cannot be written."""
    new = [Known(f.address, f.mac, f.gateway) for f in found if f.mac or f.gateway]
    fresh = {phone.address for phone in new}
    kept = [*new, *(phone for phone in load(path) if phone.address not in fresh)][:MOST]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps([asdict(phone) for phone in kept]).encode(), private=True)


def load(path: Path) -> list[Known]:
    """Return them, the latest first; none where the file is missing or damaged."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        data = read_file(path)
        if len(data) <= MOST_BYTES:
            rows = json.loads(data)
            return [
                Known(str(row["address"]), str(row["mac"]), bool(row["gateway"])) for row in rows
            ][:MOST]
    return []


def known_as(path: Path, address: str) -> Known | None:
    """Return the phone that was found at `address`, whatever its user name and password."""
    return next((phone for phone in load(path) if _place(phone.address) == _place(address)), None)


def _place(address: str) -> tuple[str, str | None, int | None, str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port, parts.path, parts.query
