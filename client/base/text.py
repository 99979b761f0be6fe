"""What a person reads: Chinese first, English beside it, chosen when it is shown."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]
VERBATIM_PREFIX, UNC_PREFIX = "\\\\?\\", "\\\\?\\UNC\\"
"""What Windows wants before long paths (`base/paths.py`) and people should not have to read."""


class Text(NamedTuple):
    """One sentence in both languages; keeping the pair together leaves nothing untranslated."""

    zh: str
    en: str

    def format(self, **values: object) -> Text:
        """Fill the same named places in both sentences."""
        return Text(self.zh.format(**values), self.en.format(**values))

    def say(self, language: Language | None = None) -> str:
        """Return the sentence in `language`, by default the one of this person's session."""
        return without_prefix(self.zh if (language or current_language()) == "zh" else self.en)


def without_prefix(text: str) -> str:
    r"""Return `text` with the paths in it as people write them: without `\\?\`."""
    return text.replace(UNC_PREFIX, "\\\\").replace(VERBATIM_PREFIX, "")


def current_language() -> Language:
    """`SAIJIAN_LANG` decides; else English only where the system plainly speaks English."""
    chosen = os.environ.get("SAIJIAN_LANG") or _system_language()
    return "en" if chosen.lower().startswith("en") else "zh"


if sys.platform == "win32":
    _PRIMARY_BITS, _LANG_ENGLISH = 0x3FF, 0x09  # of a LANGID, winnt.h

    def _system_language() -> str:
        """Return "en" where Windows itself is shown in English."""
        primary = ctypes.windll.kernel32.GetUserDefaultUILanguage() & _PRIMARY_BITS
        return "en" if primary == _LANG_ENGLISH else ""
else:

    def _system_language() -> str:
        """Return the language of messages by POSIX's order; `C` is no language."""
        names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        return next((name for name in names if name), "")
