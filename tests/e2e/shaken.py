"""One recording in which a source is tampered with while it runs."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.evidence.entries import Source, State
from tests.e2e import recorded
from tests.e2e.program import Desk, Running, eventually

PATIENCE = 30


@dataclass
class Shaken:
    """The recording in `folder`, and when what was done to its `source`."""

    folder: Path
    source: Source
    done_us: dict[str, int] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    """What `verify` says of it."""

    def states(self) -> list[State]:
        """Return the journal's lines of how the source was doing."""
        return [s for s in recorded.entries(self.folder, State) if s.source == self.source]

    def reach(self, state: str, count: int) -> None:
        """Wait until the source was in `state` so often."""

        def reached() -> bool:
            return sum(s.state == state for s in self.states()) >= count

        eventually(reached, PATIENCE, f"{self.source} {state}")

    def end(self, at: Desk, verb: Running) -> None:
        """Record a second more, end the recording in order, and have it verified."""
        time.sleep(1)
        verb.process.send_signal(signal.SIGINT)
        verb.wait(PATIENCE)
        self.report = at.run("verify", self.folder, "--json").document

    def causes(self) -> list[str]:
        """Return why seconds of the source are missing."""
        return [gap["cause"] for gap in self.report["gaps"] if gap["source"] == self.source]
