"""Displays on Linux: what the X server shows the desktop on; without one, what the kernel sees.

Sources: RandR 1.5 (randrproto.txt, "GetMonitors"); `/sys/class/drm/card0-HDMI-A-1/` with `status`
and `modes` (Documentation/ABI/testing/sysfs-class-drm of Linux).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from client.capture.screen.grabber import GRAB_FAILED
from client.capture.screen.x11 import XDisplay
from client.preflight.facts.displays import Display, DisplayFacts, Link

_DRM = Path("/sys/class/drm")
_CONNECTOR = re.compile(r"card\d+-(.+)")
_INDIRECT = re.compile(r"dvi-i-\d+-\d+|evdi.*|usb.*")
"""How the drivers of USB adapters (DisplayLink's evdi) name theirs."""


def read_displays() -> DisplayFacts:
    """Ask the X server; under Wayland, or where there is none, the kernel."""
    shown = os.environ.get("DISPLAY")
    if shown and not os.environ.get("WAYLAND_DISPLAY"):
        try:
            found = _by_server(shown)
        except GRAB_FAILED:
            found = ()
        if found:
            return DisplayFacts(displays=found)
    return DisplayFacts(displays=connected(_DRM))


def _by_server(name: str) -> tuple[Display, ...]:
    server = XDisplay(name)
    try:
        monitors = server.monitors()
    finally:
        server.close()
    return tuple(
        Display(
            name=monitor.name[:120],
            width=monitor.width,
            height=monitor.height,
            scale_percent=None,
            links=tuple(link_of(output) for output in monitor.outputs),
        )
        for monitor in monitors
    )


def connected(folder: Path) -> tuple[Display, ...]:
    """Return the connectors with a display, in the first size that each prefers."""
    found = []
    for place in sorted(folder.glob("card*-*")):
        name = _CONNECTOR.fullmatch(place.name)
        size = re.match(r"(\d+)x(\d+)", _text(place / "modes"))
        if name is None or size is None or _text(place / "status").strip() != "connected":
            continue
        found.append(
            Display(
                name=name[1],
                width=int(size[1]),
                height=int(size[2]),
                scale_percent=None,
                links=(link_of(name[1]),),
            )
        )
    return tuple(found)


def link_of(output: str) -> Link:
    """Tell by the output's name how the display is connected."""
    folded = output.casefold()
    if folded.startswith(("edp", "lvds", "dsi")):
        return "internal"
    if _INDIRECT.fullmatch(folded):
        return "indirect"
    if folded.startswith(("virtual", "none", "screen", "dummy")):
        return "virtual"
    return "wired" if folded.startswith(("hdmi", "dp", "dvi", "vga", "displayport")) else "unknown"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
