"""The room as an Excel workbook: what is left, all computers, exceptions, files that are broken.

Every cell is text by its type, and marked so that Excel keeps it text when somebody edits it: what
a report says can become no formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from client.contest.contestant import ROLE_WORDS
from client.preflight.board.document import ordered
from client.preflight.board.exceptions import Exceptions
from client.preflight.board.room import LEFT, STATE_WORDS, Card, Room
from client.preflight.reports.model import BEIJING, TICKS, VERDICT_WORDS, Result

LEFT_SHEET, ALL_SHEET, ALLOWED_SHEET, BROKEN_SHEET = "未解决", "全部电脑", "豁免", "读不出的报告"
_LEFT_HEADINGS = (
    *("座位", "角色", "主机名", "状态", "检查项", "结果", "发现", "要求", "处理办法"),
    *("方式", "报告时间"),
)
_ALL_HEADINGS = ("座位", "角色", "主机名", "状态", "未通过的检查", "考场清单", "报告时间", "文件")
_ALLOWED_HEADINGS = ("检查项", "发现", "理由", "决定人", "时间")
_BROKEN_HEADINGS = ("文件", "原因")
_WIDEST = 60
_LONGEST_CELL = 32_000


def workbook_of(room: Room, exceptions: Exceptions) -> bytes:
    """Return the .xlsx file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    cards = ordered(room.cards)
    _sheet(book, LEFT_SHEET, _LEFT_HEADINGS, _left_rows(cards, room))
    _sheet(book, ALL_SHEET, _ALL_HEADINGS, (_all_row(card, room) for card in cards))
    allowed = [one for one in exceptions.exceptions if one.ended is None]
    rows = (
        (one.check, one.finding or "任何发现", one.why, one.who, _local(one.when))
        for one in allowed
    )
    _sheet(book, ALLOWED_SHEET, _ALLOWED_HEADINGS, rows)
    broken = ((one.name, one.why.zh if one.why else "") for one in room.broken)
    _sheet(book, BROKEN_SHEET, _BROKEN_HEADINGS, broken)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _left_rows(cards: Iterable[Card], room: Room) -> Iterable[Sequence[str]]:
    for card in cards:
        if card.state in LEFT:
            bad = [one for one in card.problems if one.verdict != "warn"]
            for result in bad:
                yield (*_begin(card), *_result(result), _when(card))
            if not bad:
                yield (*_begin(card), "", "", STATE_WORDS[card.state].zh, "", "", "", _when(card))
    for one in room.broken:
        why = one.why.zh if one.why else ""
        yield ("", "", "", "报告读不出", "", "", f"{one.name}：{why}", "", "请重新检查", "", "")


def _result(result: Result) -> Sequence[str]:
    return (
        result.title.zh,
        VERDICT_WORDS[result.verdict].zh,
        result.evidence.zh,
        result.requirement.zh,
        result.advice.zh if result.advice else "",
        "需到场" if result.on_site else "自动",
    )


def _all_row(card: Card, room: Room) -> Sequence[str]:
    problems = "；".join(f"{r.title.zh}（{VERDICT_WORDS[r.verdict].zh}）" for r in card.problems)
    ticks = "、".join(TICKS[tick].zh for tick in room.ticks.get(card.seat, ()))
    return (*_begin(card), problems, ticks, _when(card), card.name)


def _begin(card: Card) -> tuple[str, ...]:
    host = card.report.host if card.report else ""
    return card.seat, ROLE_WORDS[card.role].zh, host, STATE_WORDS[card.state].zh


def _when(card: Card) -> str:
    return _local(card.report.when) if card.report else ""


def _local(when: datetime) -> str:
    return when.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _sheet(
    book: Any,  # noqa: ANN401 - openpyxl ships no types
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
) -> None:
    sheet = book.create_sheet(title)
    widths = [len(heading) * 2 for heading in headings]
    for at, row in enumerate((headings, *rows), start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(at, column)
            _write(cell, text)
            if at == 1:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="E9EDF2")
            widths[column - 1] = max(widths[column - 1], min(len(text) * 2, _WIDEST))
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width + 2
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _write(cell: Any, text: str) -> None:  # noqa: ANN401 - openpyxl ships no types
    cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", text)[:_LONGEST_CELL]
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")
