"""What `saijian record` refuses before anything is made, and what it tells the recorder."""

from __future__ import annotations

import pytest

from client.base.errors import StorageError
from client.cli.arguments import command_line
from client.cli.record import prepare
from client.evidence import spare
from client.recorder.setup import load_setup

WORDS = ("--seconds", "5", "--no-screen", "--no-audio", "--camera", "test")


def prepared(out, *words):
    return prepare(command_line("").read(["record", "--out", str(out), *WORDS, *words]))


@pytest.fixture
def drive(tmp_path, monkeypatch):
    monkeypatch.delenv("SAIJIAN_SPARE", raising=False)
    (tmp_path / "另一块硬盘").mkdir()
    monkeypatch.setattr(spare, "device_of", lambda path: ("", len(str(path))))
    return tmp_path / "另一块硬盘"


def test_a_spare_folder_that_is_not_there_is_refused_and_makes_nothing(tmp_path, drive):
    with pytest.raises(StorageError) as caught:
        prepared(tmp_path / "r", "--spare-folder", str(drive / "not there"))
    assert "硬盘没有接上" in caught.value.title.zh
    assert not (tmp_path / "r").exists()


def test_the_argument_goes_before_the_setting_of_the_computer(tmp_path, drive, monkeypatch):
    assert load_setup(prepared(tmp_path / "none").setup).spare_folder == ""
    monkeypatch.setenv("SAIJIAN_SPARE", str(drive))
    assert load_setup(prepared(tmp_path / "set").setup).spare_folder == str(drive)
    (drive / "more").mkdir()
    folder = prepared(tmp_path / "named", "--spare-folder", str(drive / "more"))
    assert load_setup(folder.setup).spare_folder == str(drive / "more")
