"""The seal: written once by the recorder when the journal is closed, signed by the session key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from client.base.bounded import read_whole
from client.base.errors import EvidenceError
from client.base.files import write_atomically
from client.base.text import Text
from client.contest.receipt import JournalHead, StorageReceipt
from client.contest.signed import public_key, sign
from client.contest.values import Base64, Count, HexKey, Micros, Uuid, Value
from client.evidence.entries import FileName
from client.evidence.layout import JOURNAL

MAX_SEAL_BYTES = 4 << 20
"""Ten thousand parts of every track take half of it."""


class Seal(Value):
    """What the session consists of: the journal up to `head`, and each track file's bytes."""

    kind: Literal["saijian.seal/1"] = "saijian.seal/1"
    session: Uuid
    session_key: HexKey
    head: JournalHead
    journal_bytes: Count
    files: dict[FileName, Count]
    utc_us: Micros
    signature: Base64

    def is_stored_by(self, receipt: StorageReceipt) -> bool:
        """Tell whether the receipt is of this head and of every byte of each file.

        An empty file need not be stored: a recorder died between making it and its first byte.
        """
        wanted = {JOURNAL: self.journal_bytes, **self.files}
        given = {name: file.bytes for name, file in receipt.files.items()}
        return receipt.head == self.head and all(
            given.get(name, 0) == wanted.get(name, 0) for name in {*wanted, *given}
        )


def write_seal(path: Path, unsigned: Seal, key: Ed25519PrivateKey) -> Seal:
    """Sign and write the seal; one that is there already is left as it is and returned."""
    if path.exists():
        return load_seal(path)
    document = {**unsigned.model_dump(mode="json"), "session_key": public_key(key)}
    signed = sign(document, key)
    write_atomically(path, json.dumps(signed, indent=1).encode())
    return Seal.model_validate(signed)


def read_seal(path: Path) -> bytes:
    """Return a seal's bytes; OSError where it cannot be read, or is larger than any seal."""
    return read_whole(path, MAX_SEAL_BYTES)


def load_seal(path: Path) -> Seal:
    """Read a seal; EvidenceError where it cannot be read (its signature is `verify`'s matter)."""
    try:
        return Seal.model_validate_json(read_seal(path))
    except (OSError, ValidationError) as error:
        raise EvidenceError(
            Text(f"封存文件读不出：{path}。", f"The seal cannot be read: {path}."),
            Text("请检查该场次文件夹是否完整。", "Check that the session folder is complete."),
        ) from error
