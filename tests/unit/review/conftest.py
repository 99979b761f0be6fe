from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.builders import Script, Stretch, build_session

STORY = Script(
    seconds=24,
    identity_seconds=6,
    crash=(10, 14),
    slates=(Stretch("camera", 18, 20),),
    origins={"sound": "loopback"},
)
"""Killed at second 10 and back at 14; a slate from 18 to 20."""


@pytest.fixture(scope="session")
def pristine(tmp_path_factory) -> Path:
    """Return a session that nobody may change."""
    return build_session(tmp_path_factory.mktemp("review"), STORY).folder.path


@pytest.fixture
def folder(pristine, tmp_path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(pristine, tmp_path / "session"))
