"""The seat list, 座位表: host names and hardware addresses mapped to seats and roles.

A table made with Excel: `.xlsx`, or CSV in UTF-8 or GBK. Each row has a seat, a role, and a host
name or an address or both.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from client.base.errors import BadInputError
from client.base.text import Text
from client.preflight.reports.computer import mac_of
from client.preflight.reports.model import RoleName, printable, seat_name

MAX_BYTES = 5_000_000
MOST_UNPACKED = 50_000_000
MOST_ROWS = 5000
_COLUMNS = {
    "host": ("主机名", "计算机名", "电脑名", "host"),
    "mac": ("mac", "mac地址", "网卡地址"),
    "seat": ("座位", "座位号", "seat"),
    "role": ("角色", "用途", "role"),
}
_ROLES: dict[str, RoleName] = {
    "primary": "primary",
    "主机": "primary",
    "主": "primary",
    "backup": "backup",
    "备用机": "backup",
    "备机": "backup",
    "备用": "backup",
    "备": "backup",
}
_CORRECT = Text(
    "请在 Excel 中更正座位表后再试；表头为：主机名、MAC、座位、角色。",
    "Correct the seat list and try again; its headings: host, MAC, seat, role.",
)


@dataclass(frozen=True)
class SeatRow:
    """One computer of the room; `host` in small letters, either it or `mac` may be empty."""

    seat: str
    role: RoleName
    host: str
    mac: str


def load_seats(path: Path) -> tuple[SeatRow, ...]:
    """Return the rows of a seat list; BadInputError names the line and what is wrong there."""
    data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    if not data:
        raise _wrong(1, Text("文件是空的或太大", "the file is empty or too large"))
    table = _excel(data) if path.suffix.lower() == ".xlsx" else _csv(data)
    return read_rows(table)


def read_rows(table: Iterable[Sequence[str]]) -> tuple[SeatRow, ...]:
    """Return the rows of a table whose first line is the headings; BadInputError as above."""
    lines = iter(table)
    columns = _columns(next(lines, ()))
    rows: list[SeatRow] = []
    taken: dict[tuple[str, str], int] = {}
    for line, cells in enumerate(lines, start=2):
        values = {
            name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()
        }
        if not any(values.values()):
            continue
        if len(rows) >= MOST_ROWS:
            raise _wrong(line, Text(f"超过 {MOST_ROWS} 行", f"more than {MOST_ROWS} rows"))
        row = _row(values, line)
        keys = (("place", f"{row.seat} {row.role}"), ("host", row.host), ("mac", row.mac))
        for key in keys:
            if key[1] and key in taken:
                first = taken[key]
                again = Text(f"与第 {first} 行重复：{key[1]}", f"{key[1]} is in line {first} too")
                raise _wrong(line, again)
            taken[key] = line
        rows.append(row)
    if not rows:
        raise _wrong(2, Text("没有座位", "there are no seats"))
    return tuple(rows)


def find_seat(rows: Iterable[SeatRow], host: str, macs: frozenset[str]) -> SeatRow:
    """Return the row of this computer; BadInputError where there is none, or more than one."""
    mine = [row for row in rows if row.host == host.lower() or row.mac in macs]
    if len(mine) == 1:
        return mine[0]
    if not mine:
        cards = ", ".join(sorted(macs)) or "-"
        raise BadInputError(
            Text(
                f"座位表里没有这台电脑（{host}，MAC {cards}）。",
                f"The seat list lacks this computer ({host}, MAC {cards}).",
            ),
            Text("请补上这一行，或用 --seat 和 --role。", "Add its row, or use --seat and --role."),
        )
    places = [f"{row.seat} {row.role}" for row in mine]
    raise BadInputError(
        Text(
            f"座位表里这台电脑有几个座位：{'、'.join(places)}。",
            f"The seat list has several seats for this computer: {', '.join(places)}.",
        ),
        _CORRECT,
    )


def _row(values: dict[str, str], line: int) -> SeatRow:
    try:
        seat = seat_name(values["seat"])
    except ValueError:
        given = printable(values["seat"], 40)
        raise _wrong(line, Text(f"座位“{given}”不对", f"“{given}” is no seat")) from None
    role = _ROLES.get(values["role"].lower())
    if role is None:
        given = printable(values["role"], 40)
        raise _wrong(
            line,
            Text(f"角色“{given}”应为 主机 或 备用机", f"role “{given}”: primary or backup"),
        )
    mac = mac_of(values["mac"]) if values.get("mac") else ""
    if mac is None:
        given = printable(values["mac"], 40)
        raise _wrong(line, Text(f"MAC“{given}”不对", f"“{given}” is no MAC address"))
    host = values.get("host", "").lower()
    if not host and not mac:
        raise _wrong(line, Text("主机名和 MAC 至少填一个", "host name and MAC are both empty"))
    return SeatRow(seat, role, host, mac)


def _columns(headings: Sequence[str]) -> dict[str, int]:
    """Return at which place each known column stands."""
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        plain = heading.strip().lower().replace(" ", "")
        for name, words in _COLUMNS.items():
            if plain in words:
                found.setdefault(name, at)
    if "seat" not in found or "role" not in found or not found.keys() & {"host", "mac"}:
        raise _wrong(1, Text("表头不对", "the headings are wrong"))
    return found


def _csv(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error as error:
            raise _wrong(1, Text(f"不是 CSV（{error}）", f"this is no CSV ({error})")) from error
    raise _wrong(1, Text("不是 UTF-8 或 GBK 的文字", "this is neither UTF-8 nor GBK text"))


def _excel(data: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # takes a moment, and most seats are given by name

    try:
        _require_small(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=30, values_only=True)
        return [[_text(cell) for cell in row] for row in rows]
    except Exception as error:
        name = type(error).__name__
        raise _wrong(1, Text(f"不是 Excel 文件（{name}）", f"no Excel file ({name})")) from error


def _require_small(data: bytes) -> None:
    with ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
            raise ValueError("it unpacks without end")


def _text(cell: Any) -> str:  # noqa: ANN401 - whatever a cell may hold
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell)


def _wrong(line: int, what: Text) -> BadInputError:
    return BadInputError(
        Text(f"座位表第 {line} 行：{what.zh}。", f"Seat list, line {line}: {what.en}."), _CORRECT
    )
