"""Write docs/states.md from the state table: `.venv/bin/python -m tests.draw_states`."""

from __future__ import annotations

from pathlib import Path

from client.attempt.states import mermaid

PAGE = """\
# States of a session / 场次状态

Drawn from the table in `client/attempt/states.py` by `.venv/bin/python -m tests.draw_states`; a
test keeps the two equal. Each event is a journal line, the seal, or a document that the organizer
signed, so after any restart the state follows from the session's folder alone
(`client/attempt/standing.py`).

```mermaid
{diagram}```
"""

if __name__ == "__main__":
    page = Path(__file__).parents[1] / "docs" / "states.md"
    page.write_text(PAGE.format(diagram=mermaid()), encoding="utf-8")
