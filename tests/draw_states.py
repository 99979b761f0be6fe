"""Write docs/states.md from the state table: `.venv/bin/python -m tests.draw_states`."""

from __future__ import annotations

from pathlib import Path

from client.attempt.states import TRANSITIONS, Event, State

PAGE = """\
# States of a session / 场次状态

Drawn from the table in `client/attempt/states.py` by `.venv/bin/python -m tests.draw_states`; a
test keeps the two equal. Each event is a journal line, the seal, or a document that the organizer
signed, so after any restart the state follows from the session's folder alone
(`client/attempt/standing.py`).

```mermaid
{diagram}```
"""


def mermaid() -> str:
    """Draw the table as a Mermaid state diagram, moves that change nothing left to a note."""
    lines = ["stateDiagram-v2", "    [*] --> new"]
    moves: dict[tuple[State, State], list[str]] = {}
    stays: dict[Event, list[str]] = {}
    for (state, event), target in TRANSITIONS.items():
        if state == target:
            stays.setdefault(event, []).append(state)
        else:
            moves.setdefault((state, target), []).append(event)
    lines += [f"    {a} --> {b}: {' / '.join(events)}" for (a, b), events in moves.items()]
    lines += ["    stored --> [*]", "    note right of stored"]
    lines += [f"        {event} changes nothing in: {', '.join(s)}" for event, s in stays.items()]
    lines += ["    end note"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    page = Path(__file__).parents[1] / "docs" / "states.md"
    page.write_text(PAGE.format(diagram=mermaid()), encoding="utf-8")
