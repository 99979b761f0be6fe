"""Twenty recordings in one process, with real devices: nothing of them is left in it.

A hundred: `make soak CYCLES=100`; one of 40 minutes: `make soak MINUTES=40`.
"""

from __future__ import annotations

import pytest

from tests.e2e.program import note
from tests.soak.cycles import After
from tests.soak.starts import GROWN, held_more, record_again_and_again

pytestmark = pytest.mark.e2e
CYCLES = 20


@pytest.fixture(scope="module")
def found() -> list[After]:
    return record_again_and_again(CYCLES)


def test_no_handle_and_no_thread_is_left(found: list[After]) -> None:
    note(f"handles {found[-1].handles}, threads {found[-1].threads}")
    more = held_more(found)
    assert more["handles"] <= 0
    assert more["threads"] <= 0


def test_memory_stays(found: list[After]) -> None:
    grown = held_more(found)["private"]
    note(f"{grown / 1e6:+.1f} MB after {CYCLES} recordings")
    assert grown < GROWN
