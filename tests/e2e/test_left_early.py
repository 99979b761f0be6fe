"""A real session of a contest that is ended in the middle, without a hand-in: a judge is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from client.base.clock import SECOND_US
from client.evidence.entries import Step
from client.evidence.layout import SessionFolder
from client.recorder.protocol import Advance
from client.recorder.supervisor import RecorderSupervisor
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import Desk, desk, eventually, note
from tests.e2e.venue import Organizer, attend, begun_session

pytestmark = pytest.mark.e2e
SECONDS, LEAD = 60, 10
"""A quarter of it is the identity step."""


@pytest.fixture
def at() -> Iterator[Desk]:
    with devices.display() as screen, desk(screen) as made:
        yield made


def end_by_hand(folder: SessionFolder) -> None:
    """End the recording as the window's button does."""
    supervisor = RecorderSupervisor(folder)
    supervisor.start()
    try:
        supervisor.ask(Advance(id=0, step="ended"))
    finally:
        supervisor.close()


def test_who_ends_in_the_middle_leaves_a_hole_that_verify_names(at: Desk) -> None:
    organizer = Organizer(at, at.home / "organizer")
    organizer.prepare(SECONDS, LEAD, rehearsal=False)
    organizer.serve()
    verb = attend(at, organizer.plan, "test", "test", at.home / "data" / "sessions")
    folder = SessionFolder(begun_session(at.home / "data" / "sessions", verb))

    def steps() -> list[str]:
        return [step.name for step in recorded.entries(folder.path, Step)]

    eventually(lambda: "contest" in steps(), 40, "the contest's step")
    end_by_hand(folder)
    verb.wait(60).ok()
    (ended,) = [
        line.utc_us
        for line in recorded.lines(folder.path)
        if isinstance(line.entry, Step) and line.entry.name == "ended"
    ]

    for place in (folder.path, organizer.copy_of(folder.path)):
        said = at.run("verify", place, "--organizer-key", organizer.key, "--json")
        assert (said.code, said.document["verdict"]) == (1, "INCOMPLETE")
        (early,) = [f for f in said.document["findings"] if f["code"] == "ended_early"]
        assert early["verdict"] == "INCOMPLETE"
        assert early["cause"] == "选手自己结束了录制"
        assert "by the organizer's clock" in early["en"]
        since, until = early["utc_us"]
        assert abs(since - ended) < 3 * SECOND_US
        missing_s = (until - since) / SECOND_US
        assert 20 < missing_s < SECONDS
        assert early["seconds"][1] - early["seconds"][0] == pytest.approx(missing_s, abs=0.01)
    assert (
        "without a hand-in" in at.run("verify", folder.path, "--organizer-key", organizer.key).out
    )
    note(f"{missing_s:.1f} s missing: {early['en']}")
