"""What `saijian bench` measures: the devices of the arguments and of the plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.capture.camera.local import LocalCamera
from client.cli import bench
from client.cli.arguments import command_line
from client.contest.signed import canonical
from tests.documents import plan_document

CAMERAS = [LocalCamera(0, "A", "real"), LocalCamera(3, "B", "real")]


@pytest.mark.parametrize(
    ("words", "cameras", "asks", "second"),
    [
        ("", CAMERAS, False, ""),
        ("", CAMERAS, True, "3"),
        ("", CAMERAS[:1], True, "test"),
        ("--second-camera", CAMERAS, False, "3"),
        ("--second-camera another --camera 3", CAMERAS, True, "0"),
        ("--second-camera http://h/v", CAMERAS, True, "http://h/v"),
    ],
)
def test_a_second_camera_is_measured_where_there_will_be_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    cameras: list[LocalCamera],
    *,
    asks: bool,
    second: str,
) -> None:
    monkeypatch.setattr(bench, "local_cameras", lambda: cameras)
    plan = tmp_path / "plan.json"
    recording = {"second_camera": asks}
    plan.write_bytes(canonical(plan_document(Ed25519PrivateKey.generate(), recording=recording)))
    line = ["bench", "--plan", str(plan), "--microphone", "test", *words.split()]
    assert bench.wanted(command_line("").read(line)).devices.second_camera == second
