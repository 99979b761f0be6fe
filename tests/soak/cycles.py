"""Starts and stops a recorder again and again in one process, and counts what stays behind.

    .venv/bin/python -m tests.soak.cycles 100 FOLDER --camera ADDRESS --microphone NAME

Prints one JSON document: handles, threads and private memory after each cycle. In one process on
purpose: the product takes a new one for each session, where a leak of the start would not show.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from client.base.process import give_memory_back, keep_one_heap
from client.evidence.keys import create_session_key
from client.evidence.layout import SessionFolder
from client.recorder.child.build import run_recorder
from client.recorder.protocol import Message
from client.recorder.setup import Devices, RecorderSetup, save_setup
from tests.bench.proc import memory_of

SECONDS = 0.5


@dataclass(frozen=True)
class After:
    """What the process holds after a cycle."""

    cycle: int
    handles: int
    threads: int
    private: int
    """Bytes."""


class Nobody:
    """An audience that does not look."""

    wants_preview = wants_whole = False

    def publish(self, message: Message) -> None:
        """Say nothing."""


def cycle(folder: SessionFolder, devices: Devices) -> None:
    """Record one session of `SECONDS`, sealed at its end."""
    folder.create()
    create_session_key(folder.key)
    setup = RecorderSetup(
        session=str(uuid.uuid4()), purpose="recording", devices=devices, seconds=SECONDS
    )
    save_setup(folder.setup, setup)
    reason = run_recorder(folder, Nobody())
    if reason is None or not folder.seal.exists() or not folder.tracks():
        raise AssertionError(f"{folder.path}: {reason}")


def main() -> int:
    """Return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cycles", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--camera", default="test")
    parser.add_argument("--microphone", default="test")
    args = parser.parse_args()
    devices = Devices(camera=args.camera, microphone=args.microphone)
    keep_one_heap()
    process, found = psutil.Process(), []
    for number in range(1, args.cycles + 1):
        folder = SessionFolder(args.folder / f"cycle-{number}")
        cycle(folder, devices)
        shutil.rmtree(folder.path)
        shutil.rmtree(folder.private)
        gc.collect()
        give_memory_back()
        private = memory_of(process.pid).private
        found.append(After(number, process.num_fds(), process.num_threads(), private))
    sys.stdout.write(json.dumps([asdict(each) for each in found]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
