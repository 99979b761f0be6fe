"""The table of a trial: a line for each thing that was shown, failed, or could not be tried."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from tryout.target import Failed, NotTried

Outcome = Literal["ok", "failed", "not tried"]
MARKS: dict[Outcome, str] = {"ok": "✓", "failed": "✗", "not tried": "–"}


@dataclass(frozen=True)
class Row:
    """One line."""

    name: str
    zh: str
    outcome: Outcome
    seen: str
    """What was seen, with figures; or the reason why it was not tried."""
    seconds: float

    def line(self) -> str:
        """Return it for a person."""
        return (
            f"{MARKS[self.outcome]} {self.name:<22} {self.seconds:6.1f} s  {self.zh}：{self.seen}"
        )


@dataclass
class Table:
    """All lines so far, in order; each is printed when it is known."""

    rows: list[Row] = field(default_factory=list)

    def show(self, name: str, zh: str, work: Callable[[], str]) -> Outcome:
        """Do `work`, which returns what it saw, and add its line."""
        started = time.monotonic()
        outcome: Outcome = "ok"
        try:
            seen = work()
        except Failed as failure:
            outcome, seen = "failed", str(failure)
        except NotTried as reason:
            outcome, seen = "not tried", str(reason)
        except Exception as error:  # noqa: BLE001 - a broken step is a failed line, not the end
            traceback.print_exc()
            outcome, seen = "failed", f"{type(error).__name__}: {error}"
        self.add(Row(name, zh, outcome, seen, round(time.monotonic() - started, 1)))
        return outcome

    @contextmanager
    def noting(self, name: str, zh: str) -> Iterator[None]:
        """Make what breaks in the block, outside of its lines, a failed line of its own."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the table and its other lines are still wanted
            traceback.print_exc()
            self.add(Row(name, zh, "failed", f"{type(error).__name__}: {error}", 0.0))

    def skip(self, name: str, zh: str, reason: str) -> None:
        """Add a line for what was not tried."""
        self.add(Row(name, zh, "not tried", reason, 0.0))

    def add(self, row: Row) -> None:
        """Add a line that somebody else has seen."""
        self.rows.append(row)
        print(row.line(), flush=True)

    @property
    def failed(self) -> bool:
        """Tell whether a line failed; a table that shows nothing has failed."""
        outcomes = [row.outcome for row in self.rows]
        return "failed" in outcomes or "ok" not in outcomes

    def __str__(self) -> str:
        """Return the whole table and its count."""
        counts = ", ".join(
            f"{sum(row.outcome == outcome for row in self.rows)} {outcome}" for outcome in MARKS
        )
        return "\n".join([*(row.line() for row in self.rows), counts])

    def write(self, path: Path, **facts: object) -> None:
        """Write it for programs."""
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {**facts, "failed": self.failed, "rows": [asdict(row) for row in self.rows]}
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
