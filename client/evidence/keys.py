"""Ed25519 keys on disk, as PKCS #8 PEM (RFC 8410): the session's and the organizer's."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.errors import EvidenceError
from client.base.files import sync_folder, write_atomically
from client.base.text import Text


def create_key(path: Path) -> Ed25519PrivateKey:
    """Make a new key and keep it at `path`, readable by this user alone."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_atomically(path, pem, private=True)
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read the key at `path`; EvidenceError where there is none or it is not one."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path)
    return key


def destroy_key(path: Path) -> None:
    """Overwrite and remove the key: after the close nobody can sign for this session."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def _unusable(path: Path) -> EvidenceError:
    return EvidenceError(
        Text(f"签名密钥不可用：{path}。", f"The signing key cannot be used: {path}."),
        Text("请从备份恢复该文件，或重新生成密钥。", "Restore the file, or make a new key."),
    )
