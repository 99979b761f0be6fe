"""Input methods on Linux: what fcitx5, fcitx or ibus offers this user, and the keyboard layout.

Sources: fcitx-im.org wiki "Configuration" (`~/.config/fcitx5/profile`), fcitx 4 `profile` with
`EnabledIMList`; gsettings schemas `org.freedesktop.ibus.general` (`preload-engines`) and
`org.gnome.desktop.input-sources` (`sources`); `keyboard(5)` of Debian.
"""

from __future__ import annotations

import ast
import configparser
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from client.preflight.facts.software import Framework, InputFacts, InputMethod
from client.preflight.known.input_methods import by_engine
from client.preflight.probes.linux.commands import said_by

_KEYBOARD = re.compile(r"(?:fcitx-)?keyboard-([a-z]{2,3})(?:-.*)?")
_XKB_ENGINE = re.compile(r"xkb:([a-z]{2,3}):.*")
_LAYOUT = re.compile(r'^\s*XKBLAYOUT="?([a-z]{2,3})', re.MULTILINE)
_LATIN = {"us", "gb", "cn"}
"""Layouts that type English; `cn` is the American one under another name."""
_DEFAULT_KEYBOARD = Path("/etc/default/keyboard")
_MOST = 100_000


def read_input_methods() -> InputFacts:
    """Read the lists of all frameworks found; the first that has one is named."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    lists: tuple[tuple[Framework, list[str]], ...] = (
        ("fcitx5", fcitx5_engines(_text(home / "fcitx5" / "profile"))),
        ("fcitx", fcitx_engines(_text(home / "fcitx" / "profile"))),
        ("ibus", list(_ibus())),
        ("keyboard", _LAYOUT.findall(_text(_DEFAULT_KEYBOARD))),
    )
    return facts_of(lists)


def facts_of(lists: tuple[tuple[Framework, list[str]], ...]) -> InputFacts:
    """Name the engines of these lists."""
    found: dict[str, InputMethod] = {}
    for _, engines in lists:
        for engine in engines:
            method = method_of(engine)
            found.setdefault(method.name, method)
    framework = next((name for name, engines in lists if engines), None)
    return InputFacts(framework=framework, methods=tuple(found.values()))


def fcitx5_engines(profile: str) -> list[str]:
    """Return the names in a profile of fcitx5, `[Groups/0/Items/1]` with `Name=pinyin`."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(profile)
    except configparser.Error:
        return []
    items = [s for s in parser.sections() if re.fullmatch(r"Groups/\d+/Items/\d+", s)]
    return [name for section in items if (name := parser.get(section, "Name", fallback=""))]


def fcitx_engines(profile: str) -> list[str]:
    """Return the names that are on in a profile of fcitx 4: `EnabledIMList=pinyin:True,...`."""
    found = re.search(r"^EnabledIMList=(.*)$", profile, re.MULTILINE)
    pairs = (entry.partition(":") for entry in found[1].split(",")) if found else ()
    return [name.strip() for name, _, state in pairs if state.strip() == "True"]


def gsettings_names(said: str) -> list[str]:
    """Return the names in what gsettings prints: `['libpinyin']`, `[('ibus', 'libpinyin')]`."""
    try:
        listed = ast.literal_eval(said.removeprefix("@as ").removeprefix("@a(ss) ") or "[]")
    except (ValueError, SyntaxError):
        return []
    if not isinstance(listed, list):
        return []
    pairs = ((item if isinstance(item, tuple) else ("", item)) for item in listed)
    named = [(str(pair[0]), str(pair[-1])) for pair in pairs if pair]
    return [f"keyboard-{name}" if kind == "xkb" else name for kind, name in named]


def _ibus() -> Iterator[str]:
    if shutil.which("gsettings") and shutil.which("ibus"):
        yield from gsettings_names(
            said_by("gsettings", "get", "org.freedesktop.ibus.general", "preload-engines")
        )
        yield from gsettings_names(
            said_by("gsettings", "get", "org.gnome.desktop.input-sources", "sources")
        )


def method_of(engine: str) -> InputMethod:
    """Return the input method that an engine of this name is."""
    known = by_engine(engine)
    if known is not None:
        return InputMethod(slug=known.slug, name=engine[:80], is_ready=True)
    layout = _KEYBOARD.fullmatch(engine) or _XKB_ENGINE.fullmatch(engine)
    plain = layout[1] if layout else engine
    slug = "english" if plain in _LATIN else None
    return InputMethod(slug=slug, name=engine[:80], is_ready=True)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")[:_MOST]
    except OSError:
        return ""
