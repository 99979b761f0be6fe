from __future__ import annotations

import pytest
from sqlalchemy import select

from client.base.errors import BadInputError
from client.contest.receipt import Seat
from client.organizer.enlist import load_roster
from client.organizer.roster import EXAMPLE, code_digest, parse_roster
from client.organizer.tables import RosterRow

CHINESE = "准考证号,一次性码,姓名,组别,单位,考点,考场,座位,场次\r\n"


def wrong(text, plan=None):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BadInputError) as error:
        parse_roster(data, plan)
    assert error.value.exit_code == 2
    return error.value.title


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_chinese_table_from_excel_is_read(contest, encoding):
    text = CHINESE + "A-1,k7px,张三,职工组,某公司,长沙,一号机房,B12,第一场；第二场\r\n\r\n"
    (entrant,) = parse_roster(text.encode(encoding), contest.plan.plan)
    assert entrant.name == "张三"
    assert entrant.group == "staff"
    assert entrant.seat == Seat(site="changsha", room="room-1", seat="B12")
    assert entrant.papers == ("one", "two")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_excel_s_delimiters_are_known(delimiter):
    text = delimiter.join(["ticket", "code", "name"]) + "\n" + delimiter.join(["A", "code", "甲"])
    assert parse_roster(text.encode())[0].ticket == "A"


def test_the_example_is_a_header_that_is_accepted():
    row = "A-1,k7px,张三,staff,,,,,one two\n"
    (entrant,) = parse_roster((EXAMPLE + row).encode("utf-8-sig"))
    assert (entrant.seat, entrant.papers) == (None, ("one", "two"))


def test_a_ticket_that_stands_twice_is_refused_with_both_lines():
    title = wrong("ticket,code,name\nA,code1,甲\nB,code2,乙\nA,code3,丙\n")
    assert "第 4 行" in title.zh
    assert "第 2 行" in title.zh
    assert "line 4" in title.en


HEAD = "ticket,code,name,group,school,site,room,seat,papers\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("ticket,name\nA,甲\n", 1),
        ("ticket,code,name,shoe\nA,code,甲,43\n", 1),
        ("ticket,code,name,name\nA,code,甲,乙\n", 1),
        ("ticket,code,name\n", 2),
        ("ticket,code,name\nA B,code,甲\n", 2),
        ("ticket,code,name\nA,code,甲\nB,abc,乙\n", 3),
        ("ticket,code,name\nA,code,\n", 2),
        (f"ticket,code,name\nA,code,{'长' * 81}\n", 2),
        ('ticket,code,name\nA,code,"甲\n', 2),
        (HEAD + "A,code,甲,nobody,,,,,\n", 2),
        (HEAD + "A,code,甲,,,changsha,,1,\n", 2),
        (HEAD + "A,code,甲,,,changsha,room-1,第一排,\n", 2),
        (HEAD + "A,code,甲,,,,,,three\n", 2),
        ("﻿ticket,code,name\n\n\nA,code,甲\n,code,乙\n", 5),
    ],
)
def test_the_wrong_line_is_named(contest, text, line):
    title = wrong(text, contest.plan.plan)
    assert f"第 {line} 行" in title.zh
    assert f"line {line}" in title.en


def test_unknown_encodings_and_huge_files_are_refused():
    assert "encoding" in wrong(b"ticket,code,name\nA,code,\xff\xff\xff").en
    assert "large" in wrong(b"x" * 16_000_001).en


def rows(office):
    with office.records.reading() as records:
        return {row.ticket: row for row in records.scalars(select(RosterRow))}


def test_loading_replaces_the_roster_and_says_what_changed(office, contest):
    first = "ticket,code,name\nA,code1,甲\nB,code2,乙\nC,code3,丙\n"
    assert load_roster(contest.folder, first.encode()) == (3, 0, 3, 3, 0)
    second = "ticket,code,name\nA,code1,甲\nB,code9,乙\nD,code4,丁\n"
    assert load_roster(contest.folder, second.encode()) == (1, 1, 1, 3, 0)
    found = rows(office)
    assert set(found) == {"A", "B", "D"}
    assert found["B"].code_digest == code_digest("B", "code9")


def test_a_wrong_roster_changes_nothing(office, contest):
    before = set(rows(office))
    with pytest.raises(BadInputError):
        load_roster(contest.folder, b"ticket,code,name\nA,code1,x\nA,code2,y\n")
    assert set(rows(office)) == before


def test_a_document_is_read_without_its_spaces_and_never_shown():
    text = "准考证号,一次性码,姓名,证件号\nT-1,CODE-1,样本,990000 19900101 001x\n"
    (entrant,) = parse_roster(text.encode())
    assert entrant.document == "99000019900101001X"
    assert entrant.document not in repr(entrant)
    assert "CODE-1" not in repr(entrant)


def test_a_wrong_document_is_refused_without_showing_it():
    text = "准考证号,一次性码,姓名,证件号\nT-1,CODE-1,样本,99000019900101(1)\n"
    with pytest.raises(BadInputError) as refused:
        parse_roster(text.encode())
    assert "证件号" in refused.value.title.zh
    assert "9900001990" not in str(refused.value)


def test_registered_addresses_are_read_as_people_write_them():
    head = "准考证号,一次性码,姓名,网络地址\n"
    row = "T-1,CODE-1,样本,203.0.113.7/24；2001:DB8::1、198.51.100.4\n"
    (entrant,) = parse_roster((head + row).encode())
    assert entrant.addresses == ("203.0.113.0/24", "2001:db8::1", "198.51.100.4")


@pytest.mark.parametrize(
    "value", ["203.0.113", "203.0.113.0/33", "example.org", "1.1.1.1 " * 9, "203.0.113.1-9"]
)
def test_what_is_no_address_is_refused_with_its_line(value):
    title = wrong(f"ticket,code,name,address\nA,code1,甲,{value}\n")
    assert "第 2 行" in title.zh
    assert "网络地址" in title.zh
