"""An organizer on this very computer, for a rehearsal: a process that ends with its starter."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from client.attempt.rehearsal import rehearsal_roster
from client.base.errors import OrganizerError
from client.base.job import helper
from client.base.process import own_command
from client.base.text import Text
from client.contest.plan import PublishedPlan
from client.contest.signed import PublicKey
from client.organizer.enlist import load_roster
from client.organizer.folder import OrganizerFolder, init_folder
from client.organizer.publish import sign_plan

SERVER_STARTS_S = 60.0
_LOOK_AGAIN_S = 0.05


def _no_haste() -> None:
    """Nobody wants to stop."""


@dataclass(frozen=True)
class LocalOrganizer:
    """It listens; its real plan can be made now, of which the address is a part."""

    folder: OrganizerFolder
    key: PublicKey
    address: str
    took_s: float
    """How long it took to listen: so slow is this computer today."""

    def publish(self, plan: bytes) -> PublishedPlan:
        """Sign `plan`; it must be of a later revision than the draft."""
        return sign_plan(self.folder, plan)


@contextlib.contextmanager
def local_organizer(
    path: Path, draft: bytes, look: Callable[[], None] = _no_haste
) -> Iterator[LocalOrganizer]:
    """Make an organizer in `path` with the rehearsal's roster and serve it until the block ends.

    None is served without a plan: `draft` is one, until it is known where it listens. `look` is
    called while that is waited for, and may raise. OrganizerError where it does not start.
    """
    key = init_folder(path)
    folder = OrganizerFolder(path)
    load_roster(folder, rehearsal_roster())
    sign_plan(folder, draft)
    ready, log = path / "ready.json", path / "serve.log"
    command = own_command("organizer", "serve", str(path), "--ready-file", str(ready))
    begun = time.monotonic()
    with (
        log.open("wb") as errors,
        helper(command, stdout=subprocess.DEVNULL, stderr=errors) as server,
    ):
        while not ready.exists():
            look()
            if server.poll() is not None or time.monotonic() - begun > SERVER_STARTS_S:
                raise _did_not_start(log)
            time.sleep(_LOOK_AGAIN_S)
        address = str(json.loads(ready.read_bytes())["address"])
        yield LocalOrganizer(folder, key, address, time.monotonic() - begun)


def _did_not_start(log: Path) -> OrganizerError:
    return OrganizerError(
        Text("本机组委会服务没有启动。", "The organizer did not start."),
        Text(f"请查看 {log}。", f"See {log}."),
    )
