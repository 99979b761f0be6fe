"""The folder of an embedded organizer: names, places, and how it is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from client.base.errors import BadInputError
from client.base.files import private_folder, write_atomically
from client.base.text import Text
from client.contest.signed import PublicKey, Sha256, public_key
from client.evidence.keys import create_key, load_key
from client.organizer.certificate import make_certificate
from client.organizer.roster import EXAMPLE

_DIGEST = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True)
class OrganizerFolder:
    """Paths of one organizer. Nobody but its user may enter: it holds keys and identity films."""

    path: Path

    @property
    def key(self) -> Path:
        """Ed25519 key that signs plan, enrolments and receipts."""
        return self.path / "organizer-key.pem"

    @property
    def public_key(self) -> Path:
        """The public half in hex: what a judge brings to `verify --organizer-key`."""
        return self.path / "organizer-key.pub"

    @property
    def certificate(self) -> Path:
        """TLS certificate that the signed plan pins."""
        return self.path / "tls-certificate.pem"

    @property
    def certificate_key(self) -> Path:
        """Private key of the TLS certificate."""
        return self.path / "tls-key.pem"

    @property
    def plan(self) -> Path:
        """The plan that is published now, exactly as signed."""
        return self.path / "plan.json"

    @property
    def plans(self) -> Path:
        """Every plan that was ever published, named by its digest."""
        return self.path / "plans"

    @property
    def records(self) -> Path:
        """SQLite: roster, sessions, receipts, bundles."""
        return self.path / "records.sqlite"

    @property
    def sessions(self) -> Path:
        """One folder a session, named by its UUID, with the bytes that arrived."""
        return self.path / "sessions"

    @property
    def reports(self) -> Path:
        """Preflight reports that computers sent: what `saijian board` reads."""
        return self.path / "reports"

    @property
    def roster_example(self) -> Path:
        """A roster with nothing but its header, to be filled in with Excel."""
        return self.path / "roster-example.csv"

    @property
    def serve_lock(self) -> Path:
        """Held by the one process that serves this folder."""
        return self.path / "serve.lock"

    def session(self, session_id: str) -> Path:
        """Return the folder of a session (its id was validated as a UUID)."""
        return self.sessions / session_id

    def plan_of(self, digest: str) -> Path | None:
        """Return the published plan with this digest, or None."""
        if _DIGEST.match(digest) is None:
            return None
        path = self.plans / f"{digest}.json"
        return path if path.exists() else None

    def keep_plan(self, digest: Sha256, raw: bytes) -> None:
        """Publish `raw`: kept by its digest first, then it becomes the plan of now."""
        write_atomically(self.plans / f"{digest}.json", raw)
        write_atomically(self.plan, raw)


def init_folder(path: Path, hosts: tuple[str, ...] = ()) -> PublicKey:
    """Make keys, certificate, example roster and folders; return the public key.

    `hosts` are names or IP addresses that the certificate shall carry beside loopback.
    BadInputError where an organizer lives there already: its keys are never overwritten.
    """
    folder = OrganizerFolder(path)
    if folder.key.exists():
        raise BadInputError(
            Text(f"{path} 里已经有组委会的密钥。", f"{path} already holds an organizer's keys."),
            Text("请换一个空文件夹。", "Choose an empty folder."),
        )
    private_folder(path)
    for inside in (folder.plans, folder.sessions, folder.reports):
        private_folder(inside)
    certificate = make_certificate(hosts)
    write_atomically(folder.certificate_key, certificate.key_pem, private=True)
    write_atomically(folder.certificate, certificate.certificate_pem)
    write_atomically(folder.roster_example, EXAMPLE.encode("utf-8-sig"))
    key = public_key(create_key(folder.key))
    write_atomically(folder.public_key, f"{key}\n".encode())
    return key


def open_folder(path: Path) -> OrganizerFolder:
    """Return the organizer's folder at `path`; BadInputError where `init` has not been run."""
    folder = OrganizerFolder(path)
    if not folder.key.exists():
        raise BadInputError(
            Text(f"{path} 不是组委会文件夹。", f"{path} is no organizer's folder."),
            Text(
                f"请先运行：saijian organizer init {path}",
                f"First run: saijian organizer init {path}",
            ),
        )
    load_key(folder.key)
    return folder
