"""An organizer of our own, run by its verbs, and contestants who attend by the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.attempt.rehearsal import CODE, PAPER, TICKET, rehearsal_plan, rehearsal_roster
from client.base.clock import SECOND_US, utc_us
from client.evidence.entries import Step
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import Desk, Running, eventually

SMALL = {"screen": {"fps": 5}, "camera": {"width": 320, "height": 240, "fps": 5}}
"""Several sessions at once must not starve each other on two cores."""


@dataclass
class Organizer:
    """An organizer's folder and, while it serves, its process."""

    desk: Desk
    folder: Path
    port: int = field(default_factory=devices.free_port)
    server: Running | None = None
    key: str = ""

    @property
    def plan(self) -> Path:
        """The signed plan."""
        return self.folder / "plan.json"

    def prepare(self, seconds: int, lead: float, **changes: Any) -> None:
        """Make keys, sign a rehearsal plan that films in `lead` seconds, load the roster."""
        base = self.folder.with_suffix
        self.desk.run("organizer", "init", self.folder).ok()
        begins_us = utc_us() + round(lead * SECOND_US)
        plan = json.loads(rehearsal_plan(f"http://127.0.0.1:{self.port}", begins_us, seconds))
        plan["recording"] |= SMALL
        base(".json").write_text(json.dumps({**plan, **changes}), "utf-8")
        base(".csv").write_bytes(rehearsal_roster())
        self.desk.run("organizer", "plan", "sign", self.folder, base(".json")).ok()
        self.desk.run("organizer", "roster", "load", self.folder, base(".csv")).ok()
        self.key = (self.folder / "organizer-key.pub").read_text("utf-8").strip()

    def serve(self) -> Running:
        """Begin to listen on the port that the plan names; return once it does."""
        ready = self.folder.with_suffix(".ready")
        ready.unlink(missing_ok=True)
        words = ["--port", str(self.port), "--ready-file", str(ready)]
        self.server = self.desk.start("organizer", "serve", self.folder, *words)
        eventually(ready.exists, 30, "the organizer to listen")
        return self.server

    def copy_of(self, folder: Path) -> Path:
        """Return where it keeps the session of `folder`."""
        return self.folder / "sessions" / recorded.lines(folder)[0].entry.session  # type: ignore[union-attr]


def attend(
    at: Desk, plan: Path | str, camera: str, microphone: str, out: Path, *more: str
) -> Running:
    """Attend as the rehearsal's one contestant."""
    words = ["--plan", str(plan), "--ticket", TICKET, "--code", CODE, "--role", "primary"]
    words += ["--paper", PAPER, "--camera", camera, "--microphone", microphone]
    return at.start("attend", *words, "--out", str(out), "--headless", "--json", *more)


def begun_session(sessions: Path, verb: Running) -> Path:
    """Return the one session's folder below `sessions` once its identity step has begun."""

    def look() -> Path | None:
        assert verb.process.poll() is None, verb.wait()
        for journal in sessions.glob("*/journal.jsonl"):
            if any(step.name == "identity" for step in recorded.entries(journal.parent, Step)):
                return journal.parent
        return None

    return eventually(look, 40, "the identity step")
