"""The organizer's plan, 竞赛方案: signed data that holds every number the contest documents ask.

`untrusted` bytes become a `Plan` only here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from client.base.bounded import read_start
from client.base.errors import PlanError
from client.base.text import Text
from client.contest.addresses import is_private_enough, origin_of
from client.contest.beijing import BEIJING
from client.contest.plan_errors import field_error, parse_object, wrong
from client.contest.programs import USUAL_PROGRAMS, Program
from client.contest.signed import PublicKey, Sha256, is_signed_by, sha256
from client.contest.values import Base64, HexDigest, HexKey, Slug, Value

MAX_PLAN_BYTES = 1_000_000
_YEARS = range(2020, 2101)


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise wrong("control_characters")
    return text


def _is_text(value: object) -> object:
    if not isinstance(value, str):
        raise wrong("not_beijing")
    return value


def _in_beijing(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise wrong("year")
    if moment.utcoffset() != BEIJING:
        raise wrong("not_beijing")
    return moment


Minutes = Annotated[float, Field(ge=0, le=24 * 60, allow_inf_nan=False)]
"""A quarter of a minute is allowed: rehearsals are short."""
Line = Annotated[str, AfterValidator(_one_line)]
Name = Annotated[Line, Field(min_length=1, max_length=120)]
Moment = Annotated[
    AwareDatetime, Field(strict=False), BeforeValidator(_is_text), AfterValidator(_in_beijing)
]
Amount = Annotated[int, Field(ge=1, le=1_000_000)]


class Label(Value):
    """A name in Chinese, and in English where there is one."""

    zh: Name
    en: Annotated[Line, Field(max_length=200)] = ""

    @property
    def text(self) -> Text:
        """Return it in both languages; in Chinese where there is no English."""
        return Text(self.zh, self.en or self.zh)


class Rule(Label):
    """One rule that is told before the start, as a whole sentence."""

    zh: Annotated[Line, Field(min_length=1, max_length=500)]
    en: Annotated[Line, Field(max_length=500)] = ""


class Paper(Value):
    """One session to sit, 场次 or 试卷: its own times, its own evidence."""

    id: Slug
    name: Label
    starts_at: Moment
    ends_at: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Paper:
        if not timedelta(0) < self.ends_at - self.starts_at <= timedelta(hours=12):
            raise wrong("paper_length")
        return self


class Project(Value):
    """A contest project, 竞赛项目, with its papers."""

    id: Slug
    name: Label
    papers: Annotated[tuple[Paper, ...], Field(min_length=1, strict=False)]


class Group(Value):
    """职工组 or 学生组; student entries carry the school."""

    id: Slug
    name: Label
    carries_school: bool = False


class Room(Value):
    """考场 with its seats."""

    id: Slug
    name: Label
    seats: Annotated[int, Field(ge=1, le=2000)]


class Site(Value):
    """考点 with its rooms."""

    id: Slug
    name: Label
    rooms: Annotated[tuple[Room, ...], Field(strict=False)] = ()


class Timing(Value):
    """Minutes around the start and the end of each paper."""

    opens_minutes_before: Minutes = 60
    filming_minutes_before: Minutes = 15
    late_identity_minutes: Minutes = 5
    overrun_minutes: Minutes = 10

    @model_validator(mode="after")
    def _opens_before_filming(self) -> Timing:
        if self.filming_minutes_before > self.opens_minutes_before:
            raise wrong("filming_before_opening")
        return self


def _distinct(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise wrong("same_id", id=name)
        seen.add(name)


class Choice(Value):
    """Things asked of a computer: all of one list, any of another."""

    all_of: Annotated[tuple[Slug, ...], Field(strict=False)] = ()
    any_of: Annotated[tuple[Slug, ...], Field(strict=False)] = ()


class Environment(Value):
    """What each computer, seat and venue must have, 赛场环境与设备要求 (R12-R14)."""

    cores: Amount = 2
    clock_mhz: Amount = 3000
    memory_mb: Amount = 4096
    disk_gb: Amount = 500
    link_mbps: Amount = 1000
    venue_mbps: Amount = 100
    """The venue's whole line: judged once a room, not once a computer."""
    down_kbps: Amount = 2000
    """What the contest's pages need on one computer; up is what its recordings need."""
    delay_ms: Amount = 200
    jitter_ms: Amount = 50
    loss_percent: Annotated[int, Field(ge=0, le=100)] = 2
    computers_per_seat: Annotated[int, Field(ge=1, le=4)] = 2
    cameras_per_seat: Annotated[int, Field(ge=1, le=4)] = 2
    display_width: Annotated[int, Field(ge=1, le=100_000)] = 1280
    display_height: Annotated[int, Field(ge=1, le=100_000)] = 720
    browsers: Choice = Choice()
    input_methods: Choice = Choice()
    office: Choice = Choice()
    programs: Annotated[tuple[Program, ...], Field(max_length=200, strict=False)] = USUAL_PROGRAMS
    """Programs to warn of; an empty list warns of none."""
    clock_offset_seconds: Annotated[int, Field(ge=1, le=3600)] = 60

    @model_validator(mode="after")
    def _programs_are_distinct(self) -> Environment:
        _distinct(program.slug for program in self.programs)
        return self


