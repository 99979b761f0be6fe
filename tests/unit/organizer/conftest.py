from __future__ import annotations

import dataclasses

import pytest

from client.organizer.office import open_office
from tests.simulators.contest import prepare_contest


class Clock:
    """The organizer's clock, moved by the test."""

    def __init__(self, now_us: int) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        return self.now_us

    def forward(self, seconds: float) -> None:
        self.now_us += round(seconds * 1_000_000)


@pytest.fixture
def contest(tmp_path):
    return prepare_contest(tmp_path)


@pytest.fixture
def clock(contest):
    first = contest.plan.plan.papers()[0]
    return Clock(round(first.starts_at.timestamp() * 1_000_000))


@pytest.fixture
def office(contest, clock):
    office = dataclasses.replace(open_office(contest.folder), now_us=clock)
    yield office
    office.records.close()
