"""The first process of a machine: mounts what the lab needs, then waits until it is told to end.

Started by machine.py in mount and process namespaces of its own, so that nobody else sees these
mounts and all of it, Wine included, ends with this process: after Ctrl-C and kill -9 too.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

READY = "ready"
HOSTS = "127.0.0.1 localhost\n::1 localhost\n"
X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where X puts them


def main(order: dict[str, Any]) -> None:
    """Mount, say that it is ready, and wait for the end of standard input."""
    root = assemble(order)
    os.chroot(root)
    os.chdir("/")
    print(READY, flush=True)
    while not select.select([sys.stdin], [], [], 0.2)[0]:
        reap()


def assemble(order: dict[str, Any]) -> Path:
    """Put the lab's file system together and return where."""
    root, changes = Path(order["root"]), order["changes"]
    if changes:
        overlay(order["lab"], root, Path(changes) / "lab")
        overlay(order["project"], root / "project", Path(changes) / "project")
    else:
        bind(order["lab"], root)
    mount("-t", "proc", "proc", str(root / "proc"))
    mount("--rbind", "/sys", str(root / "sys"))
    mount("--rbind", "/dev", str(root / "dev"))
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", str(root / "tmp"))
    if X_SOCKETS.is_dir():
        bind(str(X_SOCKETS), root / X_SOCKETS.relative_to("/"))
    for there, here in order["shares"].items():
        bind(here, root / there.lstrip("/"))
    name_hosts(root / "etc")
    return root


def name_hosts(etc: Path) -> None:
    """Let names be found: localhost as on any computer, the rest as on this one."""
    (etc / "hosts").write_text(HOSTS, encoding="ascii")
    names = etc / "resolv.conf"
    names.unlink(missing_ok=True)
    if Path("/etc/resolv.conf").exists():
        shutil.copyfile("/etc/resolv.conf", names)


def overlay(lower: str, target: Path, changes: Path) -> None:
    """Show `lower` at `target`; what is written there lands in `changes`."""
    upper, work = changes / "upper", changes / "work"
    for folder in (upper, work, target):
        folder.mkdir(parents=True, exist_ok=True)
    layers = f"lowerdir={lower},upperdir={upper},workdir={work}"
    mount("-t", "overlay", "overlay", "-o", layers, str(target))


def bind(source: str, target: Path) -> None:
    """Show the folder `source` at `target`."""
    target.mkdir(parents=True, exist_ok=True)
    mount("--bind", source, str(target))


def mount(*words: str) -> None:
    """Mount, or end with mount's own words."""
    subprocess.run(["mount", *words], check=True)


def reap() -> None:
    """Bury children of others that became ours."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
