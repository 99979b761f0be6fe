"""Who holds a camera: a real process with a real device open; Windows' list by its keys."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.capture import holders
from client.capture.camera import local
from client.capture.camera.local import LocalCamera
from client.capture.holders import holders_of_file, program_of

HOLD = (
    "import sys; held = open(sys.argv[1], 'rb', buffering=0); print(flush=True); sys.stdin.read()"
)
CAMERA = LocalCamera(3, "USB Camera", "real")
OWN = r"C:\Program Files\SaiJian\saijian.exe"


@pytest.fixture
def terminal() -> Iterator[Path]:
    """A character device, as a camera is; this process has it open too."""
    ours, theirs = os.openpty()
    yield Path(os.ttyname(theirs))
    os.close(ours)
    os.close(theirs)


@pytest.fixture
def holder(terminal: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = tmp_path / "meeting-app"
    program.symlink_to(sys.executable)
    pipe = subprocess.PIPE
    with subprocess.Popen([program, "-c", HOLD, terminal], stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.communicate()


def test_the_process_that_has_it_open_is_named_and_this_one_is_not(
    holder: subprocess.Popen[bytes], terminal: Path
) -> None:
    assert holders_of_file(terminal) == ("meeting-app",)
    holder.communicate()
    assert holders_of_file(terminal) == ()


@pytest.mark.usefixtures("holder")
def test_the_camera_s_error_names_it(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "holders_of", lambda _: holders_of_file(terminal))
    error = local.refused(CAMERA)
    assert error.title.zh == "摄像头打不开：USB Camera，可能正被 meeting-app 占用。"
    assert error.title.en == "Camera USB Camera cannot be opened: meeting-app may be using it."
    assert "关闭" in error.advice.zh


def test_where_nobody_is_seen_nobody_is_accused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "holders_of", lambda _: ())
    assert local.refused(CAMERA).title.en == "Camera USB Camera cannot be opened."


def test_each_name_once_and_few_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["a", "b", "a", "", "c", "d"]
    monkeypatch.setattr(holders, "_openers", lambda _: iter(names))
    assert holders_of_file(Path("/dev/video0")) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("C:#Program Files#Zoom#bin#Zoom.exe", "Zoom"),
        ("C:#Tools#腾讯会议.EXE", "腾讯会议"),
        ("Microsoft.WindowsCamera_8wekyb3d8bbwe", "Microsoft.WindowsCamera"),
        ("c:#program files#saijian#SaiJian.exe", ""),
    ],
)
def test_windows_keys_are_programs_and_our_own_is_none(key: str, name: str) -> None:
    assert program_of(key, OWN) == name
