"""An organizer on this computer, served from the sources, for sessions of the program on trial."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tryout.target import PROJECT, eventually, verifier

from client.attempt.rehearsal import BEIJING, CODE, TICKET, rehearsal_plan, rehearsal_roster
from client.base.clock import SECOND_US, utc_us
from client.organizer.enlist import load_roster
from client.organizer.folder import OrganizerFolder, init_folder
from client.organizer.publish import sign_plan
from tests.devices import free_port

LISTENS_S = 60
SINCE_S, LASTS_S = 60, 1800


@dataclass(frozen=True)
class Venue:
    """One contest that begins soon."""

    folder: Path
    address: str

    @property
    def key(self) -> Path:
        """Return the public key that a judge brings."""
        return self.folder / "organizer-key.pub"

    def attend(self) -> list[str]:
        """Return the words by which the one contestant attends."""
        plan = f"{self.address}/plan"
        return ["attend", "--plan", plan, "--ticket", TICKET, "--code", CODE, "--role", "primary"]


def beijing_minute_ago() -> str:
    """Return when the contest began."""
    return (datetime.now(BEIJING) - timedelta(seconds=SINCE_S)).isoformat(timespec="seconds")


@contextmanager
def venue(folder: Path) -> Iterator[Venue]:
    """Serve a real contest (no rehearsal: its recordings are kept) that has just begun.

    For a latecomer nothing happens by itself before the end, however slow the computer is.
    """
    init_folder(folder)
    made = OrganizerFolder(folder)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    plan = json.loads(rehearsal_plan(address, utc_us() - SINCE_S * SECOND_US, SINCE_S + LASTS_S))
    plan["timing"] |= {"filming_minutes_before": 1, "late_identity_minutes": LASTS_S // 60}
    plan["projects"][0]["papers"][0]["starts_at"] = beijing_minute_ago()
    sign_plan(made, json.dumps(plan | {"rehearsal": False}).encode())
    load_roster(made, rehearsal_roster())
    ready = folder / "ready"
    words = ["organizer", "serve", str(folder), "--port", str(port), "--ready-file", str(ready)]
    with (folder / "serve.log").open("wb") as log:
        server = subprocess.Popen([*verifier(), *words], cwd=PROJECT, stdout=log, stderr=log)
    try:
        eventually(ready.exists, LISTENS_S, "the organizer to listen")
        yield Venue(folder, address)
    finally:
        server.terminate()
        server.wait(15)
