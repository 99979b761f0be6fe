"""The board as one HTML file: nothing is fetched, and only scripts with our digests run."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from datetime import UTC, datetime
from typing import Any

from client.base.assets import asset
from client.preflight.board.document import board_document
from client.preflight.board.exceptions import Exceptions
from client.preflight.board.folder import Filed
from client.preflight.board.room import Expected, read_room
from client.preflight.reports.model import SeatReport

SCRIPTS = ("words.js", "parts.js", "map.js", "board.js")
"""In the order in which they are loaded; `index.html` names the same ones."""
_STYLES = '<link rel="stylesheet" href="page.css">\n<link rel="stylesheet" href="board.css">'


def page_of(document: dict[str, Any]) -> bytes:
    """Return a page that shows `document` without any server."""
    style = _read("style", "page.css") + _read("board", "board.css")
    scripts = [_read("board", name) for name in SCRIPTS]
    page = _read("board", "index.html")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; img-src data:; base-uri 'none'; "
        f"form-action 'none'; script-src {' '.join(map(_digest, scripts))}"
    )
    head = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">\n'
    page = _replace(page, _STYLES, f"{head}<style>{style}</style>")
    page = _replace(page, '<link rel="icon" href="icon.svg">\n', "")
    for name, script in zip(SCRIPTS, scripts, strict=True):
        page = _replace(page, f'<script src="{name}" defer></script>\n', "")
        page = _replace(page, "</body>", f"<script>{script}</script>\n</body>")
    data = f'<script type="application/json" id="data">{_in_script(document)}</script>\n'
    first = f"<script>{scripts[0]}</script>"
    return _replace(page, first, data + first).encode()


def page_of_report(report: SeatReport, name: str) -> bytes:
    """Return the page of a single computer."""
    now = datetime.now(UTC)
    filed = Filed(name, 0, int(report.when.timestamp()) * 10**9, report)
    expected = Expected(computers=((report.seat, report.role),))
    room = read_room([filed], Exceptions(), expected, now)
    return page_of(board_document(room, Exceptions(), name, now))


def _in_script(document: dict[str, Any]) -> str:
    """Return JSON that cannot end its own script element, whatever the reports say."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _read(*place: str) -> str:
    return asset(*place).read_text(encoding="utf-8").replace("\r\n", "\n")


def _replace(page: str, old: str, new: str) -> str:
    before, found, after = page.partition(old)
    if not found:
        raise ValueError(old)
    return before + new + after


def _digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
