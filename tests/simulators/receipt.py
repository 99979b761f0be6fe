"""A storage receipt as an organizer signs it; its key is a prop."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.contest.plan import Plan
from client.contest.signed import public_key, sign
from tests.simulators.session import make_plan

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def storage_receipt(key: Ed25519PrivateKey = KEY) -> dict[str, Any]:
    """Return the document for a session of two files."""
    return sign(
        {
            "kind": "saijian.storage/1",
            "session": "3f2b8c1e-5a77-4d0e-9a3b-000000000001",
            "seal_sha256": "0123456789abcdef" * 4,
            "head": {"seq": 9, "sha256": "00" * 32},
            "files": {
                "screen-01.mp4": {"bytes": 700, "sha256": "00" * 32},
                "journal.jsonl": {"bytes": 300, "sha256": "00" * 32},
            },
            "time_us": 1_795_311_000_000_000,
            "address": "203.0.113.7",
            "key": public_key(key),
        },
        key,
    )


def plan_signed_by(*keys: str, plan: Plan | None = None) -> Plan:
    """Return `plan`, else the simulated one, of an organizer with `keys`."""
    plan = plan or make_plan()
    organizer = plan.organizer.model_copy(update={"keys": keys})
    return plan.model_copy(update={"organizer": organizer})
