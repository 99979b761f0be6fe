"""How the window looks and speaks: language, colours and sizes from `assets/style/tokens.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any, Literal

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from client.base.assets import asset
from client.base.text import Language, Text
from client.contest.plan import Label
from client.ui.contrast import high_contrast_is_on

Theme = Literal["light", "dark", "contrast"]
Tone = Literal["good", "warn", "bad", "quiet", "accent", "text", "muted"]

LARGE = 1.25
STAYS = frozenset({"gap", "pad", "radius", "title", "big"})
"""What large type leaves as it is: spaces, and what is large already."""


@cache
def tokens() -> dict[str, Any]:
    """Return the design tokens."""
    loaded: dict[str, Any] = json.loads(asset("style", "tokens.json").read_bytes())
    return loaded


@dataclass(frozen=True)
class Look:
    """One language, one theme, one size of type; handed to every widget."""

    language: Language
    theme: Theme
    is_large: bool = False

    def say(self, text: Text) -> str:
        """Return the sentence in the window's language."""
        return text.say(self.language)

    def name(self, label: Label) -> str:
        """Return a name from the plan; the Chinese one where there is no English."""
        return label.text.say(self.language)

    def colour(self, token: str) -> str:
        """Return a colour of the theme as `#RRGGBB`."""
        value: str = tokens()[self.theme][token]
        return value

    def size(self, token: str) -> int:
        """Return a size in pixels; what has to do with type grows where large type is chosen."""
        plain = int(tokens()["sizes"][token].removesuffix("px"))
        return round(plain * LARGE) if self.is_large and token not in STAYS else plain

    def font(self) -> QFont:
        """Return the base font: the first family that this computer has, Chinese ones first."""
        base = QFont()
        base.setFamilies(tokens()["fonts"]["families"])
        base.setPixelSize(self.size("base"))
        return base

    def style_sheet(self) -> str:
        """Return the style sheet of the whole window."""
        ink = "light" if self.theme == "light" else "dark"
        values: Mapping[str, str] = {
            **tokens()[self.theme],
            **{name: f"{self.size(name)}px" for name in tokens()["sizes"]},
            "tick": f'"{asset("icons", f"tick-{ink}.svg").as_posix()}"',
            "dot": f'"{asset("icons", f"dot-{ink}.svg").as_posix()}"',
        }
        sheet = asset("style", "window.qss").read_text(encoding="utf-8")
        rules = sheet.partition("*/")[2]
        return Template(rules).substitute(values)

    def palette(self) -> QPalette:
        """Return the palette for what style sheets do not reach: placeholders, links."""
        palette = QPalette()
        for role, token in (
            (QPalette.ColorRole.Window, "ground"),
            (QPalette.ColorRole.WindowText, "text"),
            (QPalette.ColorRole.Base, "surface"),
            (QPalette.ColorRole.Text, "text"),
            (QPalette.ColorRole.Button, "surface"),
            (QPalette.ColorRole.ButtonText, "text"),
            (QPalette.ColorRole.PlaceholderText, "muted"),
            (QPalette.ColorRole.Highlight, "accent"),
            (QPalette.ColorRole.HighlightedText, "on_accent"),
        ):
            palette.setColor(role, QColor(self.colour(token)))
        return palette

    def picture(self, icon: str, tone: Tone, width: int, height: int = 0) -> QPixmap:
        """Return a drawing of `assets/icons` in a colour of the theme, sharp on this screen."""
        height = height or width
        ratio = QGuiApplication.primaryScreen().devicePixelRatio()
        key = f"saijian {icon} {tone} {self.theme} {width} {height} {ratio}"
        known = QPixmap()
        if QPixmapCache.find(key, known):
            return known
        svg = asset("icons", f"{icon}.svg").read_text(encoding="utf-8")
        for word, token in (("currentColor", tone), ("contrast", "surface"), ("accent", "accent")):
            svg = svg.replace(f'"{word}"', f'"{self.colour(token)}"')
        pixmap = QPixmap(round(width * ratio), round(height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, width, height))
        painter.end()
        QPixmapCache.insert(key, pixmap)
        return pixmap


def system_theme() -> Theme:
    """Return what the person chose for the whole desktop."""
    if high_contrast_is_on():
        return "contrast"
    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"
