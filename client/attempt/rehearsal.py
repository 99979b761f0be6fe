"""A whole contest in miniature, 彩排: its plan, its one contestant, what it reports at the end.

`saijian rehearse` runs one by itself. In a trial, 试一遍, a person goes through one by hand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from client.base.clock import SECOND_US

BEIJING = timezone(timedelta(hours=8))
TICKET = "REHEARSAL-001"
CODE = "REHEARSE"
PAPER = "rehearsal"
NO_PHONE = "000-0000"
"""Of an organizer that nobody can call: the one on this very computer."""
NOT_YET = "http://127.0.0.1:1"
"""That organizer's address before it has one."""
HEARTBEAT_S = 5
MIN_SECONDS = 8
LEAST_LEAD_S = 3.0
STARTS_TO_LEAD = 2.0
"""Enrolment, recorder and preflight take at most so often what the organizer's start took."""
TRIAL_MINUTES = 3.0
LEAST_TRIAL_MINUTES, MOST_TRIAL_MINUTES = 0.5, 60.0
LATE_MINUTES = 5.0
"""So long the identity step of a slow person's trial may take."""
OVERRUN_MINUTES = 10.0
_AS_IN_THE_CONTEST = (
    "contest_url",
    "environment",
    "identity",
    "recording",
    "retention_working_days",
    "rules",
    "sample_picture",
)
"""What a trial takes over from the contest's plan: everything that is seen, heard or measured."""


@dataclass(frozen=True)
class TrialWish:
    """What is asked of a trial."""

    like: Path | None = None
    """A session of this computer whose plan and devices are taken over; None: the next one."""
    camera: str | None = None
    microphone: str | None = None
    minutes: float = TRIAL_MINUTES
    """From the first page to the start of the contest are five sixths of them."""

    def words(self) -> list[str | float]:
        """Return it as plain values."""
        return [str(self.like or ""), self.camera or "", self.microphone or "", self.minutes]

    @classmethod
    def of_words(cls, said: object) -> TrialWish | None:
        """Return what `words` said; None for anything else."""
        match said:
            case [str(like), str(camera), str(microphone), int() | float() as minutes]:
                place = Path(like) if like else None
                return cls(place, camera or None, microphone or None, float(minutes))
            case _:
                return None


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
    begins = _beijing(begins_us)
    starts = begins + timedelta(seconds=identity_s)
    ends = begins + timedelta(seconds=seconds)
    document = _document(address, revision, starts, ends) | {
        "timing": {
            "opens_minutes_before": 60,
            "filming_minutes_before": identity_s / 60,
            "late_identity_minutes": 0.1,
            "overrun_minutes": 0,
        },
        "recording": {"key_frame_seconds": 5, "second_camera": second_camera},
        "rules": [
            {"zh": "彩排：录像只保存在本机。", "en": "A rehearsal: nothing leaves this computer."}
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def trial_plan(
    address: str,
    now_us: int,
    minutes: float,
    revision: int = 1,
    *,
    contest: dict[str, Any] | None = None,
    paper_id: str = "",
    simulated: bool = False,
) -> bytes:
    """Return the unsigned plan of a trial whose first page is shown at `now_us` (UTC).

    By hand and without haste it takes `minutes`: half for rules, consent and check, a third for the
    identity step, then the contest, of which a moment is enough. Who is slower loses nothing: the
    ends are generous. `contest` is the document of the plan that it is a trial of; its name says
    where devices are `simulated`.
    """
    starts = _beijing(now_us) + timedelta(minutes=minutes * 5 / 6)
    ends = starts + timedelta(minutes=minutes / 2)
    document = _document(address, revision, starts, ends)
    document |= {
        "id": "trial",
        "name": _trial_of(contest["name"] if contest else {}, simulated=simulated),
        "timing": {
            "opens_minutes_before": 60,
            "filming_minutes_before": minutes / 3,
            "late_identity_minutes": LATE_MINUTES,
            "overrun_minutes": OVERRUN_MINUTES,
        },
        "rules": [
            {
                "zh": "竞赛当天，这里是竞赛规则，请逐条读完。",
                "en": "On the day the rules of the contest stand here; read all of them.",
            }
        ],
    }
    if contest is not None:
        document |= {name: contest[name] for name in _AS_IN_THE_CONTEST if name in contest}
        mine = ("name", "phone", "contact")
        whose = {name: value for name, value in contest["organizer"].items() if name in mine}
        document["organizer"] |= whose
        document["projects"][0]["papers"][0]["name"] = _paper_name(contest, paper_id)
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _trial_of(name: dict[str, str], *, simulated: bool) -> dict[str, str]:
    zh, en = ("试一遍（模拟设备）", "Simulated trial run") if simulated else ("试一遍", "Trial run")
    if "zh" in name:
        zh = f"{zh}：{name['zh']}"[:120]
    return {"zh": zh, "en": f"{en}: {name['en']}"[:200] if name.get("en") else en}


def _paper_name(contest: dict[str, Any], paper_id: str) -> dict[str, str]:
    papers = [paper for project in contest["projects"] for paper in project["papers"]]
    named: dict[str, str] = next(
        (paper["name"] for paper in papers if paper["id"] == paper_id), papers[0]["name"]
    )
    return named


def _beijing(utc_us: int) -> datetime:
    return datetime.fromtimestamp(utc_us / SECOND_US, UTC).astimezone(BEIJING)


def _document(address: str, revision: int, starts: datetime, ends: datetime) -> dict[str, Any]:
    """Return what every rehearsal on this computer has in common."""
    return {
        "kind": "saijian.plan/1",
        "id": "rehearsal",
        "name": {"zh": "赛鉴彩排", "en": "SaiJian rehearsal"},
        "revision": revision,
        "rehearsal": True,
        "organizer": {
            "name": {"zh": "本机彩排组委会", "en": "Rehearsal organizer on this computer"},
            "phone": NO_PHONE,
            "address": address,
            "keys": [],
        },
        "projects": [_project(starts, ends)],
        "recording": {"key_frame_seconds": 5},
        "upload": {"heartbeat_seconds": HEARTBEAT_S, "line_kbps": 100_000, "share_percent": 80},
    }


def _project(starts: datetime, ends: datetime) -> dict[str, Any]:
    name = {"zh": "彩排", "en": "Rehearsal"}
    times = {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
    return {"id": "rehearsal", "name": name, "papers": [{"id": PAPER, "name": name, **times}]}


def rehearsal_roster() -> bytes:
    """Return the roster of the one contestant, CSV."""
    return f"ticket,code,name,papers\n{TICKET},{CODE},彩排选手,{PAPER}\n".encode()
