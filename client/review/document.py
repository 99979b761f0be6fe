"""The one JSON document that the page draws from: seconds of the session, both languages."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from client.base.clock import SECOND_US
from client.base.text import Text, current_language, without_prefix
from client.contest.contestant import ROLE_WORDS
from client.evidence.ledger import Piece
from client.evidence.timeline import Stretch
from client.review.films import Film
from client.review.lanes import NAMES, Lane
from client.review.review import Review

_STEADY_US = 100_000
"""Two readings of the wall clock closer than this tell of no jump."""
_PURPOSES = {
    "contest": Text("竞赛", "Contest"),
    "rehearsal": Text("彩排", "Rehearsal"),
    "recording": Text("普通录像", "Plain recording"),
}
VERDICT = Text(
    "本页只播放，不核验：文件内容是否与签名相符、组委会回执是否有效，这里都没有检查。核验请运行：",
    "This page shows and does not judge: whether the files match their signatures, and whether the"
    " organizer's receipts are valid, was NOT checked here. To verify, run:",
)


def document(review: Review, folder: Path) -> dict[str, Any]:
    """Return `review` for the page; `folder` is only named in the command that verifies it."""
    return {
        "language": current_language(),
        "session": review.opening.session if review.opening else folder.name,
        "title": [_both(text) for text in dict.fromkeys(_title(review))],
        "status": _both(_status(review)),
        "verdict": _both(VERDICT),
        "command": f"saijian verify {_quoted(folder)} --organizer-key organizer-key.pub",
        "start": _seconds(review.start_us),
        "end": _seconds(review.end_us),
        "walls": [[_seconds(at), wall] for at, wall in _jumps(review.walls)],
        "lanes": [_lane(lane) for lane in review.lanes],
        "films": [_film(film) for film in review.films],
        "receipts": [_seconds(at) for at in review.receipts],
        "events": [
            {"at": _seconds(e.at_us), "kind": e.kind, "level": e.level, "text": _both(e.text)}
            for e in review.events
        ],
        "notes": [_both(note) for note in review.notes],
    }


def _title(review: Review) -> Iterator[Text]:
    plan, paper = review.facts.plan, review.facts.paper
    if plan is not None:
        yield plan.name.text
    if paper is not None:
        yield paper.name.text
    if review.opening is not None:
        yield _PURPOSES[review.opening.purpose]
        if review.opening.role is not None:
            yield ROLE_WORDS[review.opening.role]


def _status(review: Review) -> Text:
    if not review.walls:
        return Text("没有日志", "no journal")
    if not review.closed:
        return Text("未结束：刷新本页可看到新录的内容", "not closed: reload to see what was added")
    if review.facts.plan is None:
        return Text("已结束", "closed")
    if review.facts.closed_us is not None:
        return Text("已结束，有组委会存储回执", "closed, with a storage receipt of the organizer")
    return Text("已结束，没有组委会存储回执", "closed, without storage receipt")


def _lane(lane: Lane) -> dict[str, Any]:
    return {
        "source": lane.source,
        "name": _both(NAMES[lane.source]),
        "bars": [{"file": bar.file, "span": _span(bar.stretch)} for bar in lane.bars],
        "holes": [
            {"kind": hole.kind, "span": _span(hole.stretch), "text": _both(hole.text)}
            for hole in lane.holes
        ],
    }


def _film(film: Film) -> dict[str, Any]:
    """Pieces are `[first byte, end, from, to, key]`; key: see `_key`."""
    return {
        "file": film.name,
        "shows": film.shows,
        "epoch": _seconds(film.epoch_us),
        "pieces": [
            [piece.start, piece.end, *_span(piece.stretch), _key(piece)]
            for piece in film.pieces
            if piece.stretch is not None
        ],
    }


def _key(piece: Piece) -> int:
    """Return where playing may begin: 2 at the piece's first byte, 1 somewhere in it, 0 nowhere."""
    if piece.start == 0 or piece.start in piece.keys:
        return 2
    return 1 if piece.keys else 0


def _jumps(walls: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Leave out readings that follow from the one before."""
    known: int | None = None
    for at, wall in walls:
        if known is None or abs(wall - at - known) > _STEADY_US:
            known = wall - at
            yield at, wall


def _quoted(folder: Path) -> str:
    path = without_prefix(str(folder.absolute()))
    return f'"{path}"' if sys.platform == "win32" else shlex.quote(path)


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _span(stretch: Stretch) -> list[float]:
    return [_seconds(moment) for moment in stretch]


def _seconds(micros: int) -> float:
    return round(micros / SECOND_US, 3)
