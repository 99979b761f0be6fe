"""The uploader killed again and again, with a real organizer: nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.upload import supervisor
from client.upload.progress import load_progress
from client.upload.receipts import ReceiptBook
from client.upload.supervisor import ensure_running
from tests.contract.upload.scene import Scene, eventually

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
TRACKS = ("screen-01.mp4", "contest-01.mp4")


def uploader(scene: Scene) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "client", "uploader", "--session", str(scene.folder.path)]
    return subprocess.Popen(command, cwd=ROOT)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """1.25 MB/s, so that a session of 10 MB is long enough to be killed in the middle of."""
    upload = {"heartbeat_seconds": 1, "line_kbps": 20_000, "share_percent": 50}
    scene = Scene(tmp_path, upload=upload, rate=40_000)
    yield scene
    scene.organizer.leave()


def kept_receipts(scene: Scene) -> list[dict]:
    raw = scene.folder.receipts.read_bytes()
    found = []
    for line in raw.split(b"\n")[:-1]:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


@pytest.mark.timeout(180)
def test_kill_9_at_random_moments_loses_nothing(scene: Scene) -> None:
    rng = random.Random(20261122)
    pause = threading.Event()
    kills, process = 0, uploader(scene)
    try:
        for step in range(9):
            scene.growing.record(8, *TRACKS) if step < 8 else scene.growing.torn().seal()
            pause.wait(rng.uniform(0.7, 1.8))
            if process.poll() is None:
                process.kill()
                process.wait(10)
                kills += 1
                process = uploader(scene)
        assert process.wait(90) == 0
    finally:
        process.kill()
        process.wait(10)
    assert kills >= 5
    assert scene.stored() == scene.sent()
    documents = kept_receipts(scene)
    assert [d["kind"] for d in documents].count("saijian.storage/1") == 1
    seqs = [d["head"]["seq"] for d in documents if d["kind"] == "saijian.receipt/1"]
    assert seqs == sorted(seqs)
    for document in documents:
        if document["kind"] == "saijian.receipt/1":
            scene.trust.receipt(document)
    assert load_progress(scene.folder).state == "stored"


@pytest.mark.timeout(120)
def test_a_receipt_torn_by_a_kill_is_ended_and_skipped(scene: Scene) -> None:
    scene.growing.record(8, *TRACKS).seal()
    scene.folder.receipts.write_bytes(b'{"kind":"saijian.receipt/1","address":"127')
    process = uploader(scene)
    assert process.wait(60) == 0
    first, second, *_ = scene.folder.receipts.read_bytes().split(b"\n")
    assert first == b'{"kind":"saijian.receipt/1","address":"127'
    assert json.loads(second)["kind"] == "saijian.receipt/1"
    book = ReceiptBook(scene.folder)
    assert book.storage(scene.trust, scene.folder.seal.read_bytes()) is not None
    book.close()


def holder(scene: Scene) -> int | None:
    """Return the process that holds the uploader's lock, as Linux lists it."""
    inode = str(scene.folder.uploader_lock.stat().st_ino)
    for line in Path("/proc/locks").read_text().splitlines():
        words = line.split()
        if words[5].rpartition(":")[2] == inode and words[1] == "FLOCK":
            return int(words[4])
    return None


@pytest.mark.timeout(120)
def test_the_app_starts_a_dead_uploader_again_and_not_a_stored_one(scene: Scene) -> None:
    scene.growing.record(16, *TRACKS)

    def cared_for(condition) -> bool:
        ensure_running(scene.folder)
        return condition()

    eventually(lambda: cared_for(lambda: bool(holder_or_none(scene))))
    eventually(lambda: cared_for(lambda: load_progress(scene.folder).sent_bytes > 0))
    first = holder(scene)
    assert first is not None
    assert os.getsid(first) == first, "it outlives the app"
    os.kill(first, signal.SIGKILL)
    eventually(lambda: cared_for(lambda: holder_or_none(scene) not in (None, first)))
    scene.growing.record(8).seal()
    eventually(lambda: cared_for(lambda: load_progress(scene.folder).state == "stored"), 60)
    assert supervisor._started[scene.folder.path.resolve()].process.wait(10) == 0
    for _ in range(5):
        ensure_running(scene.folder)
    assert holder(scene) is None
    assert scene.stored() == scene.sent()


def holder_or_none(scene: Scene) -> int | None:
    return holder(scene) if scene.folder.uploader_lock.exists() else None


def test_a_refused_uploader_is_not_started_again(scene: Scene) -> None:
    scene.folder.token.write_text('{"token":"0123456789abcdef"}')
    scene.growing.record(8, *TRACKS)

    def refused() -> bool:
        ensure_running(scene.folder)
        return load_progress(scene.folder).state == "refused"

    eventually(refused, 60)
    eventually(lambda: holder(scene) is None)
    asked = len(scene.organizer.seen("POST"))
    pause = threading.Event()
    for _ in range(30):
        ensure_running(scene.folder)
        pause.wait(0.1)
    assert len(scene.organizer.seen("POST")) == asked
