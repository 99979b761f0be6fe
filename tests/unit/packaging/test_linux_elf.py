"""Which glibc a file needs is read from real files; the limits decide."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("the Linux bundle is made on Linux", allow_module_level=True)
if shutil.which("readelf") is None:
    pytest.skip("binutils: make linux-bundle installs it", allow_module_level=True)

sys.path.append(str(Path(__file__).resolve().parents[3] / "packaging" / "linux"))

import elf

SHELL = Path("/bin/sh").resolve()


@pytest.mark.parametrize(
    ("version", "late"),
    [
        ("GLIBC_2.28", False),
        ("GLIBC_2.2.5", False),
        ("GLIBC_2.29", True),
        ("GLIBC_3.0", True),
        ("GLIBC_PRIVATE", True),
        ("GLIBC_ABI_DT_RELR", True),
        ("GLIBCXX_3.4.25", False),
        ("GLIBCXX_3.4.26", True),
        ("CXXABI_1.3.11", False),
        ("CXXABI_1.3.12", True),
        ("Qt_6.9", False),
        ("LIBAVCODEC_62", False),
    ],
)
def test_what_the_oldest_system_has(version, late):
    assert elf.beyond(version) is late


def test_a_real_program_is_read():
    shell = elf.read(SHELL)
    assert "libc.so.6" in shell.needed
    assert any(version.startswith("GLIBC_2.") for version in shell.versions)


def test_too_new_names_file_and_symbol():
    shell = elf.read(SHELL)
    faults = elf.too_new([shell], {"GLIBC": "2.2"})
    assert faults
    assert all(fault.startswith(f"{SHELL.name}: ") and "@GLIBC_2." in fault for fault in faults)
    assert not any(": ?@" in fault for fault in faults)
    assert elf.too_new([shell], {"GLIBC": "99.0"}) == []


def test_the_highest_is_compared_by_number():
    files = [
        elf.Binary(Path("a"), (), ("GLIBC_2.9", "GLIBC_2.17", "GLIBCXX_3.4.30")),
        elf.Binary(Path("b"), (), ("GLIBC_2.2.5", "GLIBC_PRIVATE")),
    ]
    assert elf.highest(files) == "2.17"


def test_only_real_elf_files_are_looked_at(tmp_path):
    shutil.copyfile(SHELL, tmp_path / "program")
    (tmp_path / "link.so").symlink_to("program")
    (tmp_path / "text.so").write_text("no library")
    (tmp_path / "empty.so").touch()
    assert [binary.path.name for binary in elf.binaries(tmp_path)] == ["program"]


def test_libraries_come_from_the_bundle_or_the_list():
    files = [
        elf.Binary(Path("saijian"), ("libc.so.6", "libq.so.1", "libx.so.2"), ()),
        elf.Binary(Path("in/libq.so.1"), ("libc.so.6",), ()),
    ]
    assert elf.missing(files, {"libc.so.6"}) == ["saijian: libx.so.2"]
    assert elf.missing(files, {"libc.so.6", "libx.so.2"}) == []
    assert elf.expected(files) == {"libc.so.6", "libx.so.2"}
