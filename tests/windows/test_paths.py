"""Where sessions may lie on Windows: names, lengths, and where they must not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from client.base.errors import BadInputError, StorageError
from client.base.paths import extended, given_path
from client.evidence.findings import Verdict
from client.evidence.layout import sessions_root
from client.evidence.verify import verify
from tests.windows.program import SIMULATED, STRICT, saijian

if sys.platform == "win32":
    import winreg

SHELL_FOLDERS = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
LONG = "很长的文件夹名称" * 6
PREFIX = "\\\\?\\"


@pytest.fixture
def deep(tmp_path) -> Path:
    """Give a folder, not made yet, whose path alone is longer than 300 characters."""
    folder = Path(tmp_path, "选手 张三", *[LONG] * 6)
    assert len(str(folder)) > 300
    return folder


@pytest.mark.parametrize("name", ["选手 张三  😀 𠮷", "x" * 120])
def test_a_recording_in_any_folder_is_whole(tmp_path, name):
    out = tmp_path / name / "录像"
    done = saijian("record", "--out", str(out), "--seconds", "3", *SIMULATED, **STRICT)
    assert done.returncode == 0, done.stderr.decode()
    checked = saijian("verify", str(out), "--json", **STRICT)
    assert json.loads(checked.stdout)["verdict"] == Verdict.SIMULATED.name
    assert checked.returncode == 0


@pytest.mark.timeout(400)
def test_a_whole_contest_in_a_folder_of_300_characters(deep):
    """Organizer with its database, recorder, uploader, their pipes, logs and keys: all in there."""
    done = saijian(
        "rehearse", "--headless", "--seconds", "8", "--out", str(deep), "--json", **STRICT
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["session"].startswith(str(deep))
    assert PREFIX not in done.stdout.decode().replace("\\\\", "\\") + done.stderr.decode()
    key = deep / "organizer" / "organizer-key.pub"
    for place in (told["session"], told["organizer_copy"]):
        again = saijian("verify", place, "--organizer-key", str(key), **STRICT)
        assert again.returncode == 0, again.stdout.decode()
    decoded = verify(extended(Path(told["session"])), None, decode=True)
    assert decoded.verdict is Verdict.SIMULATED, decoded.findings


def test_the_lab_refuses_long_paths_as_windows_does(deep):
    """Without this the test above would show nothing: Wine itself takes paths of any length."""
    code = "import pathlib, sys; pathlib.Path(sys.argv[1]).mkdir(parents=True)"
    environment = {**os.environ, **STRICT}
    for path, refused in ((str(deep), True), (PREFIX + str(deep), False)):
        done = subprocess.run(
            [sys.executable, "-c", code, path], check=False, capture_output=True, env=environment
        )
        assert (b"WinError 206" in done.stderr) is refused
    assert extended(deep).is_dir()


def test_only_long_paths_get_the_prefix_and_a_given_one_is_known(deep, tmp_path):
    assert str(extended(deep)) == PREFIX + str(deep)
    assert extended(extended(deep)) == extended(deep)
    short = Path("C:\\录像")
    assert extended(short) == short
    assert given_path(Path(PREFIX + str(short))) == short
    assert str(extended(Path("\\\\server\\share", *[LONG] * 6))).startswith(
        PREFIX + "UNC\\server\\"
    )
    relative = given_path(Path("..", *[LONG] * 6))
    assert str(relative) == PREFIX + str(Path.cwd().parent.joinpath(*[LONG] * 6))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NUL", ("record", "--seconds", "3", *SIMULATED, "--out")),
        ("com1\\录像", ("rehearse", "--headless", "--out")),
        ("CON", ("verify",)),
        ("录像:隐藏", ("organizer", "init")),
    ],
)
def test_names_that_windows_cannot_keep_are_refused_before_anything_is_made(tmp_path, name, words):
    """`tests/unit/base/test_paths.py`, which runs here too, has the whole list of names."""
    done = saijian(*words, f"{tmp_path}\\新\\{name}")
    assert done.returncode == 2
    assert "E100" in done.stderr.decode(), done.stderr.decode()
    assert not (tmp_path / "新").exists()


def test_the_space_of_devices_is_no_place_for_files():
    with pytest.raises(BadInputError):
        given_path(Path("\\\\.\\C:\\录像"))


def test_windows_is_asked_for_the_data_folder_whatever_the_environment_says(monkeypatch):
    monkeypatch.delenv("SAIJIAN_HOME", raising=False)
    usual = sessions_root()
    assert usual.parts[-4:] == ("AppData", "Local", "SaiJian", "sessions")
    for value in ("", "C:\\elsewhere", "\\\\server\\share"):
        monkeypatch.setenv("LOCALAPPDATA", value)
        assert sessions_root() == usual
    monkeypatch.delenv("LOCALAPPDATA")
    assert sessions_root() == usual


def test_a_place_that_windows_copies_elsewhere_or_that_is_elsewhere_is_refused(monkeypatch):
    data = sessions_root().parent
    for name in ("OneDrive", "OneDriveCommercial"):
        monkeypatch.setenv(name, str(data.parent).upper())
        with pytest.raises(StorageError):
            sessions_root()
        monkeypatch.setenv(name, str(data.parents[2] / "OneDrive"))
        assert sessions_root().parent == data
    monkeypatch.setenv("SAIJIAN_HOME", "\\\\server\\homes\\张三")
    with pytest.raises(StorageError) as refusal:
        sessions_root()
    assert "\\\\server\\homes\\张三" in refusal.value.title.zh
    assert "SAIJIAN_HOME" in refusal.value.advice.zh
    monkeypatch.setenv("SAIJIAN_HOME", PREFIX + "UNC\\server\\homes")
    with pytest.raises(StorageError):
        sessions_root()


@pytest.fixture
def documents():
    """Let Documents be redirected, as a company's policy or OneDrive does it."""
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, SHELL_FOLDERS) as key:
        before = winreg.QueryValueEx(key, "Personal")[0]
        yield lambda place: winreg.SetValueEx(key, "Personal", 0, winreg.REG_SZ, place)
        winreg.SetValueEx(key, "Personal", 0, winreg.REG_SZ, before)


def test_redirected_documents_are_never_recorded_to(documents, monkeypatch):
    usual = sessions_root()
    documents("\\\\server\\documents")
    assert sessions_root() == usual
    documents("D:\\OneDrive\\文档")
    assert sessions_root() == usual
    monkeypatch.setenv("SAIJIAN_HOME", "D:\\OneDrive\\文档\\赛鉴")
    with pytest.raises(StorageError):
        sessions_root()
