from __future__ import annotations

import signal
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONGEST = "test_stories"
EARLIER = 0.8
"""The last file here begins when so much of the others has: no long one is left over at the end."""


@pytest.fixture(scope="session", autouse=True)
def hang_ups_count() -> None:
    """Under `nohup` our programs would rightly ignore SIGHUP; the tests send it."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread these files among the others: they mostly wait while the others mostly compute."""
    files = dict.fromkeys(item.path for item in items)
    mine = sorted((f for f in files if f.parent == HERE), key=lambda f: f.stem != LONGEST)
    others = [f for f in files if f.parent != HERE]
    place = {file: at / len(mine) * EARLIER for at, file in enumerate(mine)}
    place |= {file: at / len(others) for at, file in enumerate(others)}
    items.sort(key=lambda item: place[item.path])
