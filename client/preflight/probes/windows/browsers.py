r"""Browsers on Windows, from the registry of this computer and of this user.

A browser counts when its program file is there: keys outlive programs that were deleted.
Sources: learn.microsoft.com "Application Registration" (App Paths), "Registering Programs with
Client Types" (StartMenuInternet), "Uninstall Registry Key"; UserChoice is what Windows 8 and later
open addresses with.
"""

from __future__ import annotations

import ntpath
from collections.abc import Iterator, Sequence

from client.preflight.facts.software import BrowserFacts, Product
from client.preflight.known.browsers import BROWSERS, Browser, browser_of_prog_id
from client.preflight.probes.windows.machine import (
    ROOTS,
    Entry,
    Machine,
    in_folder,
    installed_entries,
    program_of,
    text,
)

_APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"
_CLIENTS = r"SOFTWARE\Clients\StartMenuInternet"
_CHOICE = r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations\{}\UserChoice"
_MOZILLA = r"SOFTWARE\Mozilla\Mozilla Firefox"


def read_browsers(machine: Machine) -> BrowserFacts:
    """Look for every browser that we know, and for the default one."""
    entries = list(installed_entries(machine))
    found = (_look(machine, browser, entries) for browser in BROWSERS)
    return BrowserFacts(
        installed=tuple(product for product in found if product is not None),
        default=_default(machine),
    )


def _look(machine: Machine, browser: Browser, entries: Sequence[Entry]) -> Product | None:
    own = [e for e in entries if e.name.casefold().startswith(browser.listed)]
    paths = list(dict.fromkeys(_places(machine, browser, own)))
    if not paths:
        return None
    there = next((path for path in paths if machine.is_file(path)), None)
    if there is None:
        return Product(slug=browser.slug, name=browser.name, version=None, is_present=False)
    version = machine.file_version(there) or _told_version(machine, browser, own)
    return Product(slug=browser.slug, name=browser.name, version=version)


def _places(machine: Machine, browser: Browser, own: Sequence[Entry]) -> Iterator[str]:
    """Yield the paths where the browser should be, by all that name one."""
    for root in ROOTS:
        for program in browser.programs:
            path = program_of(text(machine, root, rf"{_APP_PATHS}\{program}"))
            if path:
                yield path
        for client in machine.subkeys(root, _CLIENTS):
            if client.casefold().startswith(browser.clients):
                command = text(machine, root, rf"{_CLIENTS}\{client}\shell\open\command")
                if command:
                    yield program_of(command)
    for entry in own:
        icon = program_of(entry.icon)
        if ntpath.basename(icon).casefold() in browser.programs:
            yield icon
        for program in browser.programs if entry.location else ():
            yield in_folder(entry.location, program)


def _told_version(machine: Machine, browser: Browser, own: Sequence[Entry]) -> str | None:
    """Return what the registry tells of the version: `133.0 (x64 zh-CN)` is 133.0."""
    told = [text(machine, root, rf"SOFTWARE\{browser.beacon}", "version") for root in ROOTS]
    if not browser.beacon:
        told = []
    if browser.slug == "firefox":
        told += [text(machine, root, _MOZILLA, "CurrentVersion") for root in ROOTS]
    told += [entry.version for entry in own]
    return next((version.split()[0] for version in told if version.strip()), None)


def _default(machine: Machine) -> str | None:
    for scheme in ("https", "http"):
        prog_id = text(machine, "HKCU", _CHOICE.format(scheme), "ProgId")
        if prog_id:
            return browser_of_prog_id(prog_id)
    return None
