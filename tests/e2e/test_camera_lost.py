"""One recording whose camera turns black, freezes and goes, and whose spare takes over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.evidence.entries import Device, Note, State
from client.recorder.child.sight import BLACK, FROZEN
from client.recorder.child.turns import SPARE_CAMERA
from tests.e2e import recorded
from tests.e2e.program import desk, note
from tests.e2e.shaken import Shaken
from tests.simulators.moody_camera import MoodyCamera

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shaken]:
    folder = tmp_path_factory.mktemp("camera") / "r"
    with MoodyCamera(120) as first, MoodyCamera(230) as spare, desk() as at:
        words = ("--camera", first.address, "--spare-camera", spare.address)
        verb = at.start(
            "record", "--out", folder, "--seconds", "90", "--no-screen", "--no-audio", *words
        )
        made = Shaken(folder, "camera")
        made.reach("live", 1)
        time.sleep(1)
        made.done_us["black"] = monotonic_us()
        first.mood = "black"
        made.reach("black", 1)
        first.mood = "moving"
        made.reach("live", 2)
        made.done_us["frozen"] = monotonic_us()
        first.mood = "frozen"
        made.reach("frozen", 1)
        first.mood = "moving"
        made.reach("live", 3)
        made.done_us["gone"] = monotonic_us()
        first.close()
        made.reach("live", 4)
        made.end(at, verb)
        yield made


def test_each_state_is_a_line_with_its_cause(seen: Shaken) -> None:
    told = [(s.state, s.cause) for s in seen.states()]
    assert [state for state, _ in told] == [
        "slate", "live", "black", "live", "frozen", "live", "slate", "live",
    ]  # fmt: skip
    assert told[2][1] == BLACK.zh
    assert told[4][1] == FROZEN.zh
    assert "中断" in told[6][1]


@pytest.mark.parametrize(("event", "number", "within_s"), [("black", 2, 1.0), ("frozen", 4, 1.0)])
def test_it_is_dated_by_when_it_began(
    seen: Shaken, event: str, number: int, within_s: float
) -> None:
    late_us = seen.states()[number].at_us - seen.done_us[event]
    assert abs(late_us) <= within_s * SECOND_US


def test_the_slate_is_there_within_a_second_and_the_spare_follows(seen: Shaken) -> None:
    slate, spare = seen.states()[6:8]
    gone = seen.done_us["gone"]
    note(
        f"slate after {(slate.at_us - gone) / 1e6:.2f} s, spare {(spare.at_us - gone) / 1e6:.1f} s"
    )
    assert (slate.at_us - gone) / SECOND_US < 1.5  # 0.9 on a machine at rest
    devices = [d.name for d in recorded.entries(seen.folder, Device)]
    assert len(set(devices)) == len(devices) == 2
    assert SPARE_CAMERA.zh in [n.zh for n in recorded.entries(seen.folder, Note)]


def test_the_track_has_no_hole_and_shows_black_slate_and_spare(seen: Shaken) -> None:
    (film,) = recorded.tracks(seen.folder)
    found = list(recorded.pictures(film))
    longest = max(after - before for (before, _), (after, _) in pairwise(found))
    note(f"longest pause between pictures {longest:.2f} s")
    assert longest <= 1.3
    epoch = recorded.part_of(seen.folder, film.name).epoch_us

    def brightness(state: State, later_s: float) -> float:
        """Return that of the middle, so long after a state began."""
        at = (state.at_us - epoch) / SECOND_US + later_s
        picture = max((p for p in found if p[0] <= at), key=lambda p: p[0])[1]
        return float(picture[12:24, 20:44].mean())

    states = seen.states()
    assert brightness(states[1], 0.3) == pytest.approx(125, abs=20)
    assert brightness(states[2], 0.7) < 30
    assert brightness(states[7], 0.3) > 200


def test_verify_names_each_of_them(seen: Shaken) -> None:
    said = " ".join(seen.causes())
    assert "。。" not in said
    for cause in (BLACK.zh, FROZEN.zh, "中断"):
        assert cause in said
    frozen = next(gap for gap in seen.report["gaps"] if FROZEN.zh in gap["cause"])
    assert 9.5 <= frozen["to"] - frozen["from"] <= 20
