"""`saijian recorder --session DIR`, started by the app, and `saijian record` in the foreground."""

from __future__ import annotations

import argparse
from pathlib import Path

from client.base.log import log_to_file
from client.evidence.layout import SessionFolder
from client.recorder.child.build import run_recorder
from client.recorder.protocol import Audience


def main(arguments: list[str]) -> int:
    """Run the recorder process of one session until it is closed; 0 when it was."""
    parser = argparse.ArgumentParser(prog="saijian recorder")
    parser.add_argument("--session", type=Path, required=True)
    folder = SessionFolder(parser.parse_args(arguments).session)
    log_to_file(folder.log("recorder"))
    return 0 if run_recorder(folder) is not None else 1


def record(folder: SessionFolder, audience: Audience) -> int:
    """Run a plain recording in this process; 0 when it was closed in order."""
    log_to_file(folder.log("recorder"))
    return 1 if run_recorder(folder, audience) == "disk" else 0