class ScreenSettings(Value):
    """How the whole desktop is recorded."""

    fps: Annotated[int, Field(ge=1, le=30)] = 10
    qp: Annotated[int, Field(ge=10, le=40)] = 26
    """H.264 quantiser: the same for every picture, so that letters stay as they were written."""


class CameraSettings(Value):
    """How the camera is recorded; another size is letterboxed into this one."""

    width: Annotated[int, Field(ge=160, le=3840, multiple_of=2)] = 1280
    height: Annotated[int, Field(ge=120, le=2160, multiple_of=2)] = 720
    fps: Annotated[int, Field(ge=1, le=30)] = 15
    crf: Annotated[int, Field(ge=10, le=40)] = 28
    kbps: Annotated[int, Field(ge=100, le=20_000)] = 1500


class SoundSettings(Value):
    """How the microphone is recorded (AAC, one channel)."""

    rate: Literal[16000, 24000, 32000, 44100, 48000] = 48000
    kbps: Annotated[int, Field(ge=24, le=256)] = 64


class Recording(Value):
    """Settings of all tracks."""

    screen: ScreenSettings = ScreenSettings()
    camera: CameraSettings = CameraSettings()
    sound: SoundSettings = SoundSettings()
    second_camera: bool = False
    """Another camera beside the first, such as a side view of desk and room: its own track, without
    sound, with the settings of `camera`."""
    key_frame_seconds: Annotated[int, Field(ge=1, le=30)] = 10


class Upload(Value):
    """Heartbeat period, and the part of each computer's line that evidence may take."""

    heartbeat_seconds: Annotated[int, Field(ge=1, le=60)] = 12
    line_kbps: Annotated[int, Field(ge=100, le=10_000_000)] = 20_000
    share_percent: Annotated[int, Field(ge=1, le=100)] = 50

    @property
    def bytes_per_second(self) -> int:
        """Return the most that one computer may send, averaged over a few seconds."""
        return self.line_kbps * 1000 // 8 * self.share_percent // 100


class IdentityCheck(Value):
    """What the identity check asks beside face and document, 身份核验."""

    back: bool = False
    """The document's back, too."""
    sentence: Rule | None = None
    """Read aloud before the camera."""


class SamplePicture(Value):
    """录制画面参考样例: where it is published, and its digest."""

    url: Annotated[str, Field(max_length=500, pattern=r"^https?://")]
    sha256: HexDigest


class Organizer(Value):
    """Who runs the contest, where its server is, which keys sign for it."""

    name: Label
    phone: Annotated[str, Field(max_length=40, pattern=r"^[0-9+() -]{3,}$")]
    contact: Annotated[Line, Field(max_length=200)] = ""
    address: Annotated[str, Field(max_length=500, pattern=r"^https?://[^/\s]+/?$")]
    keys: Annotated[tuple[HexKey, ...], Field(min_length=1, max_length=8, strict=False)]
    certificate_pem: Annotated[str, Field(max_length=20_000)] = ""
    """Certificate that the client pins; empty where a public authority vouches for the server."""

    @field_validator("address")
    @classmethod
    def _is_safe(cls, address: str) -> str:
        try:
            origin_of(address)
        except ValueError as error:
            raise wrong("address") from error
        if not is_private_enough(address):
            raise wrong("plain_http")
        return address

    @field_validator("certificate_pem")
    @classmethod
    def _is_certificate(cls, pem: str) -> str:
        if not pem:
            return pem
        from cryptography import x509  # slow to load, and few plans carry a certificate

        try:
            x509.load_pem_x509_certificate(pem.encode())
        except ValueError as error:
            raise wrong("certificate") from error
        return pem


