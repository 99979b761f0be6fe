"""The number of the document that a contestant registered with (证件号), as a digest.

A number of GB 11643 has few unknown digits, so the digest is slow on purpose. What that protects
and what not: docs/decisions/0043.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Annotated

from pydantic import Field

from client.contest.values import HexDigest, Value

_COST, _BLOCK = 2**14, 8
"""scrypt's N and r (RFC 7914): 16 MiB, and about 50 ms of an office computer, for one number."""
_MEMORY = 64 * 1024 * 1024


def compact(text: str) -> str:
    """Return `text` in capitals without the spaces and marks that people and readers put in."""
    return re.sub(r"[\s:：.,·\-<]", "", text).upper()


class RegisteredNumber(Value):
    """Tells whether a number is the registered one, and cannot tell the number itself."""

    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]
    digest: Annotated[HexDigest, Field(repr=False)]

    @classmethod
    def of(cls, number: str, salt: bytes) -> RegisteredNumber:
        """Return the digest of `number`; `salt` are 32 bytes that belong to one contestant."""
        return cls(salt=salt.hex(), digest=_derived(number, salt))

    def is_number(self, read: str) -> bool:
        """Tell whether `read` is it: one slow derivation."""
        return hmac.compare_digest(self.digest, _derived(read, bytes.fromhex(self.salt)))


def _derived(number: str, salt: bytes) -> str:
    text = f"saijian.document/1\n{compact(number)}".encode()
    return hashlib.scrypt(text, salt=salt, n=_COST, r=_BLOCK, p=1, dklen=32, maxmem=_MEMORY).hex()
