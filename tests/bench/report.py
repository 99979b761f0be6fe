"""The report: tables in Markdown, on the screen and between the marks of docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.contestants import CONTESTANTS, OURS

PACKAGES = ("chromium", "xvfb", "openbox", "pulseaudio")


def between_marks(page: str, section: str, text: str) -> str:
    """Return `page` with `text` in place of what stood between the marks of `section`.

    Raises LookupError where the page has no such marks.
    """
    begin, end = f"<!-- bench:{section} -->", f"<!-- /bench:{section} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise LookupError(f"no marks for {section}")
    return pattern.sub(lambda _: f"{begin}\n{text}\n{end}", page)


def write_into(path: Path, sections: Mapping[str, str]) -> None:
    """Put the sections into the page at `path`."""
    page = path.read_text(encoding="utf-8")
    for section, text in sections.items():
        page = between_marks(page, section, text)
    path.write_text(page, encoding="utf-8")


def surroundings(command: str, names: Sequence[str]) -> str:
    """Return command, machine and versions, as a list."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    machine = f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, {pages:.0f} GiB"
    today = datetime.now(tz=UTC).strftime("%Y-%m-%d")
    lines = [
        f"- `{command}`, {today}, load before it: {os.getloadavg()[0]:.2f}",
        f"- {machine}, {system}, Linux {platform.release()}",
        "- " + ", ".join(versions(names)),
    ]
    return "\n".join(lines)


def versions(names: Sequence[str]) -> list[str]:
    """Return the versions of the recorders and of the desk's programs."""
    ours = next((name for name in names if name in OURS), None)
    theirs = [name for name in names if name not in OURS]
    commands = {name: CONTESTANTS[name].version for name in (ours, *theirs) if name}
    for package in PACKAGES:
        commands[package] = ("dpkg-query", "-W", "-f=${Version}", package)
    return [f"{name} {_said(command)}" for name, command in commands.items()]


def _said(command: Sequence[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.strip() or "?"
