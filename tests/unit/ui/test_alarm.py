"""The alarm sounds for a lost or muted device only, at once and every 10 s until it is back."""

from __future__ import annotations

import pytest

from client.base.text import Text
from client.evidence.entries import SourceState
from client.recorder.child.track import Health
from client.recorder.protocol import SourceStatus, Status
from client.ui.alarm import Alarm


def status(*, alarm: bool) -> Status:
    source = SourceStatus(source="camera", state="slate", device="C", alarm=alarm)
    return Status(
        phase="contest",
        seconds=1.0,
        on_disk_seconds=1.0,
        sources=(source,),
        tracks=(),
        gaps=0,
        journal_seq=1,
        free_bytes=1,
    )


def test_it_sounds_at_once_and_again_until_the_device_is_back() -> None:
    now, heard = [0.0], []
    alarm = Alarm(lambda: heard.append(now[0]), lambda: now[0])
    lost = {half / 2 for half in (*range(10, 60), 80, 81)}
    for half in range(100):
        now[0] = half / 2
        alarm.heed(status(alarm=now[0] in lost))
    alarm.heed(None)
    assert heard == [5.0, 15.0, 25.0, 40.0]


@pytest.mark.parametrize(
    ("state", "device", "alarms"),
    [
        ("slate", "C", True),
        ("silence", "M", True),
        ("muted", "M", True),
        ("slate", "", False),  # still opening
        ("silence", "", False),
        ("live", "C", False),
        ("black", "C", False),
        ("frozen", "C", False),
        ("off", "", False),
    ],
)
def test_what_alarms(state: SourceState, device: str, alarms: bool) -> None:
    assert Health(state, device, Text("", "")).alarms is alarms
