"""`POST /reports`: what computers say of themselves before the contest, in a folder for the board.

Computers are checked the evening before, when nobody is enrolled: whoever reaches the organizer may
send, and nothing of what is sent proves anything. So all is bounded: bytes, reports of an address,
reports of a computer, files. Names of files are made here, from values that were validated.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from client.base.clock import SECOND_US
from client.base.errors import SaiJianError
from client.base.files import private_folder, remove_file, write_atomically
from client.organizer.deps import Address
from client.organizer.office import Office, line_of
from client.organizer.problems import Refusal, answers
from client.organizer.throttle import Throttle

HOUR_US = 3600 * SECOND_US
OF_ADDRESS = 1000
"""Reports of one address within an hour: two hundred computers behind one line, five times."""
OF_COMPUTER = 12
"""Reports of one seat and role that are kept."""
MOST_FILES = 8000
_NAME = re.compile(r"([A-Z]{0,2}[1-9][0-9]{0,3}-(?:primary|backup))-\d{8}T\d{6}Z-([0-9a-f]{6})")


@dataclass(frozen=True)
class SentReport:
    """A report that was read and is one; `data` is what the reader of it writes, not what came."""

    seat: str
    role: str
    host: str
    when: datetime
    plan_sha256: str
    """Empty where it was judged by no plan."""
    data: bytes

    @property
    def name(self) -> str:
        """Return its file name: the same report sent twice is one file."""
        computer = hashlib.sha256(self.host.encode()).hexdigest()[:6]
        digest = hashlib.sha256(self.data).hexdigest()[:6]
        return f"{self.seat}-{self.role}-{self.when:%Y%m%dT%H%M%SZ}-{computer}{digest}.json"


ReadReport = Callable[[bytes], SentReport]
"""Refusal `bad_report` for anything else than a report. The format belongs to another room."""


class _Kept(NamedTuple):
    """A file of the folder, by what its name says."""

    arrived_ns: int
    path: Path
    place: str
    host: str


class ReportDesk:
    """Takes reports. Safe to use from several threads."""

    def __init__(self, office: Office, read: ReadReport) -> None:
        """File what `read` finds to be a report in the folder of `office`."""
        self._office = office
        self._read = read
        self._lock = Lock()
        self._throttle = Throttle(OF_ADDRESS, HOUR_US)

    def expect(self, address: str) -> None:
        """Count a report of `address` before it is read; Refusal `reports_used_up`."""
        now = self._office.now_us()
        if self._throttle.is_blocked(address, now):
            raise Refusal("reports_used_up", {"Retry-After": "3600"})
        self._throttle.count(address, now)

    def take(self, untrusted: bytes) -> None:
        """Keep a report. Refusal where it is none, of another contest, or there is no room."""
        report = self._read(untrusted)
        try:
            plan = self._office.plans.find(report.plan_sha256)
        except (OSError, SaiJianError) as error:
            raise Refusal("no_plan") from error
        if plan is None:
            raise Refusal("plan_unknown")
        folder = self._office.folder.reports
        with self._lock:
            try:
                self._file(private_folder(folder), report)
            except OSError as error:
                raise self._office.disk.full() from error

    def _file(self, folder: Path, report: SentReport) -> None:
        self._office.disk.require(len(report.data))
        kept = _kept(folder)
        mine = [one for one in kept if one.place == f"{report.seat}-{report.role}"]
        if len(kept) >= MOST_FILES and not mine:
            raise Refusal("reports_full")
        write_atomically(folder / report.name, report.data, private=True)
        others = [one for one in mine if one.path.name != report.name]
        if len(others) >= OF_COMPUTER:
            remove_file(_least_missed(others).path)


def _kept(folder: Path) -> list[_Kept]:
    """Return the reports that lie there; what a board keeps beside them is none."""
    return [
        _Kept(path.stat().st_mtime_ns, path, match[1], match[2])
        for path in folder.iterdir()
        if (match := _NAME.match(path.name)) is not None
    ]


def _least_missed(kept: list[_Kept]) -> _Kept:
    """Return the earliest of the host that has most: one that floods drives out its own."""
    counts = Counter(one.host for one in kept)
    return min(kept, key=lambda one: (-counts[one.host], one.arrived_ns))


def _desk(request: Request) -> ReportDesk:
    desk: ReportDesk = request.app.state.reports
    return desk


router = APIRouter(tags=["preflight"])
_BODY = {
    "content": {
        "application/json": {
            "schema": {"type": "object", "description": "`saijian.preflight/2`, see preflight.md"}
        }
    },
    "required": True,
}


@router.post(
    "/reports",
    status_code=204,
    response_class=Response,
    responses=answers(
        "bad_type",
        "bad_report",
        "plan_unknown",
        "no_plan",
        "reports_used_up",
        "reports_full",
        "disk_full",
        token=False,
    ),
    openapi_extra={"requestBody": _BODY},
)
async def reports(
    request: Request, desk: Annotated[ReportDesk, Depends(_desk)], address: Address
) -> None:
    """Keep the report of a seat's computer for the organizer's board."""
    desk.expect(line_of(address))
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refusal("bad_type", wanted="application/json")
    await run_in_threadpool(desk.take, await request.body())
