"""Where a session stands, read from its folder alone: journal, seal, receipts."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from client.attempt.states import TRANSITIONS, Event, State, after, event_of
from client.base.bounded import whole_lines
from client.evidence.entries import CheckResult, Preflighted
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder

_DOCUMENTS = {
    "saijian.enrolment/1": Event.ENROL_LATER,
    "saijian.storage/1": Event.STORE,
}


@dataclass(frozen=True)
class Standing:
    """The state, and what a page shows beside it."""

    state: State = State.NEW
    checks: tuple[CheckResult, ...] = ()
    logged_in: bool = False
    uncertain: str = ""
    """The first event that the table does not know at its place, for the log."""


class StandingReader:
    """Reads only what is new in the journal. Not thread-safe."""

    def __init__(self, folder: SessionFolder) -> None:
        """Begin at the first line."""
        self._folder = folder
        self._offset = 0
        self._written = Standing()

    def read(self) -> Standing:
        """Return where the session stands now."""
        for line in read_journal(self._folder.journal, self._offset):
            end = line.end if isinstance(line, Line) else line.offset + len(line.raw) + 1
            self._offset = end
            if isinstance(line, Line):
                self._written = _with_line(self._written, line)
        standing = self._written
        if standing.state == State.SEALING and self._folder.seal.exists():
            standing = _moved(standing, Event.SEAL)
        if standing.state in (State.SEALING, State.UPLOADING):
            for event in _documents(self._folder):
                if (standing.state, event) in TRANSITIONS:
                    standing = _moved(standing, event)
        return standing


def standing_of(folder: SessionFolder) -> Standing:
    """Read a session's folder once."""
    return StandingReader(folder).read()


def _with_line(standing: Standing, line: Line) -> Standing:
    if isinstance(line.entry, Preflighted):
        standing = replace(standing, checks=line.entry.results)
    event = event_of(line.entry)
    return _moved(standing, event) if event else standing


def _moved(standing: Standing, event: Event) -> Standing:
    if (standing.state, event) not in TRANSITIONS:
        return replace(standing, uncertain=standing.uncertain or f"{event} in {standing.state}")
    return replace(
        standing,
        state=after(standing.state, event),
        logged_in=standing.logged_in or event == Event.LOGIN,
    )


def _documents(folder: SessionFolder) -> list[Event]:
    """Return the events of whole lines in receipts.jsonl; `verify` checks their signatures."""
    if not folder.receipts.exists():
        return []
    events = []
    for raw in whole_lines(folder.receipts):
        try:
            document = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        kind = document.get("kind") if isinstance(document, dict) else None
        if isinstance(kind, str) and kind in _DOCUMENTS:
            events.append(_DOCUMENTS[kind])
    return events
