"""Each pair of devices is entered once, some seconds after both deliver."""

from __future__ import annotations

from client.capture.delay import UNKNOWN, Delay
from client.recorder.child.pairing import SETTLED_US, Pairing, pair_entry


class Device:
    def __init__(self, name: str) -> None:
        self.device, self.opened = name, 0

    def delay(self) -> Delay:
        return Delay(7_000, "device", 300)


class Stage:
    """A camera, a microphone and the journal; time is a number."""

    def __init__(self) -> None:
        self.eye, self.ear = Device("C"), Device("M")
        self.posted: list = []
        self.pairing = Pairing(self.eye, self.ear, self)
        self.now_us = 1_000_000

    def post(self, entry) -> None:
        self.posted.append(entry)

    def wait(self, us: int, *, live: bool = True) -> None:
        for _ in range(10):
            self.now_us += us // 10
            self.pairing.look(self.now_us, both_live=live)


def test_a_pair_is_entered_once_after_both_delivered_for_a_while() -> None:
    stage = Stage()
    stage.wait(SETTLED_US, live=False)
    stage.eye.opened = stage.ear.opened = 1
    stage.wait(SETTLED_US, live=False)
    stage.wait(SETTLED_US - 100)
    assert stage.posted == []
    stage.wait(SETTLED_US * 4)
    assert [(entry.camera, entry.microphone) for entry in stage.posted] == [("C", "M")]


def test_a_pause_begins_the_wait_anew_and_a_device_that_came_back_is_a_new_pair() -> None:
    stage = Stage()
    stage.eye.opened = stage.ear.opened = 1
    stage.wait(SETTLED_US // 2)
    stage.wait(SETTLED_US, live=False)
    stage.wait(SETTLED_US // 2)
    assert stage.posted == []
    stage.wait(SETTLED_US)
    assert len(stage.posted) == 1
    stage.wait(SETTLED_US, live=False)  # a short loss of the same opened device
    stage.wait(SETTLED_US * 2)
    assert len(stage.posted) == 1
    stage.ear.opened = 2
    stage.ear.device = "another"
    stage.wait(SETTLED_US * 2)
    assert [entry.microphone for entry in stage.posted] == ["M", "another"]


def test_the_offset_is_what_the_camera_has_left_where_both_are_known() -> None:
    camera, microphone = ("C", Delay(33_000, "device")), ("M", Delay(12_000, "device", 400))
    entry = pair_entry(camera, microphone)
    assert (entry.camera_delay_us, entry.microphone_delay_us) == (33_000, 12_000)
    assert (entry.offset_us, entry.microphone_spread_us) == (33_000, 400)


def test_what_is_not_told_is_not_made_up() -> None:
    told = Delay(12_000, "device")
    for camera, microphone in ((UNKNOWN, told), (told, UNKNOWN), (UNKNOWN, UNKNOWN)):
        entry = pair_entry(("C", camera), ("M", microphone))
        assert entry.offset_us is None
        assert (entry.camera_told_by == "nobody") == (camera is UNKNOWN)
