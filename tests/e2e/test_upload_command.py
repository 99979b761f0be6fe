"""`saijian upload` as a person runs it: progress, Ctrl-C, following, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.base.files import FileLock
from client.upload.progress import UploadProgress, save_progress
from tests.contract.upload.scene import Scene, eventually

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
started: list[subprocess.Popen[str]] = []
TRACKS = ("screen-01.mp4", "contest-01.mp4")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    scene.growing.record(24, *TRACKS)
    yield scene
    scene.organizer.leave()


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
    started.clear()


def command(path: Path, *options: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "client", "upload", str(path), *options],
        cwd=ROOT,
        env={**os.environ, "SAIJIAN_LANG": "zh", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    started.append(process)
    return process


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    return process.returncode, out, err


def test_a_finished_session_is_sent_and_reported(scene: Scene) -> None:
    scene.growing.seal()
    code, out, err = finished(command(scene.folder.path, "--json"))
    assert code == 0
    report = json.loads(out)
    assert report["ending"] == report["state"] == "stored"
    assert report["sent_bytes"] == report["recorded_bytes"] == sum(map(len, scene.sent().values()))
    assert report["session"] == str(scene.folder.path)
    assert "100.0 %" in err
    assert "已由组委会保存并签收" in err
    assert scene.stored() == scene.sent()


def test_an_organizer_that_is_away_is_named_with_what_to_do(scene: Scene) -> None:
    scene.growing.seal()
    scene.organizer.leave()
    code, out, err = finished(command(scene.folder.path, "--once"))
    assert (code, out) == (1, "")
    assert "没有丢失" in err


def test_an_unfinished_session_without_recorder_is_sent_as_far_as_it_goes(scene: Scene) -> None:
    code, out, err = finished(command(scene.folder.path, "--json"))
    assert code == 1
    assert json.loads(out)["ending"] == "unsealed"
    assert "还没有封存" in err


def test_a_living_session_is_followed_to_its_end(scene: Scene) -> None:
    recorder = FileLock(scene.folder.recorder_lock)
    assert recorder.acquire()
    process = command(scene.folder.path)
    eventually(lambda: bool(scene.organizer.seen("PATCH")))
    scene.growing.record(12).seal()
    recorder.release()
    assert finished(process)[0] == 0


def test_ctrl_c_says_that_nothing_is_lost_and_how_to_go_on(scene: Scene) -> None:
    scene.growing.seal()
    scene.organizer.leave()
    process = command(scene.folder.path)
    assert process.stderr is not None
    assert any("等待组委会服务器" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    code, _, err = finished(process)
    assert code == 1
    assert f"saijian upload {scene.folder.path}" in err
    scene.organizer.arrive()
    assert finished(command(scene.folder.path))[0] == 0


def test_another_uploader_is_followed_and_relieved(scene: Scene) -> None:
    scene.growing.seal()
    other = FileLock(scene.folder.uploader_lock)
    assert other.acquire()
    save_progress(scene.folder, UploadProgress(state="sending", recorded_bytes=8, sent_bytes=2))
    process = command(scene.folder.path)
    assert process.stderr is not None
    shown = "".join(process.stderr.readline() for _ in range(2))
    assert "后台正在上传" in shown
    assert "25.0 %" in shown
    other.release()
    assert finished(process)[0] == 0


def test_what_is_no_session_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    code, _, err = finished(command(tmp_path))
    assert code == 2
    assert "不是场次文件夹" in err
    assert list(tmp_path.iterdir()) == []
    assert not tmp_path.with_name(tmp_path.name + ".private").exists()


def test_neither_token_nor_code_is_in_log_or_output(tmp_path: Path) -> None:
    scene = Scene(tmp_path, enrolled=False)
    scene.growing.record(12, *TRACKS).seal()
    log = scene.folder.log("uploader")
    process = subprocess.Popen(
        [sys.executable, "-m", "client", "uploader", "--session", str(scene.folder.path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    out, _ = process.communicate(timeout=60)
    scene.organizer.leave()
    assert process.returncode == 0
    said = out.decode() + log.read_text(encoding="utf-8")
    token = json.loads(scene.folder.token.read_text())["token"]
    assert "stored" in said
    for secret in (token, "code-T-1", "T-1"):
        assert secret not in said
