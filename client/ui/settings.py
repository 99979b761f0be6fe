"""What a person chose for the window on this computer: language, colours, size of type."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from client.base.files import write_atomically
from client.base.text import Language, current_language
from client.contest.values import Value

log = logging.getLogger(__name__)
FILE = "window.json"


class Settings(Value):
    """Nothing chosen: as the system has it."""

    language: Literal["system", "zh", "en"] = "system"
    theme: Literal["system", "light", "dark", "contrast"] = "system"
    large: bool = False

    @property
    def spoken(self) -> Language:
        """Return the language in which to speak."""
        return current_language() if self.language == "system" else self.language


def load_settings(file: Path) -> Settings:
    """Return what `file` holds; as the system has it where there is none, or rubbish. Blocks."""
    try:
        return Settings.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return Settings()


def save_settings(file: Path, settings: Settings) -> None:
    """Keep the choice; a disk that takes none loses it at the next start, and nothing else."""
    try:
        write_atomically(file, settings.model_dump_json().encode(), private=True)
    except OSError as error:
        log.warning("settings not kept: %s", error)
