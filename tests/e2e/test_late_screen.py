"""A recorder that begins before there is a screen: a slate at once, then the living screen."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.capture.camera.slates import slate
from client.evidence.entries import Part, State
from client.evidence.keys import create_session_key
from client.evidence.layout import SessionFolder
from client.recorder.child.screentrack import NO_SIZE
from client.recorder.setup import Devices, RecorderSetup, save_setup
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import desk, eventually, note
from tests.e2e.shaken import Shaken

pytestmark = pytest.mark.e2e
WITHOUT_S = 3.0
SIZE = (640, 480)


def a_session(out: Path) -> SessionFolder:
    """Make the folder of a plain recording of the screen alone."""
    folder = SessionFolder(out).create()
    create_session_key(folder.key)
    setup = RecorderSetup(
        session=str(uuid.uuid4()),
        purpose="recording",
        devices=Devices(screen=True, camera="", microphone=""),
        seconds=60,
    )
    save_setup(folder.setup, setup)
    return folder


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shaken]:
    missing = devices.Display(devices.unused_display_name(), *SIZE)
    out = tmp_path_factory.mktemp("late") / "r"
    folder = a_session(out)
    with desk(missing) as at:
        verb = at.start("recorder", "--session", out)
        eventually(folder.journal.exists, 30, "the recorder")
        made = Shaken(out, "screen")
        made.reach("slate", 1)
        time.sleep(WITHOUT_S)
        with devices.display_named(missing.name, *SIZE):
            made.done_us["came"] = monotonic_us()
            made.reach("live", 1)
            made.end(at, verb)
        yield made


def test_the_journal_says_from_when_to_when_there_was_no_screen(late: Shaken) -> None:
    opened = next(line.mono_us for line in recorded.lines(late.folder) if line.entry.kind == "step")
    missing, live = recorded.entries(late.folder, State)
    assert [missing.state, live.state] == ["slate", "live"]
    note(f"{missing.cause} from {(missing.at_us - opened) / SECOND_US:.2f} s on")
    note(f"live {(live.at_us - late.done_us['came']) / SECOND_US:.2f} s after the X server")
    assert missing.cause
    assert missing.at_us - opened < SECOND_US
    assert live.at_us - late.done_us["came"] < 3 * SECOND_US
    (gap,) = late.report["gaps"]
    assert gap["source"] == "screen"
    assert missing.cause.rstrip("。") in gap["cause"]
    assert gap["to"] - gap["from"] >= WITHOUT_S


def test_a_slate_fills_the_track_from_the_first_second(late: Shaken) -> None:
    first, second = recorded.tracks(late.folder)
    recorded.assert_every_track_decodes(late.folder)
    sizes = [(part.width, part.height) for part in recorded.entries(late.folder, Part)]
    assert sizes == [NO_SIZE, SIZE]
    missing = recorded.entries(late.folder, State)[0]
    begin, end = recorded.span_us(late.folder, first, "video")
    assert abs(begin - missing.at_us) < SECOND_US // 2
    assert recorded.span_us(late.folder, second, "video")[0] - end < SECOND_US
    pictures = list(recorded.pictures(first))
    times = [at for at, _ in pictures]
    longest = max(after - before for before, after in pairwise(times))
    note(f"{len(times)} slates, at most {longest:.2f} s apart")
    assert longest < 1.5  # 0.5 on a machine at rest
    grey = cv2.cvtColor(slate("screen", *NO_SIZE), cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, recorded.SMALL, interpolation=cv2.INTER_AREA).astype(int)
    for _, picture in pictures:
        assert abs(small[:22] - picture[:22]).mean() < 10  # the time stands below
