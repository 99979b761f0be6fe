"""The plan on the organizer's side: filled in, checked, signed, published, read again."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base.errors import BadInputError, PlanError
from client.base.files import write_atomically
from client.base.text import Text
from client.contest.plan import (
    Plan,
    PublishedPlan,
    check_draft,
    load_plan,
    parse_document,
    read_plan,
)
from client.contest.signed import public_key, sign
from client.evidence.keys import load_key
from client.organizer.folder import OrganizerFolder

_NO_KEY = "0" * 64


def check_plan(untrusted: bytes) -> Plan:
    """Validate a plan, signed or not; keys that signing will fill in may be absent.

    A plan that carries a signature must verify. PlanError names the first wrong field.
    """
    document = parse_document(untrusted)
    if document.get("signature"):
        return load_plan(untrusted).plan
    filled = _filled(document, _NO_KEY, "")
    check_draft(_encoded(filled))
    return Plan.model_validate({**filled, "signature": "AAAA"})


def sign_plan(folder: OrganizerFolder, draft: bytes, out: Path | None = None) -> PublishedPlan:
    """Fill in key and certificate where they are absent, sign, and publish as the plan of now.

    A later plan of the same contest must carry a higher `revision`; the same one again changes
    nothing. Older ones stay accepted for enrolment, as their digests are in recordings already.
    """
    key = load_key(folder.key)
    certificate = folder.certificate.read_text(encoding="ascii")
    filled = _filled(parse_document(draft), public_key(key), certificate)
    document = check_draft(_encoded(filled))
    _is_ours(document, key)
    published = load_plan(_encoded(sign(document, key)), public_key(key))
    if folder.plan.exists():
        before = load_plan(folder.plan.read_bytes(), public_key(key))
        if before.raw != published.raw:
            _follows(before.plan, published.plan)
    folder.keep_plan(published.sha256, published.raw)
    if out is not None:
        write_atomically(out, published.raw)
    return published


def _encoded(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _filled(document: dict[str, Any], key: str, certificate: str) -> dict[str, Any]:
    organizer = document.get("organizer")
    if not isinstance(organizer, dict):
        return document
    filled = {**organizer}
    if not filled.get("keys"):
        filled["keys"] = [key]
    address = filled.get("address")
    if isinstance(address, str) and address.startswith("https:"):
        filled["certificate_pem"] = filled.get("certificate_pem") or certificate
    return {**document, "organizer": filled}


def _is_ours(document: dict[str, Any], key: Ed25519PrivateKey) -> None:
    if public_key(key) not in document["organizer"]["keys"]:
        raise PlanError(
            Text(
                "方案的 organizer.keys 里没有本组委会的公钥。",
                "The plan's organizer.keys lacks this organizer's public key.",
            ),
            Text(
                "请加入公钥，或留空由签名时填入。",
                "Add it, or leave keys empty: signing fills it in.",
            ),
        )


def _follows(before: Plan, after: Plan) -> None:
    if after.id != before.id:
        raise BadInputError(
            Text(
                f"此文件夹属于竞赛“{before.id}”，不能发布“{after.id}”的方案。",
                f"This folder belongs to contest “{before.id}”, not “{after.id}”.",
            ),
            Text("请为每个竞赛单独 init 一个文件夹。", "Run init in a folder of its own for it."),
        )
    if after.revision <= before.revision:
        raise BadInputError(
            Text(
                f"已发布的方案是第 {before.revision} 版，新方案须大于它。",
                f"Revision {before.revision} is published; the new one must be higher.",
            ),
            Text("请把 revision 加一后再签名。", "Raise `revision` by one and sign again."),
        )


class PublishedPlans:
    """The plan of now and the older ones, as a serving process reads them from the folder."""

    def __init__(self, folder: OrganizerFolder) -> None:
        """Read lazily; a revision signed while the server runs is picked up by itself."""
        self._folder = folder
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None
        self._current: PublishedPlan | None = None

    def current(self) -> PublishedPlan:
        """Return the plan of now; PlanError or OSError where none can be read."""
        with self._lock:
            status = self._folder.plan.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if self._current is None or stamp != self._seen:
                key = public_key(load_key(self._folder.key))
                self._current = load_plan(self._folder.plan.read_bytes(), key)
                self._seen = stamp
            return self._current

    def find(self, digest: str) -> PublishedPlan | None:
        """Return the published plan with this digest, or None where there never was one."""
        current = self.current()
        if current.sha256 == digest:
            return current
        path = self._folder.plan_of(digest)
        if path is None:
            return None
        return read_plan(path)
