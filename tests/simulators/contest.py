"""A small contest for tests: an organizer's folder with keys, a signed plan and a roster."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from client.contest.plan import PublishedPlan
from client.organizer.enlist import load_roster
from client.organizer.folder import OrganizerFolder, init_folder
from client.organizer.publish import sign_plan

BEIJING = timezone(timedelta(hours=8))
TICKETS = ("T-1", "T-2", "T-3")


def code_of(ticket: str) -> str:
    """Return the one-time code that the roster gives to `ticket`."""
    return f"code-{ticket}"


@dataclass(frozen=True)
class Contest:
    """What a test needs to know of the organizer that it talks to."""

    folder: OrganizerFolder
    plan: PublishedPlan
    key: str
    port: int


def free_port() -> int:
    """Return a TCP port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def draft(address: str, **changes: Any) -> dict[str, Any]:
    """Return an unsigned plan with the papers `one` (now) and `two` (in three hours)."""
    now = datetime.now(BEIJING).replace(microsecond=0)
    papers = [
        {
            "id": name,
            "name": {"zh": title},
            "starts_at": (now + timedelta(hours=start)).isoformat(),
            "ends_at": (now + timedelta(hours=start + 2)).isoformat(),
        }
        for name, title, start in (("one", "第一场", 0), ("two", "第二场", 3))
    ]
    return {
        "kind": "saijian.plan/1",
        "id": "test-contest",
        "name": {"zh": "测试竞赛", "en": "Test contest"},
        "revision": 1,
        "rehearsal": True,
        "organizer": {"name": {"zh": "组委会"}, "phone": "0731-0000000", "address": address},
        "projects": [{"id": "shop", "name": {"zh": "电子商务师"}, "papers": papers}],
        "groups": [{"id": "staff", "name": {"zh": "职工组"}}],
        "sites": [
            {
                "id": "changsha",
                "name": {"zh": "长沙"},
                "rooms": [{"id": "room-1", "name": {"zh": "一号机房"}, "seats": 30}],
            }
        ],
        **changes,
    }


def prepare_contest(
    root: Path,
    *,
    port: int | None = None,
    scheme: str = "http",
    tickets: tuple[str, ...] = TICKETS,
    **changes: Any,
) -> Contest:
    """Make an organizer's folder below `root`, ready to be served on `port` of loopback.

    Every ticket may sit both papers and has `code_of(ticket)`; further `changes` go into the plan.
    """
    port = port or free_port()
    folder = OrganizerFolder(root / "organizer")
    key = init_folder(folder.path)
    plan = draft(f"{scheme}://127.0.0.1:{port}", **changes)
    published = sign_plan(folder, json.dumps(plan).encode())
    rows = [
        f"{t},{code_of(t)},考生{n},staff,学校,changsha,room-1,{n},"
        for n, t in enumerate(tickets, 1)
    ]
    header = "ticket,code,name,group,school,site,room,seat,papers"
    load_roster(folder, "\n".join([header, *rows]).encode())
    return Contest(folder, published, key, port)
