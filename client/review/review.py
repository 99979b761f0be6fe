"""Reading a session folder for the page: whatever can be played, and what could not be read.

Nothing is hashed, and faults of the organizer's signatures are not told: that is `verify`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from client.base.errors import EvidenceError
from client.base.text import Text
from client.contest.signed import PublicKey
from client.evidence.anchors import Organizer, anchors_of, read_documents, receipts_in
from client.evidence.chain import Chain, read_chain
from client.evidence.coverage import Rules, check_coverage, promised, required_by
from client.evidence.entries import Opening
from client.evidence.facts import DamagedError, Facts, read_facts
from client.evidence.findings import Finding
from client.evidence.hours import check_hours
from client.evidence.layout import SessionFolder
from client.evidence.ledger import FileLedger, Ledger, read_ledger
from client.evidence.timeline import Timeline
from client.review.events import Event, events_of, of_hours, receipts_of
from client.review.films import Film, as_journalled, film_of, in_a_row, scanned, sizes_on_disk
from client.review.lanes import Lane, bars_only, lanes_of

_NO_JOURNAL = Text(
    "日志读不出：各段录像只能依次排列，时间没有对齐，缺口无法标出。",
    "The journal cannot be read: parts stand in a row, not aligned in time; gaps are not known.",
)


@dataclass(frozen=True)
class Review:
    """One session as it can be shown. All times are microseconds of its own clock."""

    films: tuple[Film, ...]
    lanes: tuple[Lane, ...]
    notes: tuple[Text, ...]
    """What could not be read, and what the viewer must know."""
    events: tuple[Event, ...] = ()
    receipts: tuple[int, ...] = ()
    walls: tuple[tuple[int, int], ...] = ()
    """From a moment on, what the wall clock showed then (UTC); empty where nobody knows."""
    closed: bool = False
    opening: Opening | None = None
    facts: Facts = field(default_factory=lambda: Facts(None, None))

    @property
    def start_us(self) -> int:
        """Return the first moment: 0, or earlier where a track begins before."""
        return min([0, *(film.epoch_us for film in self.films)])

    @property
    def end_us(self) -> int:
        """Return the last moment that a track or a gap reaches."""
        ends = [bar.stretch[1] for lane in self.lanes for bar in lane.bars]
        ends += [hole.stretch[1] for lane in self.lanes for hole in lane.holes]
        return max(ends, default=0)


def require_session(folder: Path) -> SessionFolder:
    """Return the session in `folder`; EvidenceError where there is nothing to play."""
    if not folder.is_dir():
        raise EvidenceError(
            Text(f"找不到场次文件夹：{folder}。", f"There is no such session folder: {folder}."),
            Text("请检查路径；saijian retention 列出本机的场次。", "See saijian retention."),
        )
    session = SessionFolder(folder)
    if not any(sizes_on_disk(session).values()):
        raise EvidenceError(
            Text(f"{folder} 里没有录像。", f"There are no recordings in {folder}."),
            Text("请给出一个场次文件夹。", "Give the folder of one session."),
        )
    return session


def read_review(folder: Path) -> Review:
    """Read what lies in `folder` now; EvidenceError where nothing can be played, or OSError."""
    session = require_session(folder)
    chain = read_chain(session.journal)
    sizes = sizes_on_disk(session)
    if not chain.lines:
        films = tuple(in_a_row(session, sizes))
        notes = (_NO_JOURNAL, *(finding.text for finding in chain.findings))
        return Review(films, tuple(bars_only(films)), notes)
    return _journalled(session, chain, sizes)


def _journalled(session: SessionFolder, chain: Chain, sizes: Mapping[str, int]) -> Review:
    timeline = Timeline(chain.lines)
    ledger = read_ledger(chain.lines, timeline)
    notes = [finding.text for finding in chain.findings]
    notes += _mend(session, ledger, sizes)
    films = [film for known in ledger.files.values() if (film := film_of(known)) is not None]
    there = [film.cut(sizes.get(film.name, 0)) for film in films]
    away = {known.name for known in ledger.files.values() if known.on_spare}
    spare = set() if session.has_spare_now else away
    notes += _missing(films, there, sizes, spare)
    facts = _facts(session, notes)
    rules = _rules(chain, ledger, facts)
    coverage = check_coverage(chain.lines, timeline, ledger, as_journalled(films), rules)
    notes += dict.fromkeys(f.text for f in coverage.findings if f not in coverage.gaps)
    events = events_of(chain.lines, timeline)
    events += [of_hours(finding) for finding in _hours(session, chain, timeline, facts)]
    return Review(
        tuple(film for film in there if film.pieces),
        tuple(lanes_of(there, coverage.gaps)),
        tuple(notes),
        tuple(sorted(events, key=lambda event: event.at_us)),
        tuple(receipts_of(chain.lines, timeline)),
        tuple((timeline.of(line), line.utc_us) for line in chain.lines),
        rules.closed,
        chain.opening,
        facts,
    )


def _rules(chain: Chain, ledger: Ledger, facts: Facts) -> Rules:
    """A contest needs what its plan asks; that some is simulated is said beside the picture."""
    required = promised(chain.lines, ledger)
    if chain.opening is None or chain.opening.purpose != "recording":
        required = required_by(facts.plan.recording if facts.plan is not None else None)
    return Rules(required, simulation_allowed=True, closed=chain.close is not None)


def _hours(
    session: SessionFolder, chain: Chain, timeline: Timeline, facts: Facts
) -> Iterator[Finding]:
    """Compare the recording with the hours of its paper, by the organizer's clock where it told."""
    if facts.plan is None or chain.opening is None:
        return
    organizer = Organizer(facts.plan, frozenset(map(PublicKey, facts.plan.organizer.keys)))
    documents = read_documents(receipts_in(session.receipts), chain.lines, chain.opening, organizer)
    anchors = anchors_of(chain.lines, documents, timeline)
    yield from check_hours(chain, timeline, facts.plan, anchors)


