"""Browsers that plans may ask for, and what each leaves on a system.

Sources: the installers' own public code (mozilla-central `browser/installer/windows`, Chromium
`chrome/install_static` and `chrome/installer`); names by which Windows opens addresses as seen in
vmware-samples/euc-samples `os_browser_default.ps1`, and `360seURL` in public cleaning tools. What
QQ and 搜狗 browsers call themselves is taken from their program files and is not confirmed.
"""

from __future__ import annotations

from typing import NamedTuple


class Browser(NamedTuple):
    """One browser; all names are compared without regard to case."""

    slug: str
    name: str
    programs: tuple[str, ...]
    """Program files on Windows."""
    clients: tuple[str, ...]
    r"""How its key below `Clients\StartMenuInternet` begins."""
    beacon: str
    r"""Below `Software`, the key whose value `version` is the one that ran last."""
    prog_ids: tuple[str, ...]
    """How the name begins by which Windows knows the one that opens addresses."""
    listed: tuple[str, ...]
    """How its line in the list of installed programs begins."""
    commands: tuple[str, ...]
    """Programs on Linux."""
    desktops: tuple[str, ...]
    """How the name of its desktop entry begins."""


BROWSERS = (
    Browser(
        "firefox",
        "Firefox",
        ("firefox.exe",),
        ("firefox",),
        "",
        ("firefoxurl", "firefoxhtml"),
        ("mozilla firefox", "firefox"),
        ("firefox", "firefox-esr"),
        ("firefox", "org.mozilla.firefox"),
    ),
    Browser(
        "chrome",
        "Chrome",
        ("chrome.exe",),
        ("google chrome",),
        r"Google\Chrome\BLBeacon",
        ("chromehtml",),
        ("google chrome",),
        ("google-chrome-stable", "google-chrome"),
        ("google-chrome", "com.google.chrome"),
    ),
    Browser(
        "edge",
        "Edge",
        ("msedge.exe",),
        ("microsoft edge",),
        r"Microsoft\Edge\BLBeacon",
        ("msedgehtm", "appxq0fevzme2pys62n3e0fbqa7peapykr8v"),
        ("microsoft edge",),
        ("microsoft-edge-stable", "microsoft-edge"),
        ("microsoft-edge", "com.microsoft.edge"),
    ),
    Browser(
        "360",
        "360浏览器",
        ("360se6.exe", "360se.exe", "360chrome.exe", "360chromex.exe"),
        ("360se", "360chrome"),
        "",
        ("360se", "360chrome", "360browser"),
        ("360安全浏览器", "360极速浏览器"),
        ("browser360-cn-stable", "browser360-cn"),
        ("browser360",),
    ),
    Browser(
        "qq-browser",
        "QQ浏览器",
        ("qqbrowser.exe",),
        ("qqbrowser",),
        "",
        ("qqbrowser",),
        ("qq浏览器",),
        ("qqbrowser",),
        ("qqbrowser",),
    ),
    Browser(
        "sogou-browser",
        "搜狗高速浏览器",
        ("sogouexplorer.exe",),
        ("sogouexplorer",),
        "",
        ("sogouexplorer",),
        ("搜狗高速浏览器",),
        (),
        (),
    ),
    Browser(
        "chromium",
        "Chromium",
        (),
        ("chromium",),
        r"Chromium\BLBeacon",
        ("chromiumhtm",),
        ("chromium",),
        ("chromium", "chromium-browser"),
        ("chromium",),
    ),
)


def browser_of_prog_id(prog_id: str) -> str | None:
    """Return the slug of the browser that Windows opens addresses with, itself if not known."""
    return _named(prog_id, {browser.slug: browser.prog_ids for browser in BROWSERS})


def browser_of_desktop(entry: str) -> str | None:
    """Return the slug of the browser behind a desktop entry (`firefox.desktop`), or itself."""
    return _named(entry, {browser.slug: browser.desktops for browser in BROWSERS})


def _named(name: str, beginnings: dict[str, tuple[str, ...]]) -> str | None:
    folded = name.strip().casefold()
    for slug, starts in beginnings.items():
        if starts and folded.startswith(starts):
            return slug
    return name.strip()[:80] or None
