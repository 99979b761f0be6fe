"""What starting may cost: modules that are loaded, whatever this machine's speed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

LIGHT = 150
"""Modules beyond the interpreter's own that a question about the program itself may load."""
HEAVY = {
    "PySide6", "av", "cryptography", "cv2", "fastapi", "mss", "numpy", "onnxruntime", "psutil",
    "pydantic", "rapidocr", "requests", "sounddevice", "sqlalchemy", "uvicorn",
}  # fmt: skip
RUN = """
import contextlib, io, json, sys
before = set(sys.modules)
sys.argv = ["saijian", *sys.argv[1:]]
from client.__main__ import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    main()
print(json.dumps(sorted(set(sys.modules) - before)))
"""
LOAD = "import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"


def loaded(code, *words):
    """Return the modules that a fresh interpreter has loaded."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, check=True, capture_output=True, env=environment)
    return set(json.loads(done.stdout))


def packages(modules):
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize(
    "words", ["--version", "--help", "verify --help", "organizer plan sign --help", "no-such-verb"]
)
def test_a_question_about_the_program_loads_next_to_nothing(words):
    modules = loaded(RUN, *words.split())
    assert "client.cli.arguments" in modules
    assert HEAVY & packages(modules) == set()
    assert len(modules) < LIGHT, sorted(modules)


NEVER = {
    "client.recorder.child.build": {
        "PySide6", "fastapi", "onnxruntime", "rapidocr", "requests", "sqlalchemy", "uvicorn",
    },
    "client.upload.process": {
        "PySide6", "av", "cv2", "fastapi", "mss", "numpy", "onnxruntime", "rapidocr",
        "sounddevice", "sqlalchemy", "uvicorn",
    },
    "client.recorder.child.main": HEAVY,
    "client.cli.verify": {"PySide6", "cv2", "fastapi", "mss", "onnxruntime", "requests"},
    "client.cli.play": {"PySide6", "cv2", "mss", "onnxruntime", "requests", "sqlalchemy"},
    "client.cli.devices": {"PySide6", "fastapi", "onnxruntime", "requests", "sqlalchemy"},
    "client.cli.preflight": {"PySide6", "fastapi", "sqlalchemy", "uvicorn"},
    "client.cli.organizer": HEAVY,
}  # fmt: skip
"""What a process that must be there soon, or run all day, has no use for."""


@pytest.mark.parametrize("module", NEVER)
def test_a_process_loads_only_what_it_uses(module):
    modules = loaded(LOAD.format(module=module))
    assert module in modules
    assert NEVER[module] & packages(modules) == set()


def test_recorder_and_uploader_load_certificates_only_where_one_is_pinned():
    for module in ("client.recorder.child.build", "client.upload.process"):
        assert "cryptography.x509" not in loaded(LOAD.format(module=module))


def test_the_recorder_has_all_of_the_screen_before_it_opens_it():
    modules = loaded(LOAD.format(module="client.recorder.child.build"))
    opener = {"linux": "client.capture.screen.linux", "win32": "client.capture.screen.windows"}
    assert opener[sys.platform] in modules
    assert "mss" in modules
