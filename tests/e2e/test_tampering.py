"""A real session, changed afterwards: `verify` says what and where. Untouched it verifies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.contest.signed import canonical, public_key, sha256, sign
from client.evidence.journal import GENESIS
from client.evidence.layout import SessionFolder
from tests.e2e.scenarios import Stories, Story

pytestmark = pytest.mark.e2e
MEDIA = "media"


@pytest.fixture
def changed(stories: Stories, tmp_path: Path) -> SessionFolder:
    """Return a copy of an authentic session that may be spoilt."""
    folder = SessionFolder(tmp_path / "copy")
    shutil.copytree(stories["killed"].folder, folder.path)
    return folder


def verified(story: Story, folder: SessionFolder, key: str | None = None) -> dict[str, Any]:
    said = story.desk.run(
        "verify", folder.path, "--organizer-key", key or story.organizer.key, "--json"
    )
    assert said.code == said.document["exit_code"]
    return said.document


def flip(path: Path, share: float) -> int:
    """Change one bit at this share of the file's length; return the offset."""
    data = bytearray(path.read_bytes())
    offset = int(len(data) * share)
    data[offset] ^= 0x10
    path.write_bytes(data)
    return offset


def lines_of(folder: SessionFolder) -> list[bytes]:
    return folder.journal.read_bytes().splitlines(keepends=True)


def test_untouched_it_is_authentic(stories: Stories, changed: SessionFolder) -> None:
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "AUTHENTIC", report["findings"]


@pytest.mark.parametrize("name", ["screen-01.mp4", "identity-01.mp4", "contest-01.mp4"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_one_bit_in_a_track(
    stories: Stories, changed: SessionFolder, name: str, share: float
) -> None:
    offset = flip(changed.path / name, share)
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "TAMPERED"
    places = [f["bytes"] for f in report["findings"] if f["file"] == name and f["bytes"]]
    assert any(start <= offset < end for start, end in places), report["findings"]


def test_a_cut_tail(stories: Stories, changed: SessionFolder) -> None:
    path = changed.path / "contest-01.mp4"
    path.write_bytes(path.read_bytes()[:-5000])
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "TAMPERED"
    shorter = [f for f in report["findings"] if f["file"] == path.name and f["bytes"]]
    assert shorter, report["findings"]
    assert shorter[0]["bytes"][1] > path.stat().st_size


def drop(lines: list[bytes]) -> list[bytes]:
    return lines[:20] + lines[21:]


def swap(lines: list[bytes]) -> list[bytes]:
    return [*lines[:20], lines[21], lines[20], *lines[22:]]


@pytest.mark.parametrize("change", [drop, swap], ids=["dropped", "swapped"])
def test_journal_lines(
    stories: Stories, changed: SessionFolder, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    changed.journal.write_bytes(b"".join(change(lines_of(changed))))
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "TAMPERED"
    of_journal = [f for f in report["findings"] if f["file"] == "journal.jsonl"]
    named = [f["line"] for f in of_journal if f["line"]]
    assert min(named) in (21, 22), report["findings"]


def test_everything_signed_again_with_another_key(stories: Stories, changed: SessionFolder) -> None:
    """Somebody drops the last media line and rebuilds chain, signatures and seal perfectly."""
    key, prev, lines = Ed25519PrivateKey.generate(), GENESIS, []
    documents = [json.loads(raw) for raw in lines_of(changed)]
    last = max(n for n, d in enumerate(documents) if d["kind"] == MEDIA)
    for seq, document in enumerate(d for n, d in enumerate(documents) if n != last):
        new = {**document, "seq": seq, "prev": prev}
        if document["kind"] == "opening":
            new["session_key"] = public_key(key)
        lines.append(canonical(sign(new, key)))
        prev = sha256(lines[-1])
    changed.journal.write_bytes(b"\n".join(lines) + b"\n")
    seal = json.loads(changed.seal.read_bytes())
    seal |= {
        "session_key": public_key(key),
        "head": {"seq": len(lines) - 1, "sha256": prev},
        "journal_bytes": changed.journal.stat().st_size,
    }
    changed.seal.write_text(json.dumps(sign(seal, key)), "utf-8")
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "TAMPERED"
    assert "enrolment_wrong" in {f["code"] for f in report["findings"]}, report["findings"]


def test_another_organizers_key(stories: Stories, changed: SessionFolder) -> None:
    other = public_key(Ed25519PrivateKey.generate())
    report = verified(stories["killed"], changed, other)
    assert report["verdict"] == "TAMPERED"
    assert "other_organizer" in {f["code"] for f in report["findings"]}


def test_without_the_countersigned_seal_nothing_is_authentic(
    stories: Stories, changed: SessionFolder
) -> None:
    kept = [raw for raw in changed.receipts.read_bytes().splitlines() if b"storage/1" not in raw]
    changed.receipts.write_bytes(b"\n".join(kept) + b"\n")
    report = verified(stories["killed"], changed)
    assert report["verdict"] == "UNANCHORED"
    assert "no_storage_receipt" in {f["code"] for f in report["findings"]}
