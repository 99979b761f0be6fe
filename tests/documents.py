"""What an organizer signs, in small: plan, enrolment, receipt, storage receipt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.contest.contestant import Ticket, ticket_digest
from client.contest.receipt import JournalHead
from client.contest.signed import PublicKey, public_key, sha256, sign
from client.evidence.seal import Seal

SESSION = "3f2b8c1e-5a77-4d0e-9a3b-000000000001"
OTHER_SESSION = "3f2b8c1e-5a77-4d0e-9a3b-000000000002"


HOURS = ("2026-11-22T09:30:00+08:00", "2026-11-22T11:30:00+08:00")


def plan_document(
    organizer: Ed25519PrivateKey, hours: tuple[str, str] = HOURS, **changes: Any
) -> dict[str, Any]:
    """Return a signed plan with one paper; heartbeats every second."""
    plan = {
        "kind": "saijian.plan/1",
        "id": "builder-contest",
        "name": {"zh": "测试竞赛"},
        "revision": 1,
        "organizer": {
            "name": {"zh": "测试组委会"},
            "phone": "000-0000",
            "address": "http://127.0.0.1:1",
            "keys": [public_key(organizer)],
        },
        "projects": [
            {
                "id": "project",
                "name": {"zh": "项目"},
                "papers": [
                    {
                        "id": "paper",
                        "name": {"zh": "场次"},
                        "starts_at": hours[0],
                        "ends_at": hours[1],
                    }
                ],
            }
        ],
        "upload": {"heartbeat_seconds": 1},
        **changes,
    }
    return sign(plan, organizer)


def enrolment_document(
    organizer: Ed25519PrivateKey,
    session_key: PublicKey,
    plan: bytes,
    time_us: int,
    session: str = SESSION,
) -> dict[str, Any]:
    """Return a signed enrolment of `session`."""
    return sign(
        {
            "kind": "saijian.enrolment/1",
            "contest": "builder-contest",
            "paper": "paper",
            "session": session,
            "session_key": session_key,
            "ticket_digest": ticket_digest("builder-contest", Ticket("T-1")),
            "role": "primary",
            "plan_sha256": sha256(plan),
            "seat": None,
            "group": None,
            "address": "203.0.113.7",
            "time_us": time_us,
            "key": public_key(organizer),
        },
        organizer,
    )


def receipt_document(
    organizer: Ed25519PrivateKey, head: JournalHead, time_us: int, session: str = SESSION
) -> dict[str, Any]:
    """Return a signed answer to a heartbeat."""
    return sign(
        {
            "kind": "saijian.receipt/1",
            "session": session,
            "head": head.model_dump(),
            "time_us": time_us,
            "address": "203.0.113.7",
            "nonce": sha256(str(time_us).encode()),
            "other": None,
            "key": public_key(organizer),
        },
        organizer,
    )


def storage_document(organizer: Ed25519PrivateKey, folder: Path, time_us: int) -> dict[str, Any]:
    """Return the signed storage receipt of the sealed session in `folder`."""
    seal_bytes = (folder / "seal.json").read_bytes()
    seal = Seal.model_validate_json(seal_bytes)
    names = ["journal.jsonl", *seal.files]
    stored = {name: (folder / name).read_bytes() for name in names}
    return sign(
        {
            "kind": "saijian.storage/1",
            "session": seal.session,
            "seal_sha256": sha256(seal_bytes),
            "head": seal.head.model_dump(),
            "files": {n: {"bytes": len(d), "sha256": sha256(d)} for n, d in stored.items()},
            "time_us": time_us,
            "address": "203.0.113.7",
            "key": public_key(organizer),
        },
        organizer,
    )
