"""What whoever helps needs to know of this computer and its sessions, redacted as it is gathered.

States and sizes, never content: no picture, no sound, no journal, no plan, no note of a person.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from client.attempt.diagnosis.redact import Redactor
from client.attempt.standing import standing_of
from client.base.build import build_label
from client.base.errors import SaiJianError
from client.base.files import free_bytes, read_file
from client.base.process import own_command
from client.evidence.attachments import attachments_of, owed
from client.evidence.layout import SessionFolder
from client.evidence.retention import retention_of, sessions_below
from client.upload.progress import load_progress

LISTS_S = 25.0
"""So long listing the devices may take; a driver may hang."""
LOG_BYTES = 200_000
"""Of each log the end."""
_LIBRARIES = ("av", "PySide6-Essentials", "opencv-python-headless", "numpy", "sounddevice", "mss")
_COMMON = {"root", "user", "admin", "administrator", "localhost", "home", "nobody"}
"""Names that say nothing of anybody and stand in many sentences."""


@dataclass(frozen=True)
class Diagnosis:
    """Everything, redacted; `facts` is JSON, `logs` are texts by their name in the archive."""

    facts: dict[str, Any]
    logs: dict[str, str]


def diagnose(root: Path, now_us: int, *, with_devices: bool = True) -> Diagnosis:
    """Look at this computer and at the sessions below `root`. Takes seconds; raises nothing."""
    redactor = Redactor(_secrets(root))
    folders = [SessionFolder(path) for path in sessions_below(root)]
    sessions = [_session(folder, now_us, redactor) for folder in folders]
    facts = {
        "versions": _versions(),
        "system": _system(),
        "devices": _devices(redactor) if with_devices else {},
        "disk": _disk(root),
        "configuration": _configuration(),
        "sessions": sessions,
        "preflight": _last_preflight(folders),
    }
    logs = {name: redactor.text(text) for name, text in _logs(root, folders)}
    return Diagnosis(facts, logs)


def _versions() -> dict[str, str]:
    found = {"saijian": build_label(), "python": platform.python_version()}
    for library in _LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            found[library] = version(library)
    return found


def _system() -> dict[str, Any]:
    memory = psutil.virtual_memory()
    return {
        "platform": platform.system(),
        "release": platform.release(),
        "version": platform.version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "memory_mb": memory.total >> 20,
        "memory_free_mb": memory.available >> 20,
        "frozen": bool(getattr(sys, "frozen", False)),
    }


def _devices(redactor: Redactor) -> dict[str, Any]:
    """List them in a process of its own, whose driver may hang or crash."""
    command = own_command("devices", "--no-test", "--json")
    try:
        done = subprocess.run(command, capture_output=True, timeout=LISTS_S, check=False)
        listed = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return {"error": type(error).__name__}
    kinds = ("screens", "cameras", "microphones")
    return {kind: [_device(d, redactor) for d in listed.get(kind, [])] for kind in kinds}


def _device(device: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    """Keep what is a number, and the names."""
    return {
        key: redactor.name(value) if isinstance(value, str) else value
        for key, value in device.items()
        if isinstance(value, str | int | float | bool)
    }


def _disk(root: Path) -> dict[str, Any]:
    try:
        return {"free_mb": free_bytes(root) >> 20, "is_there": root.is_dir()}
    except SaiJianError as error:
        return {"error": error.code}


def _configuration() -> dict[str, Any]:
    """Say what is set, not to what."""
    ours = sorted(name for name in os.environ if name.startswith("SAIJIAN_"))
    proxies = sorted({n.lower() for n in os.environ if n.lower() in ("http_proxy", "https_proxy")})
    return {"environment": ours, "proxies": proxies}


def _session(folder: SessionFolder, now_us: int, redactor: Redactor) -> dict[str, Any]:
    found = retention_of(folder.path, now_us)
    sizes = {path.name: path.stat().st_size for path in folder.tracks() if path.is_file()}
    progress = load_progress(folder)
    problem = progress.last_problem
    return {
        "kind": found.kind,
        "state": _state(folder),
        "hold": found.hold.value,
        "damage": redactor.text(found.damage),
        "kept_until": str(found.kept_until) if found.kept_until else None,
        "bytes": found.bytes,
        "tracks": sizes,
        "foreign": len(attachments_of(folder)),
        "foreign_owed": len(owed(folder, None)),
        "upload": progress.state,
        "sent_bytes": progress.sent_bytes,
        "recorded_bytes": progress.recorded_bytes,
        "problem": redactor.text(problem.en) if problem else None,
    }


def _state(folder: SessionFolder) -> str:
    with contextlib.suppress(OSError, SaiJianError, ValueError):
        return str(standing_of(folder).state)
    return "unreadable"


def _last_preflight(folders: list[SessionFolder]) -> dict[str, str]:
    """Return the verdict of each check of the newest session that had them."""
    for folder in sorted(folders, key=lambda f: f.path.stat().st_mtime, reverse=True):
        with contextlib.suppress(OSError, SaiJianError, ValueError):
            checks = standing_of(folder).checks
            if checks:
                return {check.check: check.verdict for check in checks}
    return {}


def _logs(root: Path, folders: list[SessionFolder]) -> Iterator[tuple[str, str]]:
    """Yield the end of each log; sessions are numbered, since their names say which contest."""
    places = {"app": root.parent / "logs"}
    places |= {f"session-{n}": folder.private for n, folder in enumerate(folders, start=1)}
    for where, place in places.items():
        if not place.is_dir():
            continue
        for path in sorted(place.iterdir()):
            if path.suffix in (".log", ".out") or ".log." in path.name:
                with contextlib.suppress(OSError):
                    yield (
                        f"{where}/{path.name}",
                        read_file(path)[-LOG_BYTES:].decode("utf-8", "replace"),
                    )


def _secrets(root: Path) -> set[str]:
    """Return what is known to be secret here: who uses this computer, tickets, codes, tokens."""
    known = {Path.home().name, socket.gethostname(), *_user_names()}
    known |= {os.environ.get(name, "") for name in ("USERNAME", "COMPUTERNAME", "USER")}
    for path in sessions_below(root):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            said = json.loads(read_file(SessionFolder(path).token))
            known |= {value for value in said.values() if isinstance(value, str)}
    return {name for name in known if name.lower() not in _COMMON}


def _user_names() -> Iterator[str]:
    """Yield the log-in name, and the full name where the system tells it."""
    with contextlib.suppress(OSError, KeyError, ImportError):
        yield getpass.getuser()
    if sys.platform != "win32":
        import pwd

        with contextlib.suppress(KeyError):
            yield from pwd.getpwuid(os.getuid()).pw_gecos.split(",")
