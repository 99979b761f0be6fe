from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.scenarios import Stories

HERE = Path(__file__).parent
UNDISTURBED = ("test_contest", "test_kills")
"""These measure tenths of a second: nothing else may run beside them."""


@pytest.fixture(scope="session", autouse=True)
def hang_ups_count() -> None:
    """Under `nohup` our programs would rightly ignore SIGHUP; the tests send it."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def stories() -> Iterator[Stories]:
    """Sessions in which organizer or programs go away; they run while other tests do."""
    with ExitStack() as things:
        yield Stories(things)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what must not be disturbed, then the rest beside the stories, then how these ended.

    The stories take over a minute, most of it waiting.
    """
    mine = [item for item in items if item.path.parent == HERE]
    ends = [item for item in mine if "stories" in fixtures_of(item)]
    calm = [item for item in mine if item.path.stem in UNDISTURBED]
    rest = [item for item in mine if item not in ends and item not in calm]
    if ends and rest:
        fixtures_of(rest[0]).insert(0, "stories")
    others = [item for item in items if item.path.parent != HERE]
    items[:] = others + calm + rest + ends


def fixtures_of(item: pytest.Item) -> list[str]:
    """Return the names of the fixtures that are set up for a test."""
    return getattr(item, "fixturenames", [])
