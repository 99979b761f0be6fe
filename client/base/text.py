"""What a person reads: Chinese first, English beside it, chosen when it is shown."""

from __future__ import annotations

import locale
import os
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """One sentence in both languages; keeping the pair together leaves nothing untranslated."""

    zh: str
    en: str

    def format(self, **values: object) -> Text:
        """Fill the same named places in both sentences."""
        return Text(self.zh.format(**values), self.en.format(**values))

    def say(self, language: Language | None = None) -> str:
        """Return the sentence in `language`, by default the one of this person's session."""
        return self.zh if (language or current_language()) == "zh" else self.en


def current_language() -> Language:
    """`SAIJIAN_LANG` decides; else English only where the system plainly speaks English."""
    chosen = os.environ.get("SAIJIAN_LANG") or locale.getlocale()[0] or ""
    return "en" if chosen.lower().startswith("en") else "zh"