def _mend(session: SessionFolder, ledger: Ledger, sizes: Mapping[str, int]) -> Iterator[Text]:
    """Read files through whose ranges the journal no longer tells without a hole."""
    for name in {f.file for f in ledger.findings if f.code == "range_order"} & sizes.keys():
        known = ledger.files[name]
        pieces = list(scanned(session.file(name), known.epoch_us).pieces)
        ledger.files[name] = FileLedger(name, known.part, known.epoch_us, known.boot, pieces)
        yield Text(
            f"日志对 {name} 的登记有缺漏，已改为直接读取文件。",
            f"The journal tells {name} with holes; the file itself was read instead.",
        )


def _missing(
    journalled: list[Film], there: list[Film], sizes: Mapping[str, int], spare: AbstractSet[str]
) -> Iterator[Text]:
    for film, left in zip(journalled, there, strict=True):
        if film.name in spare - sizes.keys():
            yield Text(
                f"{film.name} 这一段在另一块硬盘上，请接上那块硬盘后重新打开。",
                f"{film.name} lies on another drive: connect it, then open this again.",
            )
        elif film.name not in sizes:
            yield Text(f"缺少文件 {film.name}。", f"The file {film.name} is missing.")
        elif left != film:
            yield Text(
                f"{film.name} 比日志登记的短，末尾无法播放。",
                f"{film.name} is shorter than journalled; its end cannot be played.",
            )
    for name in sorted(sizes.keys() - {film.name for film in journalled}):
        if sizes[name]:
            yield Text(
                f"日志没有说明 {name} 何时开始，没有显示。",
                f"The journal does not say when {name} began; it is not shown.",
            )


def _facts(session: SessionFolder, notes: list[Text]) -> Facts:
    """Return contest, paper and storage receipt where their signatures are in order."""
    try:
        return read_facts(session)
    except (DamagedError, OSError) as error:
        name = str(error)
        notes.append(Text(f"{name} 缺失或与签名不符。", f"{name}: missing or not as signed."))
        return Facts(None, None)
