"""What is thought of a measured computer, and how the figures cross to other programs."""

from __future__ import annotations

import json

import pytest

from client.contest.capability import (
    SPARE_BYTES,
    Capability,
    Load,
    Reason,
    Tried,
    capability_of,
    judge,
    to_json,
)

GB = 1000**3
SCREEN = Load(
    part="screen",
    device="X11 :0",
    synthetic=False,
    core_percent=8,
    bytes_per_second=40_000,
    encoder="libx264",
)
CAMERA = Load(
    part="camera",
    device="HD 摄像头",
    synthetic=False,
    core_percent=12,
    bytes_per_second=190_000,
    encoder="h264_qsv",
)
SOUND = Load(part="sound", device="麦克风", synthetic=False, core_percent=2, bytes_per_second=8_000)
GOOD = Capability(
    seconds=10,
    cores=2,
    loads=(SCREEN, CAMERA, SOUND),
    rest_percent=1,
    fps=10,
    on_time_percent=100,
    memory_mb=220,
    memory_free_mb=1500,
    tried=(Tried(name="h264_qsv", works=True, reason=Reason(zh="可用", en="works")),),
    contest_seconds=9000,
    disk_free=100 * GB,
)


def heavier(screen: float, **changes) -> Capability:
    load = SCREEN.model_copy(update={"core_percent": screen})
    return GOOD.model_copy(update={"loads": (load, CAMERA, SOUND), **changes})


def test_a_computer_with_room_to_spare_passes_with_figures():
    judgement = judge(GOOD)
    assert (judgement.level, judgement.advice) == ("pass", None)
    assert "23%" in judgement.evidence.en
    assert "220 MB" in judgement.evidence.zh
    assert GOOD.contest_bytes == 238_000 * 9000
    assert GOOD.disk_needed == round(238_000 * 9000 * 1.25) + SPARE_BYTES
    assert GOOD.proposed_fps == 10


@pytest.mark.parametrize(
    ("measured", "level", "advice"),
    [
        (heavier(40), "warn", "8 pictures of the screen a second"),
        (heavier(80), "fail", "another computer"),
        (heavier(8, on_time_percent=90), "warn", "come late"),
        (heavier(8, on_time_percent=60), "fail", "come late"),
        (heavier(8, memory_free_mb=100), "warn", "100 MB of memory"),
        (heavier(8, disk_free=2 * GB), "fail", "1.7 GB of disk are missing"),
        (heavier(40, disk_free=2 * GB), "fail", "1.7 GB of disk are missing"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(measured: Capability, level: str, advice: str):
    judgement = judge(measured)
    assert judgement.level == level
    assert judgement.advice is not None
    assert advice in judgement.advice.en
    assert judgement.advice.zh


def test_the_worst_is_said_first():
    judgement = judge(heavier(40, disk_free=2 * GB))
    assert judgement.advice is not None
    assert judgement.advice.en.index("disk") < judgement.advice.en.index("little to spare")


def test_made_up_devices_are_named():
    made_up = CAMERA.model_copy(update={"synthetic": True})
    evidence = judge(GOOD.model_copy(update={"loads": (SCREEN, made_up)})).evidence
    assert "摄像头没有设备" in evidence.zh
    assert "No device for camera" in evidence.en


@pytest.mark.parametrize(("screen", "fps"), [(30, 10), (40, 8), (50, 5), (150, 2), (400, 2)])
def test_the_proposed_rate_leaves_room(screen: float, fps: int):
    assert heavier(screen).proposed_fps == fps


def test_it_is_read_back_by_other_programs():
    document = json.loads(json.dumps(to_json(GOOD)))
    assert capability_of(document) == GOOD
    assert document["verdict"] == "pass"
    assert document["core_percent"] == 23
    assert document["advice"] is None
    assert GOOD.encoder_of("camera") == "h264_qsv"
    assert GOOD.encoder_of("sound") == ""


@pytest.mark.parametrize("change", [{"seconds": -1}, {"kind": "other"}, {"loads": [1]}, {"fps": 0}])
def test_what_is_no_result_is_refused(change):
    with pytest.raises(ValueError, match="validation error"):
        capability_of({**to_json(GOOD), **change})
