"""Signed documents: one rule for plan, enrolment, receipts, seal and journal lines.

A signed document is a JSON object whose member `signature` holds, in base64, the Ed25519 signature
(RFC 8032) of the RFC 8785 canonical form of the same object without that member. The member `kind`
is under the signature too, so a document of one kind cannot pass as another.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, NewType

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

PublicKey = NewType("PublicKey", str)
"""A raw Ed25519 public key as 64 hex digits."""

Sha256 = NewType("Sha256", str)
"""A SHA-256 digest as 64 hex digits."""

Document = dict[str, Any]


def sha256(data: bytes | memoryview) -> Sha256:
    """Return the SHA-256 digest of `data` in hex."""
    return Sha256(hashlib.sha256(data).hexdigest())


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 form; integers beyond 2**53 and NaN raise ValueError."""
    return rfc8785.dumps(dict(document))


def public_key(private: Ed25519PrivateKey) -> PublicKey:
    """Return the public half of `private`."""
    return PublicKey(private.public_key().public_bytes_raw().hex())


def sign(document: Mapping[str, Any], private: Ed25519PrivateKey) -> Document:
    """Return `document` with its `signature` added; an older signature is replaced."""
    body = {name: value for name, value in document.items() if name != "signature"}
    signature = base64.b64encode(private.sign(canonical(body))).decode("ascii")
    return {**body, "signature": signature}


def is_signed_by(untrusted: Mapping[str, Any], key: PublicKey) -> bool:
    """Tell whether `untrusted` carries a valid signature by `key`; rubbish is simply False.

    Only the one canonical base64 form of a signature counts (RFC 4648, 3.5): otherwise the unused
    bits of its last digit could be changed unnoticed.
    """
    body = {name: value for name, value in untrusted.items() if name != "signature"}
    given = untrusted.get("signature", "")
    try:
        signature = base64.b64decode(given, validate=True)
        if base64.b64encode(signature).decode("ascii") != given:
            return False
        verifier = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        verifier.verify(signature, canonical(body))
    except (InvalidSignature, ValueError, TypeError, AttributeError, RecursionError):
        return False
    return True
