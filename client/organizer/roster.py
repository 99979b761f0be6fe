"""The roster, 考点选定、考场编排: a table made with Excel, in UTF-8 or GBK, one row a ticket."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from client.base.errors import BadInputError
from client.base.text import Text
from client.contest.plan import Label, Plan
from client.contest.receipt import Seat
from client.contest.signed import Sha256, sha256
from client.contest.values import MOST_ADDRESSES, AddressRanges, Slug
from client.remote.messages import CodeText, TicketNumber

MAX_ROSTER_BYTES = 16_000_000
COLUMNS: dict[str, tuple[str, ...]] = {
    "ticket": ("准考证号", "准考证"),
    "code": ("一次性码", "登记码"),
    "name": ("姓名",),
    "group": ("组别",),
    "school": ("学校", "单位", "学校/单位"),
    "site": ("考点",),
    "room": ("考场",),
    "seat": ("座位", "座位号"),
    "papers": ("场次", "试卷"),
    "address": ("网络地址", "IP地址", "IP"),
    "document": ("证件号", "证件号码", "身份证号"),
}
"""The columns, and what Chinese tables call them. Only the first three must be there."""
EXAMPLE = ",".join(names[0] for names in COLUMNS.values()) + "\r\n"

_TICKET: TypeAdapter[str] = TypeAdapter(TicketNumber)
_CODE: TypeAdapter[str] = TypeAdapter(CodeText)
_SLUG: TypeAdapter[str] = TypeAdapter(Slug)
_ADDRESSES: TypeAdapter[tuple[str, ...]] = TypeAdapter(AddressRanges)
_SEPARATORS = re.compile(r"[\s;；、|/]+")
_BETWEEN_ADDRESSES = re.compile(r"[\s;；、,，|]+")
_ADVICE = Text(
    "请在 Excel 中更正后另存为 CSV，再导入一次；名单未作任何改动。",
    "Correct it in Excel, save as CSV and load it again; nothing was changed.",
)


class Entrant(NamedTuple):
    """One row of the roster, validated."""

    ticket: str
    code: str
    name: str
    group: str | None
    school: str
    seat: Seat | None
    papers: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    """Addresses and networks that the contestant is to come from, where they are registered."""
    document: str = ""
    """The number of the document to be shown, where the organizer wants it compared."""

    def __repr__(self) -> str:
        """Leave out code and document."""
        return f"Entrant({self.ticket!r}, {self.name!r})"


def code_digest(ticket: str, code: str) -> Sha256:
    """Return what is stored of a one-time code."""
    return sha256(f"saijian.code/1\n{ticket}\n{code}".encode())


def parse_roster(untrusted: bytes, plan: Plan | None = None) -> list[Entrant]:
    """Return the rows of a CSV; BadInputError names the line and what is wrong there.

    Groups, sites, rooms and papers may be written as ids or as the plan's Chinese names; with
    `plan` given they must be in it.
    """
    table = _table(_decode(untrusted))
    columns = _columns(next(table, (1, list[str]()))[1])
    names = _Names(plan)
    seen: dict[str, int] = {}
    entrants = []
    for line, cells in table:
        values = {name: _cell(cells, index) for name, index in columns.items()}
        entrant = _entrant(values, names, line)
        if entrant.ticket in seen:
            raise _wrong(
                line,
                Text(
                    f"准考证号 {entrant.ticket} 与第 {seen[entrant.ticket]} 行重复",
                    f"ticket {entrant.ticket} stands in line {seen[entrant.ticket]} already",
                ),
            )
        seen[entrant.ticket] = line
        entrants.append(entrant)
    if not entrants:
        raise _wrong(2, Text("名单里没有考生", "the roster holds nobody"))
    return entrants


def _decode(untrusted: bytes) -> str:
    if len(untrusted) > MAX_ROSTER_BYTES:
        raise BadInputError(Text("名单文件过大。", "The roster is too large."), _ADVICE)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return untrusted.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInputError(
        Text("名单的文字编码无法识别。", "The roster's character encoding is not known."),
        Text(
            "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”。",
            "Save it in Excel as “CSV UTF-8 (comma delimited)”.",
        ),
    )


def _table(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of all rows that are not empty; the first is the header."""
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield rows.line_num, cells
    except csv.Error as error:
        raise _wrong(rows.line_num, Text("引号不成对", "quotes do not match")) from error


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Return the index of each column that the header names."""
    wanted = {alias: name for name, others in COLUMNS.items() for alias in (name, *others)}
    found: dict[str, int] = {}
    for index, title in enumerate(header):
        name = wanted.get(title.strip().lower())
        if name is None or name in found:
            raise _wrong(
                1, Text(f"不认识或重复的列“{title}”", f"column “{title}” is unknown or doubled")
            )
        found[name] = index
    for name in ("ticket", "code", "name"):
        if name not in found:
            raise _wrong(
                1, Text(f"缺少“{COLUMNS[name][0]}”一列", f"the column “{name}” is missing")
            )
    return found


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


class _Names:
    """Finds the id for what a person wrote: the id itself, or the Chinese name in the plan."""

    def __init__(self, plan: Plan | None) -> None:
        self._known: dict[str, dict[str, str]] | None = None
        if plan is not None:
            rooms = [room for site in plan.sites for room in site.rooms]
            self._known = {
                "group": _ids((group.id, group.name) for group in plan.groups),
                "site": _ids((site.id, site.name) for site in plan.sites),
                "room": _ids((room.id, room.name) for room in rooms),
                "papers": _ids((paper.id, paper.name) for paper in plan.papers()),
            }

    def find(self, column: str, written: str, line: int) -> str:
        if self._known is not None:
            if written in self._known[column]:
                return self._known[column][written]
        else:
            try:
                return _SLUG.validate_python(written)
            except ValidationError:
                pass
        raise _wrong(
            line,
            Text(
                f"“{COLUMNS[column][0]}”里的“{written}”不在方案中",
                f"“{written}” in column “{column}” is not in the plan",
            ),
        )


def _ids(pairs: Iterable[tuple[str, Label]]) -> dict[str, str]:
    return {written: name for name, label in pairs for written in (name, label.zh)}


def _entrant(values: Mapping[str, str], names: _Names, line: int) -> Entrant:
    def named(column: str) -> str | None:
        written = values.get(column, "")
        return names.find(column, written, line) if written else None

    papers = [p for p in _SEPARATORS.split(values.get("papers", "")) if p]
    return Entrant(
        ticket=_checked(_TICKET, "ticket", values["ticket"], line),
        code=_checked(_CODE, "code", values["code"], line),
        name=_short("name", values["name"], line),
        group=named("group"),
        school=_short("school", values.get("school", "") or "-", line),
        seat=_seat(named("site"), named("room"), values.get("seat", ""), line),
        papers=tuple(names.find("papers", written, line) for written in papers),
        addresses=_addresses(values.get("address", ""), line),
        document=_document(values.get("document", ""), line),
    )


def _checked(form: TypeAdapter[str], column: str, value: str, line: int) -> str:
    try:
        return form.validate_python(value)
    except ValidationError as error:
        raise _wrong(
            line,
            Text(
                f"“{COLUMNS[column][0]}”应为字母、数字和连字符",
                f"column “{column}” must be letters, digits and hyphens",
            ),
        ) from error


def _document(value: str, line: int) -> str:
    """Return the number without spaces; the error never shows it."""
    number = "".join(value.split()).upper()
    if number:
        _checked(_TICKET, "document", number, line)
    return number


def _addresses(value: str, line: int) -> tuple[str, ...]:
    written = [text for text in _BETWEEN_ADDRESSES.split(value) if text]
    try:
        return _ADDRESSES.validate_python(tuple(written))
    except ValidationError as error:
        raise _wrong(
            line,
            Text(
                f"“网络地址”应为 IP 地址或网段，如 203.0.113.0/24，至多 {MOST_ADDRESSES} 个",
                f"column “address” must hold at most {MOST_ADDRESSES} IP addresses or networks, as "
                "203.0.113.0/24",
            ),
        ) from error


def _short(column: str, value: str, line: int) -> str:
    longest = 80
    if not 0 < len(value) <= longest:
        raise _wrong(
            line,
            Text(
                f"“{COLUMNS[column][0]}”应为 1 至 {longest} 个字",
                f"column “{column}” must hold 1 to {longest} characters",
            ),
        )
    return value


def _seat(site: str | None, room: str | None, seat: str, line: int) -> Seat | None:
    if site is None and room is None and not seat:
        return None
    try:
        return Seat(site=site or "", room=room or "", seat=seat)
    except ValidationError as error:
        raise _wrong(
            line,
            Text(
                "考点、考场、座位须同时填写，座位为字母和数字",
                "site, room and seat go together; a seat is letters and digits",
            ),
        ) from error


def _wrong(line: int, what: Text) -> BadInputError:
    return BadInputError(
        Text(f"名单第 {line} 行：{what.zh}。", f"Roster, line {line}: {what.en}."), _ADVICE
    )
