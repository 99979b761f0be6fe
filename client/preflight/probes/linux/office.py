"""Office suites on Linux: WPS by its folder or package, LibreOffice by its program."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from client.preflight.facts.software import OfficeFacts, Product
from client.preflight.probes.linux.commands import said_by

_WPS_VERSION = Path("/opt/kingsoft/wps-office/office6/cfgs/setup.cfg")
"""Settings of the package `wps-office` of wps.cn; a line `version=` is not in all of them."""
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_WPS_LINE = re.compile(r"^version\s*=\s*(.+)$", re.IGNORECASE | re.MULTILINE)


def read_office() -> OfficeFacts:
    """Look for WPS and LibreOffice."""
    found = []
    if shutil.which("wps"):
        line = _WPS_LINE.search(_text(_WPS_VERSION))
        version = _number(line[1]) if line else None
        found.append(Product(slug="wps", name="WPS", version=version))
    libre = shutil.which("soffice") or shutil.which("libreoffice")
    if libre:
        version = _number(said_by(libre, "--version"))
        found.append(Product(slug="libreoffice", name="LibreOffice", version=version))
    return OfficeFacts(installed=tuple(found))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")[:4000]
    except OSError:
        return ""


def _number(text: str) -> str | None:
    found = _VERSION.search(text)
    return found[0] if found else None
