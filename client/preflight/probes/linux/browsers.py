"""Browsers on Linux: programs on the PATH; the default one by xdg-settings (freedesktop.org)."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor

from client.preflight.facts.software import BrowserFacts, Product
from client.preflight.known.browsers import BROWSERS, Browser, browser_of_desktop
from client.preflight.probes.linux.commands import said_by

_VERSION = re.compile(r"\d+(?:\.\d+)+")


def read_browsers() -> BrowserFacts:
    """Look for every browser that we know; all are asked for their version at the same time."""
    with ThreadPoolExecutor(len(BROWSERS) + 1) as pool:
        default = pool.submit(said_by, "xdg-settings", "get", "default-web-browser")
        found = list(pool.map(_look, BROWSERS))
    return BrowserFacts(
        installed=tuple(product for product in found if product is not None),
        default=browser_of_desktop(default.result()),
    )


def _look(browser: Browser) -> Product | None:
    command = next((path for name in browser.commands if (path := shutil.which(name))), None)
    if command is None:
        return None
    version = _VERSION.search(said_by(command, "--version"))
    return Product(slug=browser.slug, name=browser.name, version=version[0] if version else None)
