from __future__ import annotations

import shutil

import pytest

from tests.builders import Built, Script, build_session


@pytest.fixture(scope="session")
def pristine(tmp_path_factory) -> Built:
    """An ordinary contest, built once; never change it, take `built`."""
    return build_session(tmp_path_factory.mktemp("pristine"))


@pytest.fixture
def built(pristine, tmp_path) -> Built:
    """A copy of the ordinary contest that a test may spoil."""
    return copy_of(pristine, tmp_path / "copy")


@pytest.fixture
def session(tmp_path):
    """Build a session from a script's fields."""
    return lambda **fields: build_session(tmp_path, Script(**fields))


def copy_of(built: Built, target) -> Built:
    shutil.copytree(built.folder.path, target)
    return Built(type(built.folder)(target), built.session_key, built.organizer, built.lines)