class Plan(Value):
    """Everything that the contest asks of the client, as the organizer signed it."""

    kind: Literal["saijian.plan/1"]
    id: Slug
    name: Label
    revision: Amount
    rehearsal: bool = False
    organizer: Organizer
    projects: Annotated[tuple[Project, ...], Field(min_length=1, strict=False)]
    groups: Annotated[tuple[Group, ...], Field(strict=False)] = ()
    sites: Annotated[tuple[Site, ...], Field(strict=False)] = ()
    timing: Timing = Timing()
    contest_url: Annotated[str, Field(max_length=500, pattern=r"^(https?://\S+)?$")] = ""
    environment: Environment = Environment()
    recording: Recording = Recording()
    upload: Upload = Upload()
    retention_working_days: Annotated[int, Field(ge=1, le=250)] = 15
    rules: Annotated[tuple[Rule, ...], Field(strict=False)] = ()
    sample_picture: SamplePicture | None = None
    identity: IdentityCheck = IdentityCheck()
    signature: Base64

    @model_validator(mode="after")
    def _ids_are_distinct(self) -> Plan:
        _distinct(project.id for project in self.projects)
        _distinct(paper.id for paper in self.papers())
        _distinct(group.id for group in self.groups)
        _distinct(site.id for site in self.sites)
        for site in self.sites:
            _distinct(room.id for room in site.rooms)
        return self

    def papers(self) -> tuple[Paper, ...]:
        """Return the papers of all projects in the order of the plan."""
        return tuple(paper for project in self.projects for paper in project.papers)

    def paper(self, paper_id: str) -> Paper:
        """Return the paper with this id; PlanError names the ones that exist."""
        for paper in self.papers():
            if paper.id == paper_id:
                return paper
        known = ", ".join(paper.id for paper in self.papers())
        raise PlanError(
            Text(f"方案里没有场次“{paper_id}”。", f"The plan has no paper named “{paper_id}”."),
            Text(f"可选场次：{known}。", f"Papers of this plan: {known}."),
        )


class PublishedPlan(NamedTuple):
    """A validated plan together with exactly the bytes that were published."""

    plan: Plan
    raw: bytes

    @property
    def sha256(self) -> Sha256:
        """Return the digest that enrolment and journal name the plan by."""
        return sha256(self.raw)


def load_plan(untrusted: bytes, organizer_key: PublicKey | None = None) -> PublishedPlan:
    """Validate and verify a published plan; the first wrong field is named in the PlanError.

    The signature must be by one of the plan's own organizer keys, and where `organizer_key` is
    given by exactly that one.
    """
    document = parse_document(untrusted)
    try:
        plan = Plan.model_validate(document)
    except ValidationError as error:
        raise field_error(error) from error
    keys = [PublicKey(key) for key in plan.organizer.keys]
    if organizer_key is not None:
        keys = [key for key in keys if key == organizer_key]
    if not any(is_signed_by(document, key) for key in keys):
        raise PlanError(
            Text("竞赛方案的签名无效。", "The signature of the contest plan is not valid."),
            Text(
                "请从组委会公布的地址重新下载，不要使用转发的文件。",
                "Download it again from the address the organizer published.",
            ),
        )
    return PublishedPlan(plan, untrusted)


def read_plan(path: Path) -> PublishedPlan:
    """Return the plan in a file, of which no more is read than a plan can be; OSError, too."""
    return load_plan(read_start(path, MAX_PLAN_BYTES))


def check_draft(untrusted: bytes) -> dict[str, Any]:
    """Validate a plan that is not signed yet and return its document without signature."""
    document = parse_document(untrusted)
    try:
        Plan.model_validate({**document, "signature": "AAAA"})
    except ValidationError as error:
        raise field_error(error) from error
    return {name: value for name, value in document.items() if name != "signature"}


def parse_document(untrusted: bytes) -> dict[str, Any]:
    """Return the JSON object in a plan's bytes, not validated yet; PlanError for anything else."""
    return parse_object(untrusted, MAX_PLAN_BYTES)
