"""A whole contest in miniature, 彩排: its plan, its one contestant, what it reports at the end."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from client.base.clock import SECOND_US

BEIJING = timezone(timedelta(hours=8))
TICKET = "REHEARSAL-001"
CODE = "REHEARSE"
PAPER = "rehearsal"
HEARTBEAT_S = 5
MIN_SECONDS = 8
LEAST_LEAD_S = 3.0
STARTS_TO_LEAD = 2.0
"""Enrolment, recorder and preflight take at most so often what the organizer's start took."""


def lead_seconds(organizer_took_s: float) -> float:
    """Return how long before filming the plan must be signed, on a computer this fast today."""
    return LEAST_LEAD_S + STARTS_TO_LEAD * organizer_took_s


def rehearsal_plan(
    address: str,
    begins_us: int,
    seconds: int,
    revision: int = 1,
    *,
    second_camera: bool = False,
) -> bytes:
    """Return an unsigned plan: a session of `seconds` that begins to film at `begins_us` (UTC).

    A quarter of it is the identity step, as the fifteen minutes before a real contest.
    """
    identity_s = max(2, seconds // 4)
    begins = datetime.fromtimestamp(begins_us / SECOND_US, UTC).astimezone(BEIJING)
    starts = begins + timedelta(seconds=identity_s)
    ends = begins + timedelta(seconds=seconds)
    document: dict[str, Any] = {
        "kind": "saijian.plan/1",
        "id": "rehearsal",
        "name": {"zh": "赛鉴彩排", "en": "SaiJian rehearsal"},
        "revision": revision,
        "rehearsal": True,
        "organizer": {
            "name": {"zh": "本机彩排组委会", "en": "Rehearsal organizer on this computer"},
            "phone": "000-0000",
            "address": address,
            "keys": [],
        },
        "projects": [_project(starts, ends)],
        "timing": {
            "opens_minutes_before": 60,
            "filming_minutes_before": identity_s / 60,
            "late_identity_minutes": 0.1,
            "overrun_minutes": 0,
        },
        "recording": {"key_frame_seconds": 5, "second_camera": second_camera},
        "upload": {"heartbeat_seconds": HEARTBEAT_S, "line_kbps": 100_000, "share_percent": 80},
        "rules": [
            {"zh": "彩排：录像只保存在本机。", "en": "A rehearsal: nothing leaves this computer."}
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _project(starts: datetime, ends: datetime) -> dict[str, Any]:
    name = {"zh": "彩排", "en": "Rehearsal"}
    times = {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
    return {"id": "rehearsal", "name": name, "papers": [{"id": PAPER, "name": name, **times}]}


def rehearsal_roster() -> bytes:
    """Return the roster of the one contestant, CSV."""
    return f"ticket,code,name,papers\n{TICKET},{CODE},彩排选手,{PAPER}\n".encode()
