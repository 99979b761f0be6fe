from __future__ import annotations

import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.errors import EvidenceError
from client.contest.signed import public_key
from client.evidence.keys import create_key, destroy_key, load_key, read_public_key


def test_a_key_is_private_and_comes_back(tmp_path):
    path = tmp_path / "key.pem"
    key = create_key(path)
    assert public_key(load_key(path)) == public_key(key)
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_destroyed_key_is_gone_and_destroying_twice_is_fine(tmp_path):
    path = tmp_path / "key.pem"
    create_key(path)
    destroy_key(path)
    assert not path.exists()
    destroy_key(path)


@pytest.mark.parametrize("content", [None, b"", b"rubbish", "rsa"])
def test_what_is_no_key_is_refused(tmp_path, content):
    path = tmp_path / "key.pem"
    if content == "rsa":
        content = rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EvidenceError):
        load_key(path)
    with pytest.raises(EvidenceError):
        read_public_key(str(path))


def test_a_public_key_is_read_from_digits_hex_file_pem_and_private_key(tmp_path):
    key = Ed25519PrivateKey.generate()
    digits = public_key(key)
    spki = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "hex.pub").write_text(digits.upper() + "\n")
    (tmp_path / "key.pub").write_bytes(spki)
    made = create_key(tmp_path / "private.pem")
    assert read_public_key(digits) == digits
    assert read_public_key(str(tmp_path / "hex.pub")) == digits
    assert read_public_key(str(tmp_path / "key.pub")) == digits
    assert read_public_key(str(tmp_path / "private.pem")) == public_key(made)


@pytest.mark.parametrize("text", ["", "12", "g" * 64, "no/such/file", "\x00"])
def test_anything_else_is_no_public_key(text):
    with pytest.raises(EvidenceError):
        read_public_key(text)
