"""Make the folder of programs from build.spec: on the lab's Windows Python, or on this one.

The same spec and the same settings; only where Python runs differs. Two builds of one commit are
equal but for what docs/decisions/0013-the-windows-bundle.md names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from machine import Machine
from place import PROJECT, Lab

AT_MOST_S = 1500
SOURCES = ("client", "assets", "packaging")
OPTIONS = ("--noconfirm", "--log-level", "WARN")


class FreezeError(Exception):
    """PyInstaller did not make it; what it said was printed."""


def settings(kind: str) -> dict[str, str]:
    """Return the environment that makes a build of this commit, and two of them equal.

    SAIJIAN_COMMIT and SOURCE_DATE_EPOCH may be given where the sources are no checkout.
    """
    return {
        "SAIJIAN_BUILD_KIND": kind,
        "SAIJIAN_COMMIT": os.environ.get("SAIJIAN_COMMIT")
        or git("describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"),
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH")
        or git("log", "-1", "--format=%ct"),
        "PYTHONHASHSEED": "0",
    }


def freeze_in_lab(lab: Lab, work: Path, kind: str) -> int:
    """Freeze under Wine into `work`/dist and `work`/build; return how many starts were repeated."""
    take_sources(work)
    command = ["python", "-m", "PyInstaller", *OPTIONS, "build.spec"]
    places = ["--distpath", r"Z:\share\dist", "--workpath", r"Z:\share\build"]
    with Machine(lab, {"/share": str(work)}) as machine, machine.display():
        code = machine.run(
            [*command, *places],
            timeout_s=AT_MOST_S,
            folder="/share/source",
            environment=settings(kind),
        )
        repeats = machine.repeats
    if code != 0:
        raise FreezeError(f"PyInstaller: {code}")
    return repeats


def freeze_here(work: Path, kind: str) -> None:
    """Freeze with the Python that runs this."""
    source = take_sources(work)
    command = [sys.executable, "-m", "PyInstaller", *OPTIONS, "build.spec"]
    places = ["--distpath", str(work / "dist"), "--workpath", str(work / "build")]
    environment = {**os.environ, **settings(kind)}
    code = subprocess.run([*command, *places], cwd=source, env=environment, check=False).returncode
    if code != 0:
        raise FreezeError(f"PyInstaller: {code}")


def take_sources(work: Path) -> Path:
    """Begin anew in `work` with a copy of what is frozen: edits meanwhile do not get into it."""
    prepare(work)
    source = work / "source"
    source.mkdir()
    shutil.copy(PROJECT / "build.spec", source)
    no_caches = shutil.ignore_patterns("__pycache__")
    for folder in SOURCES:
        shutil.copytree(PROJECT / folder, source / folder, ignore=no_caches)
    return source


def prepare(work: Path) -> None:
    """Empty `work`: what an earlier build left must not get into this one."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)


def git(*words: str) -> str:
    """Return what git says of this checkout."""
    return subprocess.run(
        ["git", *words], cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout.strip()
