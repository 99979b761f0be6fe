"""A recorder that is killed while it seals: the next one seals, and cleans up after it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from client.base.files import FileLock
from client.evidence.bag import export_bag
from client.evidence.copying import Tally
from client.evidence.verify import verify
from client.recorder.child.build import run_recorder
from client.recorder.setup import Devices, RecorderSetup, save_setup
from tests.builders import Script, build_session

NOW_US = 1_795_400_000_000_000
KILLED = """
import os, signal, sys
from pathlib import Path
from client.base import files
from client.evidence.layout import SessionFolder
from client.recorder.child.build import run_recorder

def killed(new, path):
    assert path.name == "seal.json"
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows: TerminateProcess

files.replace_file = killed
run_recorder(SessionFolder(Path(sys.argv[1])))
"""


class Nobody:
    wants_preview = wants_whole = False

    def publish(self, message):
        raise AssertionError("a sealed session has nothing to tell")


@pytest.fixture
def killed(tmp_path):
    """A session that was closed, and whose recorder was killed on the way to its seal."""
    script = Script(seal=False, store=False)
    built = build_session(tmp_path, script)
    save_setup(
        built.folder.setup,
        RecorderSetup(session=script.session, purpose="contest", devices=Devices()),
    )
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(built.folder.path)],
        check=False,
        timeout=60,
        capture_output=True,
    )
    assert done.returncode != 0
    assert not built.folder.seal.exists()
    assert len(halves(built)) == 1, done.stderr
    return built


def halves(built):
    return [path for path in built.folder.path.iterdir() if path.name.startswith(".seal.json.")]


def evidence(built):
    return {
        path.name: path.read_bytes()
        for path in built.folder.path.iterdir()
        if path.name != "seal.json" and path not in halves(built)
    }


def test_the_next_recorder_seals_and_removes_the_half_seal_alone(killed):
    before = evidence(killed)
    assert run_recorder(killed.folder, Nobody()) == "ended"
    assert halves(killed) == []
    assert evidence(killed) == before
    assert killed.folder.seal.exists()
    assert not killed.folder.key.exists()
    found = {finding.code for finding in verify(killed.folder.path).findings}
    assert not found & {"no_seal", "seal_wrong"}


def test_a_recorder_that_only_opens_a_sealed_session_cleans_too(killed):
    (half,) = halves(killed)
    held = half.read_bytes()
    run_recorder(killed.folder, Nobody())
    half.write_bytes(held)  # as a program before left it beside the seal
    seal = killed.folder.seal.read_bytes()
    run_recorder(killed.folder, Nobody())
    assert halves(killed) == []
    assert killed.folder.seal.read_bytes() == seal


def test_verify_and_bag_do_not_take_the_half_seal_for_evidence(killed, tmp_path):
    (half,) = halves(killed)
    with_it = verify(killed.folder.path)
    bag = export_bag(killed.folder, tmp_path, Tally(), NOW_US)
    assert half.name not in {path.name for path in (bag / "data").iterdir()}
    assert half.exists()  # neither of them cleans
    half.unlink()
    assert verify(killed.folder.path) == with_it
    assert not FileLock(killed.folder.recorder_lock).is_held()
