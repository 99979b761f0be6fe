"""Installer and portable folder from a small bundle: what is in them, and what is said."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip(
        "made on Linux here; tried in the lab by packaging/smoke.py", allow_module_level=True
    )

import installer
import nsis
import portable

from tests.unit.packaging.pe import pe

SCRIPTS = nsis.SCRIPTS
needs_tool = pytest.mark.skipif(
    shutil.which("makensis") is None, reason="makensis comes with make windows-lab"
)


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "SaiJian"
    (folder / "_internal" / "资料").mkdir(parents=True)
    for name in ("SaiJianApp.exe", "saijian.exe"):
        (folder / name).write_bytes(pe(["kernel32.dll"]))
    (folder / "_internal" / "资料" / "a b.txt").write_text("content", encoding="ascii")
    for name in ("cv2/opencv_videoio_ffmpeg4140_64.dll", "av.libs/avcodec-62.dll"):
        place = folder / "_internal" / name
        place.parent.mkdir()
        place.write_bytes(pe(["kernel32.dll"]))
    (folder / "files.sha256").write_text("", encoding="ascii")
    return folder


@needs_tool
def test_the_portable_zip_holds_the_whole_bundle_and_a_launcher_that_old_windows_can_run(
    bundle, tmp_path
):
    made = portable.make_portable(bundle, tmp_path / "dist", kind="lab", version="1.2.3")
    assert made.name == "SaiJian-1.2.3-lab-windows-x64-portable.zip"
    with zipfile.ZipFile(made) as zipped:
        assert zipped.testzip() is None
        names = set(zipped.namelist())
        launcher = zipped.read("SaiJian/打开赛鉴.exe")
        assert zipped.read("SaiJian/program/_internal/资料/a b.txt") == b"content"
    whole = [path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file()]
    files = {f"SaiJian/program/{path.as_posix()}" for path in whole}
    assert names == files | {"SaiJian/打开赛鉴.exe"}
    assert machine_of(launcher) == 0x14C  # 32-bit
    assert list(made.parent.iterdir()) == [made]


@needs_tool
def test_the_installer_is_32_bit_needs_no_administrator_and_carries_its_version(bundle, tmp_path):
    made = installer.make_installer(
        bundle, tmp_path / "dist", kind="release", version="1.2.3", fast=True
    )
    assert made.name == "SaiJian-1.2.3-windows-x64-setup.exe"
    data = made.read_bytes()
    assert machine_of(data) == 0x14C
    assert b'requestedExecutionLevel level="asInvoker"' in data
    assert "1.2.3".encode("utf-16-le") in data


@needs_tool
def test_a_script_that_nsis_refuses_is_an_error_with_its_words(tmp_path, capsys):
    with pytest.raises(nsis.NsisError, match=re.escape("launcher.nsi: 1")):
        nsis.make("launcher.nsi", tmp_path / "x.exe", {"VERSION": "1", "FOUR": "no version"})
    assert "invalid VIProductVersion" in capsys.readouterr().out


def test_without_makensis_the_error_says_where_it_comes_from(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(nsis.NsisError, match="apt-get install nsis"):
        nsis.make("launcher.nsi", tmp_path / "x.exe", {})


@pytest.mark.parametrize(
    ("version", "four"), [("0.1.0", "0.1.0.0"), ("1.2.3.4", "1.2.3.4"), ("2.0rc1", "2.0.1.0")]
)
def test_windows_wants_four_numbers(version, four):
    assert nsis.four_numbers(version) == four


def test_the_trials_know_the_exit_codes_of_the_scripts():
    import installed

    text = (SCRIPTS / "system.nsh").read_text(encoding="utf-8")
    codes = {name: int(code) for name, code in re.findall(r"!define ([A-Z_]+) (\d\d)\n", text)}
    assert len(codes) == 7
    assert {name: getattr(installed, name) for name in codes} == codes


def test_every_exit_code_is_explained_by_help():
    system = (SCRIPTS / "system.nsh").read_text(encoding="utf-8")
    explained = (SCRIPTS / "help.nsh").read_text(encoding="utf-8")
    names = set(re.findall(r"!define ([A-Z_]+) \d\d\n", system)) - {"INCOMPLETE"}  # the launcher's
    assert names
    assert {name for name in names if f"${{{name}}}" not in explained} == set()


def machine_of(data: bytes) -> int:
    """Return the machine word of a Windows program."""
    at = int.from_bytes(data[0x3C:0x40], "little")
    return int.from_bytes(data[at + 4 : at + 6], "little")


def test_no_path_of_this_machine_is_in_the_scripts():
    for script in Path(SCRIPTS).iterdir():
        assert str(Path.home()) not in script.read_text(encoding="utf-8")
