"""The seat list: CSV and Excel as people make them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from client.base.errors import BadInputError
from client.preflight.reports.computer import host_name, mac_addresses, mac_of
from client.preflight.reports.seats import MOST_UNPACKED, SeatRow, find_seat, load_seats, read_rows

TABLE = [
    ["座位", "角色", "主机名", "MAC 地址", "备注"],
    ["A1", "主机", "PC-01", "00-1A-2B-3C-4D-5E", "靠窗"],
    ["a-2", "backup", "", "001a.2b3c.4d5f", ""],
    ["", "", "", "", ""],
    ["12", "备用机", "Lab-12", "", ""],
]
ROWS = (
    SeatRow("A1", "primary", "pc-01", "001a2b3c4d5e"),
    SeatRow("A2", "backup", "", "001a2b3c4d5f"),
    SeatRow("12", "backup", "lab-12", ""),
)


def csv_of(table) -> str:
    return "\r\n".join(",".join(row) for row in table) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "座位.csv"
    path.write_bytes(csv_of(TABLE).encode(encoding))
    assert load_seats(path) == ROWS


def test_excel_with_numbers_in_its_cells(tmp_path: Path) -> None:
    book = Workbook()
    for row in TABLE:
        book.active.append([12 if cell == "12" else cell or None for cell in row])
    book.save(tmp_path / "seats.xlsx")
    assert load_seats(tmp_path / "seats.xlsx") == ROWS


def test_an_excel_file_that_unpacks_without_end_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * (MOST_UNPACKED + 1))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(BadInputError) as caught:
        load_seats(path)
    assert "ValueError" in caught.value.title.zh


def test_this_computer_is_found_by_name_or_card() -> None:
    assert find_seat(ROWS, "PC-01", frozenset()) == ROWS[0]
    assert find_seat(ROWS, "renamed", frozenset({"001a2b3c4d5f", "001a2b3c4d60"})) == ROWS[1]
    for host, macs in (("other", frozenset()), ("PC-01", frozenset({"001a2b3c4d5f"}))):
        with pytest.raises(BadInputError):
            find_seat(ROWS, host, macs)


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([], 1),
        ([["座位", "角色"]], 1),
        ([TABLE[0]], 2),
        ([TABLE[0], ["x!", "主机", "a", ""]], 2),
        ([TABLE[0], ["A1", "服务器", "a", ""]], 2),
        ([TABLE[0], ["A1", "主机", "a", "12:34"]], 2),
        ([TABLE[0], ["A1", "主机", "", ""]], 2),
        ([TABLE[0], TABLE[1], ["A9", "主机", "pc-01", ""]], 3),
        ([TABLE[0], TABLE[1], ["A1", "主机", "b", ""]], 3),
    ],
)
def test_what_is_wrong_is_named_with_its_line(rows, line: int) -> None:
    with pytest.raises(BadInputError) as caught:
        read_rows(rows)
    assert f"第 {line} 行" in caught.value.title.zh
    assert f"line {line}:" in caught.value.title.en


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"\xff\xff\xff", b'"a'])
@pytest.mark.parametrize("name", ["s.csv", "s.xlsx"])
def test_a_file_that_is_no_table(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInputError):
        load_seats(tmp_path / name)


def test_what_this_computer_is_called() -> None:
    assert host_name()
    assert all(mac_of(mac) == mac for mac in mac_addresses())
    assert mac_of("00:00:00:00:00:00") is None
    assert mac_of("01-00-5E-00-00-01") is None
