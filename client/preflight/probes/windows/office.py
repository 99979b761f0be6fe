r"""Office suites on Windows.

Sources: learn.microsoft.com "Version and build numbers of update channels" (Click-to-Run:
`ClickToRun\Configuration`, `VersionToReport`, `ProductReleaseIds`), "Product IDs ... Click-to-Run";
`Office\<version>\Word\InstallRoot` of installations from a disc (Office 2007 to 2016); WPS:
`Kingsoft\Office\6.0\Common`, `InstallRoot` (RainCandyTech/InnoSetupExperience,
WPSOffice_Check.iss).
"""

from __future__ import annotations

from collections.abc import Iterator

from client.preflight.facts.software import OfficeFacts, Product
from client.preflight.probes.windows.machine import (
    ROOTS,
    Machine,
    Root,
    in_folder,
    installed_entries,
    program_of,
    text,
)

_WORD = "winword.exe"
_APP_PATH = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\{}"
_CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_FROM_DISC = r"SOFTWARE\Microsoft\Office\{}\Word\InstallRoot"
_VERSIONS = ("16.0", "15.0", "14.0", "12.0")
_WPS = r"SOFTWARE\Kingsoft\Office\6.0\Common"
_LIBRE = r"SOFTWARE\LibreOffice\UNO\InstallPath"
_SINGLE = ("visio", "project", "onenote", "access", "lync", "skype", "teams", "onedrive")
"""Products of Office that hold no Word: only they are installed where a release begins so."""


def read_office(machine: Machine) -> OfficeFacts:
    """Look for Microsoft Office, WPS and LibreOffice."""
    found = (_microsoft(machine), _wps(machine), _libre(machine))
    return OfficeFacts(installed=tuple(product for product in found if product is not None))


def _microsoft(machine: Machine) -> Product | None:
    told, releases = _click_to_run(machine)
    paths = [path for path in _words(machine, has_release=bool(releases)) if path]
    there = next((path for path in paths if machine.is_file(path)), None)
    if there is None:
        if paths:
            return Product(slug="ms-office", name="Office", version=None, is_present=False)
        return None
    version = told or machine.file_version(there) or None
    return Product(slug="ms-office", name="Office", version=version)


def _click_to_run(machine: Machine) -> tuple[str, list[str]]:
    """Return version and releases (`ProPlus2021Retail`) that hold a Word."""
    for root in ("HKLM64", "HKLM32"):
        told = text(machine, root, _CLICK_TO_RUN, "ProductReleaseIds")
        releases = [r for r in told.split(",") if r and not r.casefold().startswith(_SINGLE)]
        if releases:
            return text(machine, root, _CLICK_TO_RUN, "VersionToReport"), releases
    return "", []


def _words(machine: Machine, *, has_release: bool) -> Iterator[str]:
    """Yield where Word should be."""
    for root in ROOTS:
        yield program_of(text(machine, root, _APP_PATH.format(_WORD)))
        for version in _VERSIONS:
            yield in_folder(text(machine, root, _FROM_DISC.format(version), "Path"), _WORD)
    views: tuple[Root, ...] = ("HKLM64", "HKLM32") if has_release else ()
    for root in views:
        home = text(machine, root, _CLICK_TO_RUN, "InstallationPath")
        yield in_folder(home, r"root\Office16\WINWORD.EXE")


def _wps(machine: Machine) -> Product | None:
    paths, versions = [], []
    for root in ROOTS:
        paths.append(in_folder(text(machine, root, _WPS, "InstallRoot"), r"office6\wps.exe"))
        paths.append(program_of(text(machine, root, _APP_PATH.format("wps.exe"))))
        versions.append(text(machine, root, _WPS, "Version"))
    listed = [e for e in installed_entries(machine) if e.name.casefold().startswith("wps office")]
    paths += [in_folder(e.location, r"office6\wps.exe") for e in listed]
    versions += [e.version for e in listed]
    return _product(machine, ("wps", "WPS"), paths, versions)


def _libre(machine: Machine) -> Product | None:
    paths = [in_folder(text(machine, root, _LIBRE), "soffice.exe") for root in ROOTS]
    listed = [e for e in installed_entries(machine) if e.name.casefold().startswith("libreoffice")]
    paths += [in_folder(e.location, r"program\soffice.exe") for e in listed]
    return _product(machine, ("libreoffice", "LibreOffice"), paths, [e.version for e in listed])


def _product(
    machine: Machine, named: tuple[str, str], paths: list[str], told: list[str]
) -> Product | None:
    paths = [path for path in paths if path]
    if not paths:
        return None
    there = next((path for path in paths if machine.is_file(path)), None)
    version = next((v for v in told if v), None)
    if there is not None:
        version = machine.file_version(there) or version
    return Product(
        slug=named[0],
        name=named[1],
        version=version if there is not None else None,
        is_present=there is not None,
    )
