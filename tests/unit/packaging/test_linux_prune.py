"""What stays in the frozen folder, and that the list of libraries and the bundle agree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("the Linux bundle is made on Linux", allow_module_level=True)

sys.path.append(str(Path(__file__).resolve().parents[3] / "packaging" / "linux"))

import prune
from elf import Binary

LINUX = Path(prune.__file__).parent
QT = "PySide6/Qt/plugins"


@pytest.fixture
def frozen(tmp_path):
    """A frozen folder of empty files."""
    inner = tmp_path / "_internal"
    for place in (
        "libpython3.11.so.1.0",
        "libportaudio.so.2",
        "libglib-2.0.so.0",
        "libstdc++.so.6",
        "av.libs/libavcodec-1.so.62",
        f"{QT}/platforms/libqxcb.so",
        f"{QT}/platforms/libqwayland-egl.so",
        f"{QT}/platformthemes/libqgtk3.so",
        f"{QT}/wayland-shell-integration/libxdg-shell.so",
    ):
        (inner / place).parent.mkdir(parents=True, exist_ok=True)
        (inner / place).touch()
    (inner / "libavcodec-1.so.62").symlink_to("av.libs/libavcodec-1.so.62")
    (inner / "libwent.so.1").symlink_to("PySide6/Qt/lib/libwent.so.1")
    return tmp_path


def files(folder: Path) -> set[str]:
    inner = folder / "_internal"
    return {str(path.relative_to(inner)) for path in inner.rglob("*") if not path.is_dir()}


def test_only_named_libraries_of_the_system_stay(frozen):
    gone = prune.prune(frozen)
    assert files(frozen) == {
        "libpython3.11.so.1.0",
        "libportaudio.so.2",
        "av.libs/libavcodec-1.so.62",
        "libavcodec-1.so.62",
        f"{QT}/platforms/libqxcb.so",
    }
    assert "_internal/libstdc++.so.6" in gone
    assert "_internal/libwent.so.1" in gone


def test_qt_libraries_that_nothing_needs_are_found_in_turn():
    lib = Path("PySide6/Qt/lib")
    plugin = Binary(Path("p/libqxcb.so"), ("libQt6XcbQpa.so.6",), ())
    used = Binary(lib / "libQt6XcbQpa.so.6", (), ())
    user = Binary(lib / "libQt6WaylandEgl.so.6", ("libQt6Wayland.so.6",), ())
    inner = Binary(lib / "libQt6Wayland.so.6", (), ())
    assert prune.unneeded([plugin, used, user, inner]) == [user]
    assert prune.unneeded([plugin, used, inner]) == [inner]


@pytest.fixture
def listed(monkeypatch):
    """A short list of libraries."""
    rows = [
        prune.Library("libffi.so.7", "bundled", by_name=False),
        prune.Library("libportaudio.so.2", "bundled", by_name=True),
        prune.Library("libc.so.6", "libc6", by_name=False),
    ]
    monkeypatch.setattr(prune, "libraries", lambda: rows)


GOOD = [
    Binary(Path("saijian"), ("libc.so.6", "libffi.so.7"), ()),
    Binary(Path("libffi.so.7"), ("libc.so.6",), ()),
    Binary(Path("libportaudio.so.2"), ("libc.so.6",), ()),
]


@pytest.mark.usefixtures("listed")
def test_a_bundle_that_agrees():
    assert prune.disagreements(GOOD) == []


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ([*GOOD, Binary(Path("x"), ("libnew.so.1",), ())], "libnew.so.1: needed, not in the list"),
        (GOOD[1:], "libffi.so.7: in the list, needed by nothing"),
        (GOOD[:2], "libportaudio.so.2: to be bundled, not there"),
    ],
)
def test_a_difference_is_named(found, fault):
    assert prune.disagreements(found) == [fault]


def test_the_list_itself():
    rows = prune.libraries()
    names = [row.name for row in rows]
    assert len(names) == len(set(names))
    assert "libc.so.6" in names
    assert "libstdc++.so.6" not in {row.name for row in rows if row.bundled}
    assert "libgcc-s1 | libgcc1" in prune.packages()
    assert "bundled" not in prune.packages()


def test_notices_forget_what_was_removed_and_links(tmp_path):
    inner = tmp_path / "_internal"
    inner.mkdir()
    (inner / "libffi.so.7").touch()
    (inner / "liba.so.1").symlink_to("libffi.so.7")
    rows = [
        ["client.base.text", "/project/client/base/text.py"],
        ["liba.so.1", "a.libs/liba.so.1"],
        ["libffi.so.7", "/usr/lib/libffi.so.7"],
        ["libgtk-3.so.0", "/usr/lib/libgtk-3.so.0"],
    ]
    sources = tmp_path / "sources.json"
    sources.write_text(json.dumps({"roots": {}, "rows": rows}))
    prune.forget(sources, inner)
    assert json.loads(sources.read_text())["rows"] == [rows[0], rows[2]]


@pytest.mark.parametrize(
    ("before", "expected"),
    [(None, None), ("/opt/theirs", "/opt/theirs"), ("", None)],
)
def test_what_we_start_gets_the_systems_libraries(tmp_path, before, expected):
    (tmp_path / "libportaudio.so.2").touch()
    script = (
        "import sys, runpy, os, json, ctypes.util\n"
        f"sys.prefix = {str(tmp_path)!r}\n"
        f"runpy.run_path({str(LINUX / 'runtime.py')!r})\n"
        "found = [ctypes.util.find_library(name) for name in ('portaudio', 'c')]\n"
        "print(json.dumps([os.environ.get('LD_LIBRARY_PATH'), *found]))\n"
    )
    environment = os.environ | {"LD_LIBRARY_PATH": "/opt/saijian/_internal"}
    if before is not None:
        environment["LD_LIBRARY_PATH_ORIG"] = before
    said = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, env=environment
    ).stdout
    assert json.loads(said) == [expected, str(tmp_path / "libportaudio.so.2"), "libc.so.6"]
