"""Ed25519 keys on disk: the organizer's as PKCS #8 PEM (RFC 8410), the session's locked as well.

The session's key is the contestant's program's own: `base/secret.py` locks it to this user on
Windows. The organizer's is backed up and moved between computers, so it stays readable PEM.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from client.base.errors import EvidenceError
from client.base.files import read_file, remove_file, sync_folder, write_atomically
from client.base.paths import extended
from client.base.secret import protect, unprotect
from client.base.text import Text
from client.contest.signed import PublicKey, public_key

_HEX_KEY = re.compile(r"^[0-9A-Fa-f]{64}$")


def create_key(path: Path) -> Ed25519PrivateKey:
    """Make a new key and keep it at `path`, readable by this user alone."""
    key = Ed25519PrivateKey.generate()
    write_atomically(path, _pem(key), private=True)
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read the key at `path`; EvidenceError where there is none or it is not one."""
    return _load(path, _as_it_is)


def create_session_key(path: Path) -> Ed25519PrivateKey:
    """Make a new key and keep it at `path`, locked so that only this user can use it."""
    key = Ed25519PrivateKey.generate()
    write_atomically(path, protect(_pem(key)), private=True)
    return key


def load_session_key(path: Path) -> Ed25519PrivateKey:
    """Read what `create_session_key` kept; EvidenceError where it is gone, damaged or another's."""
    return _load(path, unprotect)


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _as_it_is(data: bytes) -> bytes:
    return data


def _load(path: Path, unlocked: Callable[[bytes], bytes]) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(unlocked(read_file(path)), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path)
    return key


def read_public_key(text: str) -> PublicKey:
    """Return the public key that `text` is, or that the file of this name holds (hex or PEM).

    EvidenceError where it is neither; a private key's file is accepted for its public half.
    """
    path = extended(Path(text))
    try:
        if _HEX_KEY.match(text.strip()):
            return PublicKey(text.strip().lower())
        data = path.read_bytes()
        if _HEX_KEY.match(data.decode("ascii").strip()):
            return PublicKey(data.decode("ascii").strip().lower())
        if b"PRIVATE KEY" in data:
            return public_key(load_key(path))
        key = serialization.load_pem_public_key(data)
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise _no_public_key(text) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_public_key(text)
    return PublicKey(key.public_bytes_raw().hex())


def destroy_key(path: Path) -> None:
    """Overwrite and remove the key: after the close nobody can sign for this session."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    remove_file(path)
    sync_folder(path.parent)


def _no_public_key(text: str) -> EvidenceError:
    return EvidenceError(
        Text(f"这不是组委会公钥：{text}。", f"This is no organizer's public key: {text}."),
        Text(
            "请使用组委会公布的 64 位十六进制公钥，或公钥文件。",
            "Use the 64 hex digits that the organizer published, or its key file.",
        ),
    )


def _unusable(path: Path) -> EvidenceError:
    return EvidenceError(
        Text(f"签名密钥不可用：{path}。", f"The signing key cannot be used: {path}."),
        Text("请从备份恢复该文件，或重新生成密钥。", "Restore the file, or make a new key."),
    )
