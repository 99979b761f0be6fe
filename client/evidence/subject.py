"""Which sitting a session is of: a right recording of another one proves nothing of this one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from client.base.text import Text
from client.contest.beijing import beijing_time
from client.contest.contestant import ROLE_WORDS
from client.contest.plan import Plan
from client.contest.receipt import Enrolment
from client.evidence.entries import Opening, Purpose

NOTHING = Text("", "")
PLAIN = Text("单独的录像，不属于任何竞赛", "a plain recording, of no contest")
ENROLLED = Text("组委会已登记", "enrolled by the organizer")
ALLEGED = Text("只是日志自述，没有组委会的登记", "by the journal's own account, not enrolled")


@dataclass(frozen=True, slots=True)
class Subject:
    """Contest, paper and computer of a session; empty where nothing says so."""

    purpose: Purpose
    begun_utc_us: int
    """By the wall clock of the computer."""
    contest: str = ""
    contest_name: Text = NOTHING
    """From the plan, where that is the one that the journal's first line names; so `paper_name`."""
    paper: str = ""
    paper_name: Text = NOTHING
    role: Literal["primary", "backup"] | None = None
    site: str = ""
    room: str = ""
    seat: str = ""
    ticket_digest: str = ""
    """Of the ticket that was enrolled, see `ticket_digest`."""
    is_enrolled: bool = False
    """The organizer's signature says all this, and not the journal alone."""

    @property
    def sentence(self) -> Text:
        """Return it for a person."""
        begun = beijing_time(self.begun_utc_us)
        since = Text(f"{begun:%Y-%m-%d %H:%M:%S} 开始", f"begun {begun:%Y-%m-%d %H:%M:%S}")
        if self.purpose == "recording" and not self.contest:
            parts = [PLAIN, since]
        else:
            place = " ".join(part for part in (self.site, self.room, self.seat) if part)
            parts = [
                _named(self.contest_name, self.contest),
                _named(self.paper_name, self.paper),
                ROLE_WORDS[self.role] if self.role else NOTHING,
                Text(f"座位 {place}", f"seat {place}") if place else NOTHING,
                since,
                ENROLLED if self.is_enrolled else ALLEGED,
            ]
        said = [part for part in parts if part.zh]
        return Text("，".join(part.zh for part in said), ", ".join(part.en for part in said))

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        names = {"contest_name": self.contest_name, "paper_name": self.paper_name}
        return asdict(self) | {key: name._asdict() for key, name in names.items()}


def subject_of(
    opening: Opening, plan: Plan | None, enrolment: Enrolment | None, begun_utc_us: int
) -> Subject:
    """Put together what the first line, its plan and the organizer's enrolment say."""
    seat = enrolment.seat if enrolment is not None else None
    return Subject(
        purpose=opening.purpose,
        begun_utc_us=begun_utc_us,
        contest=enrolment.contest if enrolment is not None else plan.id if plan else "",
        contest_name=plan.name.text if plan else NOTHING,
        paper=opening.paper or "",
        paper_name=_paper_name(plan, opening.paper) if plan else NOTHING,
        role=opening.role,
        site=seat.site if seat else "",
        room=seat.room if seat else "",
        seat=seat.seat if seat else "",
        ticket_digest=enrolment.ticket_digest if enrolment is not None else "",
        is_enrolled=enrolment is not None,
    )


def _paper_name(plan: Plan, paper_id: str | None) -> Text:
    """Return project and paper; nothing where the plan has no such paper."""
    for project in plan.projects:
        for paper in project.papers:
            if paper.id == paper_id:
                of, name = project.name.text, paper.name.text
                both = Text(f"{of.zh} {name.zh}", f"{of.en} {name.en}")
                return name if name == of else both
    return NOTHING


def _named(name: Text, identifier: str) -> Text:
    return name if name.zh else Text(identifier, identifier)
