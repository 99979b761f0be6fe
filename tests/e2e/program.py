"""Runs the program as a person would: real processes, each marked so that none outlives its test.

Every process that a `Desk` starts, and whatever that starts in turn, carries a mark in its
environment. `clear_desk` ends exactly those, detached ones included.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
MARK = "SAIJIAN_TEST_DESK"
NOBODY = 65534
PATIENCE = 60.0
SYSTEM_PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class Finished:
    """What a verb left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON value that it must be."""
        return json.loads(self.out)

    def ok(self) -> Finished:
        """Return self, or fail with what the program said."""
        assert self.code == 0, f"exit code {self.code}\n{self.out}\n{self.err}"
        return self


@dataclass
class Running:
    """A verb that runs; what it prints goes into files."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    def wait(self, seconds: float = PATIENCE) -> Finished:
        """Return how it ended; the test fails when it does not end in time."""
        code = self.process.wait(seconds)
        return Finished(code, self.out.read_text("utf-8"), self.err.read_text("utf-8"))

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.process.kill()
        self.process.wait()


@dataclass
class Desk:
    """A place to run the program from: a home of its own, devices, perhaps another user."""

    home: Path
    environment: dict[str, str]
    python: tuple[str, ...] = (sys.executable,)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *words: str | Path, seconds: float = PATIENCE) -> Finished:
        """Run a verb to its end."""
        return self.start(*words).wait(seconds)

    def start(self, *words: str | Path) -> Running:
        """Start a verb."""
        base = self.home / f"said-{len(self.started) + 1}"
        out, err = base.with_suffix(".out"), base.with_suffix(".err")
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [*self.python, "-m", "client", *map(str, words)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        self.started.append(process)
        return Running(process, out, err)

    def with_environment(self, **changes: str) -> Desk:
        """Return a desk in the same home whose processes see these variables too."""
        return Desk(self.home, {**self.environment, **changes}, self.python, self.started)


@functools.cache
def _faketime() -> str:
    listed = subprocess.run(
        ["dpkg", "-L", "libfaketime"], check=True, capture_output=True, text=True
    ).stdout
    return next(line for line in listed.split() if line.endswith("/libfaketime.so.1"))


def faketime(**settings: str) -> dict[str, str]:
    """Return the environment of a desk whose wall clock alone is another (Debian: libfaketime)."""
    return {"LD_PRELOAD": _faketime(), "FAKETIME_DONT_FAKE_MONOTONIC": "1", **settings}


@contextlib.contextmanager
def desk(*devices: Any, as_nobody: bool = False) -> Iterator[Desk]:
    """Set up a desk with these `tests.devices`; at the end nothing of it is left, on no account."""
    home = Path(tempfile.mkdtemp(prefix="saijian-desk-"))
    environment = {k: v for k, v in os.environ.items() if k not in _NOT_INHERITED}
    environment |= {
        MARK: uuid.uuid4().hex,
        "SAIJIAN_HOME": str(home / "data"),
        "SAIJIAN_LANG": "en",
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "PULSE_SERVER": f"unix:{home}/none",  # else a sound server would be started for this user
    }
    for device in devices:
        environment |= device.environment
    (home / "tmp").mkdir()
    made = Desk(home, environment)
    if as_nobody and os.geteuid() == 0:
        python, path = nobodys_python()
        made = Desk(home, {**environment, **path}, python)
        for folder in (home, home / "tmp"):
            os.chown(folder, NOBODY, NOBODY)
    try:
        yield made
    finally:
        clear_desk(made)
        shutil.rmtree(home, ignore_errors=True)


_NOT_INHERITED = {"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "SAIJIAN_VERBOSE"} | {
    "PULSE_SERVER",
    "PULSE_SOURCE",
    "PULSE_COOKIE",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
}


def clear_desk(made: Desk) -> None:
    """kill -9 every process that carries the desk's mark."""
    for process in marked(made):
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGCONT)
            process.kill()
    psutil.wait_procs(marked(made), timeout=10)
    for child in made.started:
        child.wait(10)


def marked(made: Desk) -> list[psutil.Process]:
    """Return the living processes that this desk started, directly or not."""
    mark, found = made.environment[MARK], []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def named(made: Desk, *words: str | Path) -> list[psutil.Process]:
    """Return this desk's processes with these words, in this order and together, as arguments."""
    wanted = [str(word) for word in words]
    found = []
    for process in marked(made):
        with contextlib.suppress(psutil.Error):
            line = process.cmdline()
            spans = (line[at : at + len(wanted)] for at in range(len(line)))
            if any(span == wanted for span in spans):
                found.append(process)
    return found


def the(made: Desk, *words: str | Path, seconds: float = 30.0) -> psutil.Process:
    """Return the one process with these arguments, as soon as there is one."""
    return eventually(
        lambda: (named(made, *words) or [None])[0], seconds, " ".join(map(str, words))
    )


def note(figure: str) -> None:
    """Show what was measured: `pytest -s`, or the captured output of a failure."""
    sys.stdout.write(f"\n{figure}\n")


@functools.cache
def nobodys_python() -> tuple[tuple[str, ...], dict[str, str]]:
    """Return how user `nobody` runs this Python's packages, and the variables that takes.

    Skips, loudly, where that user cannot reach any interpreter or this checkout.
    """
    import pytest

    become = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "env")
    packages = {"PYTHONPATH": f"{sysconfig.get_path('purelib')}:{ROOT}"}
    trial = "import subprocess, sys; import client.wiring, PySide6, cv2, json, zoneinfo;"
    trial += f"assert sys.version_info[:2] == {sys.version_info[:2]};"
    trial += "sys.exit(subprocess.call([sys.executable, '-c', '']))"
    for python, path in ((sys.executable, {}), (SYSTEM_PYTHON, packages)):
        command = [*become, python, "-c", trial]
        with contextlib.suppress(OSError):
            environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **path}
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, check=False
            )
            if done.returncode == 0:
                return (*become, python), path
    return pytest.skip("user nobody can reach neither this Python nor this checkout: NOT TESTED")
