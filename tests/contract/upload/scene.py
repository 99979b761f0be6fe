"""A session folder, a real organizer over loopback, and an uploader between them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from client.contest.contestant import Role
from client.contest.signed import PublicKey, sha256
from client.remote.client import OrganizerClient
from client.remote.messages import EnrolmentRequest
from client.remote.transport import Timeouts
from client.upload.credentials import PendingEnrolment, Token, save_credentials
from client.upload.progress import UploadProgress
from client.upload.receipts import Trust
from client.upload.watch import Ending, Habits
from client.upload.worker import Worker
from tests.growing import SESSION, Growing
from tests.simulators.contest import code_of
from tests.simulators.organizer import MisbehavingOrganizer

FAST = {"heartbeat_seconds": 1, "line_kbps": 1_000_000, "share_percent": 100}


class Scene:
    """Everything that one upload needs. `growing` is enrolled and has its first lines."""

    def __init__(
        self,
        root: Path,
        *,
        enrolled: bool = True,
        upload: dict[str, Any] | None = None,
        session: Path | None = None,
        **changes: Any,
    ) -> None:
        self.organizer = MisbehavingOrganizer(root, upload=upload or FAST)
        self.plan = self.organizer.contest.plan
        self.growing = Growing(session or root / "session", plan=self.plan.raw, **changes)
        self.folder = self.growing.folder
        self.snapshots: list[UploadProgress] = []
        self.ending: Ending | None = None
        self.organizer.arrive()
        if enrolled:
            reply = self.client().enrol(self.request())
            self.growing.enrolment = reply.enrolment
            save_credentials(self.folder.token, Token(token=reply.token))
        else:
            pending = PendingEnrolment(ticket="T-1", code=code_of("T-1"), paper="one")
            save_credentials(self.folder.token, pending)
        self.growing.open()

    def request(self) -> EnrolmentRequest:
        return EnrolmentRequest(
            ticket="T-1",
            code=code_of("T-1"),
            paper="one",
            role=Role.PRIMARY,
            session=SESSION,
            session_key=self.growing.session_key,
            plan_sha256=sha256(self.plan.raw),
            software="test",
        )

    def client(self, read_seconds: float = 2.0) -> OrganizerClient:
        timeouts = Timeouts(connect=2, read=read_seconds, whole=read_seconds)
        return OrganizerClient(self.organizer.address, timeouts=timeouts)

    @property
    def trust(self) -> Trust:
        key = PublicKey(self.organizer.contest.key)
        return Trust((key,), SESSION, self.growing.session_key)

    def worker(self, habits: Habits | None = None, read_seconds: float = 2.0) -> Worker:
        return Worker(
            self.folder,
            self.plan.plan,
            lambda _: self.client(read_seconds),
            self.snapshots.append,
            habits,
            random=lambda: 0.1,
        )

    def run(self, **options: Any) -> Ending:
        """Upload in this thread until the end."""
        return self.worker(**options).run()

    @contextmanager
    def running(self, **options: Any) -> Iterator[threading.Thread]:
        """Upload in a thread while the block runs, and wait for its end."""
        worker = self.worker(**options)

        def work() -> None:
            self.ending = worker.run()

        thread = threading.Thread(target=work, name="uploader")
        thread.start()
        yield thread
        thread.join(60)
        assert not thread.is_alive()

    def stored(self) -> dict[str, bytes]:
        """Return the organizer's copy."""
        return {name: self.organizer.stored(SESSION, name) for name in self.names()}

    def sent(self) -> dict[str, bytes]:
        """Return what the journal covers of every file on this computer."""
        ours = {
            n: (self.folder.path / n).read_bytes()[:size] for n, size in self.growing.sizes.items()
        }
        return {**ours, "journal.jsonl": self.folder.journal.read_bytes()}

    def names(self) -> list[str]:
        return [*self.growing.sizes, "journal.jsonl"]


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Return once `condition` holds; fail when it does not in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it did not happen in time")
