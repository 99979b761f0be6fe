"""Rooms full of computers that report, by the code that `saijian preflight --out` writes with."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from client.base.text import Text
from client.preflight.check import Check, Finding, Outcome, Report
from client.preflight.reports.deliver import put, report_name
from client.preflight.reports.make import Place, Run, make_report
from client.preflight.reports.model import ROLES, SeatReport

TITLES = {
    "disk-space": Text("磁盘可用空间", "Free disk space"),
    "clock": Text("电脑时间", "Clock"),
    "recording": Text("试录", "Trial recording"),
    "memory": Text("内存", "Memory"),
    "processor": Text("处理器", "Processor"),
    "network-card": Text("网卡", "Network card"),
    "browsers": Text("浏览器", "Browsers"),
    "office": Text("办公软件", "Office"),
    "input-methods": Text("输入法", "Input methods"),
    "other-programs": Text("其他程序", "Other programs"),
    "typing": Text("打字测试", "Typing test"),
    "framing": Text("取景", "Framing"),
}
ON_SITE = ("typing", "framing")
SOFTWARE = "SaiJian 0.0 test"
JIYU = Text(
    "正在运行：极域课堂管理（StudentMain.exe）", "running: Jiyu classroom (StudentMain.exe)"
)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def seats(count: int, columns: int) -> list[str]:
    """A1, A2, ... row by row."""
    return [f"{chr(65 + at // columns)}{at % columns + 1}" for at in range(count)]


def outcome(name: str, verdict: str = "pass", evidence: Text | None = None) -> Outcome:
    title = TITLES.get(name, Text(name, name))
    said = evidence or Text(f"{title.zh}：测得 {verdict}", f"{title.en}: found {verdict}")
    asked = Text(f"{title.zh}须达到方案的要求", f"{title.en} as the plan asks")
    advice = None if verdict == "pass" else Text(f"请处理{title.zh}", f"See to {title.en}")
    check = Check(name, title, asked, lambda: None, lambda _: finding, on_site=name in ON_SITE)
    finding = Finding(verdict, said, advice)
    return Outcome(check, finding)


def seat_report(
    seat: str = "A1",
    role: str = "primary",
    bad: dict[str, str] | None = None,
    *,
    when: datetime | None = None,
    host: str | None = None,
    evidence: dict[str, Text] | None = None,
    **others,
) -> SeatReport:
    """A report in which all passes but what `bad` says."""
    verdicts = dict.fromkeys(TITLES, "pass") | (bad or {})
    report = Report(
        tuple(outcome(name, v, (evidence or {}).get(name)) for name, v in verdicts.items())
    )
    place = Place(seat, role, host or f"PC-{seat}-{role[0]}")
    run = Run(when or now(), 18.5, SOFTWARE)
    return make_report(place, run, None, report, list(verdicts), **others)


def leave(folder: Path, report: SeatReport) -> Path:
    path = folder / report_name(report)
    put(path, report.to_bytes())
    return path


@dataclass(frozen=True)
class Lot:
    """Some computers of a room; goes through a process pool."""

    folder: Path
    seats: tuple[str, ...]
    seed: int


def report_lot(lot: Lot) -> int:
    """Every computer of the lot reports; most are well."""
    chance = random.Random(lot.seed)
    for seat in lot.seats:
        for role in ROLES:
            bad, evidence = _fate(chance)
            leave(lot.folder, seat_report(seat, role, bad, evidence=evidence, ticks=("quiet",)))
    return len(lot.seats) * len(ROLES)


def _fate(chance: random.Random) -> tuple[dict[str, str], dict[str, Text]]:
    bad = {"other-programs": "warn"}
    roll = chance.random()
    if roll < 0.06:
        bad |= {"input-methods": "fail"}
    elif roll < 0.10:
        bad |= {"disk-space": "fail", "memory": "warn"}
    elif roll < 0.14:
        bad |= {"clock": "unknown"}
    elif roll < 0.18:
        bad |= {"typing": "fail"}
    elif roll < 0.30:
        bad |= {"network-card": "warn"}
    return bad, {"other-programs": JIYU}


def lots(folder: Path, names: Sequence[str], size: int = 10) -> Iterable[Lot]:
    return [Lot(folder, tuple(names[at : at + size]), at) for at in range(0, len(names), size)]


def yesterday() -> datetime:
    return now() - timedelta(days=1)
