"""The .deb from a small folder: its control data, files, equality, and that it refuses removal."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from configparser import ConfigParser
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("the Linux bundle is made on Linux", allow_module_level=True)
if shutil.which("dpkg-deb") is None:
    pytest.skip("a .deb is made by Debian's dpkg-deb", allow_module_level=True)

sys.path.append(str(Path(__file__).resolve().parents[3] / "packaging" / "linux"))

import deb

RELEASE = deb.Release("1.2.3~lab", 1_700_000_000)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A package of a small frozen folder, its tree beside it."""
    return make(tmp_path_factory.mktemp("made"))


def make(folder: Path) -> Path:
    frozen = folder / "saijian"
    (frozen / "_internal").mkdir(parents=True)
    (frozen / "_internal" / "库.so").write_bytes(b"x" * 3000)
    (frozen / "_internal" / "link.so").symlink_to("库.so")
    (frozen / "saijian").write_text("#!/bin/sh\n")
    (frozen / "saijian").chmod(0o755)
    deb.make_tree(frozen, folder / "deb", RELEASE)
    deb.build(folder / "deb", folder / RELEASE.file, RELEASE.epoch)
    return folder / RELEASE.file


def ask(*words: str) -> str:
    return subprocess.run(["dpkg-deb", *words], check=True, capture_output=True, text=True).stdout


def test_control(made):
    assert ask("--field", str(made), "Package", "Version", "Architecture").splitlines() == [
        "Package: saijian",
        "Version: 1.2.3~lab",
        "Architecture: amd64",
    ]
    depends = ask("--field", str(made), "Depends").strip().split(", ")
    assert "libc6 (>= 2.28)" in depends
    assert "libstdc++6 (>= 8)" in depends
    assert "libxkbcommon-x11-0" in depends
    assert depends == sorted(set(depends))
    assert 9 < int(ask("--field", str(made), "Installed-Size")) < 200


def test_files_and_their_owners(made):
    rows = [line.split(maxsplit=5) for line in ask("--contents", str(made)).splitlines()]
    assert {row[1] for row in rows} == {"root/root"}
    modes = {row[5]: row[0] for row in rows}
    assert modes["./opt/saijian/saijian"] == "-rwxr-xr-x"
    assert modes["./usr/bin/saijian -> /opt/saijian/saijian"].startswith("l")
    assert modes["./usr/share/applications/saijian.desktop"] == "-rw-r--r--"
    assert {row[3] for row in rows} == {"2023-11-14"}


def test_every_file_has_its_sum(made):
    tree = made.parent / "deb"
    answer = subprocess.run(
        ["md5sum", "--check", "--strict", "DEBIAN/md5sums"],
        check=False,
        cwd=tree,
        capture_output=True,
    )
    assert answer.returncode == 0
    said = (tree / "DEBIAN/md5sums").read_text(encoding="utf-8").splitlines()
    files = [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(said) == len([file for file in files if file.parent.name != "DEBIAN"])


def test_equal_input_gives_an_equal_package(made, tmp_path):
    assert make(tmp_path).read_bytes() == made.read_bytes()


def test_an_unreleased_build_comes_before_the_release():
    lab, release = deb.debian_version("0.1.0", "lab"), deb.debian_version("0.1.0", "release")
    assert release == "0.1.0"
    order = ["dpkg", "--compare-versions", lab, "lt", release]
    assert subprocess.run(order, check=False).returncode == 0


def entry(name: str) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(deb.FILES / name, encoding="utf-8")
    return dict(parser["Desktop Entry"])


def test_the_menu_shows_the_chinese_name_and_opens_without_a_plan():
    menu = entry("saijian.desktop")
    assert menu["Name[zh_CN]"] == "赛鉴"
    assert menu["Exec"] == "/opt/saijian/SaiJianApp window"  # a lone --plan would be an error


def test_links_and_plans_are_opened():
    assert entry("saijian-link.desktop")["Exec"].endswith("window --plan %u")
    assert entry("saijian-link.desktop")["MimeType"] == "x-scheme-handler/saijian;"
    plans = entry("saijian-plan.desktop")
    assert plans["Exec"].endswith("window --plan %f")
    kind = ET.parse(deb.FILES / "saijian.mime.xml").getroot()[0]  # noqa: S314 - our own file
    assert plans["MimeType"] == f"{kind.attrib['type']};"
    assert [part.attrib["pattern"] for part in kind if part.tag.endswith("glob")] == ["*.saijian"]


@pytest.fixture
def prerm(tmp_path):
    """The maintainer script, made to look for programs below a folder of ours."""
    script = tmp_path / "prerm"
    text = (deb.FILES / "prerm").read_text(encoding="utf-8")
    assert "/opt/saijian/*)" in text
    script.write_text(text.replace("/opt/saijian/*)", f"{tmp_path}/opt/*)"), encoding="utf-8")
    (tmp_path / "opt").mkdir()
    shutil.copy(shutil.which("sleep"), tmp_path / "opt" / "saijian")
    return lambda: subprocess.run(
        ["sh", str(script), "remove"], check=False, capture_output=True, text=True
    )


def test_removal_is_refused_while_the_program_runs(prerm, tmp_path):
    assert prerm().returncode == 0
    program = subprocess.Popen([tmp_path / "opt" / "saijian", "60"])
    try:
        started = Path(f"/proc/{program.pid}/exe")
        while started.readlink() != tmp_path / "opt" / "saijian":
            time.sleep(0.01)
        refused = prerm()
    finally:
        program.kill()
        program.wait()
    assert refused.returncode == 1
    assert str(program.pid) in refused.stderr
    assert "卸载" in refused.stderr
    assert prerm().returncode == 0
