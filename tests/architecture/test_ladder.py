"""The ladder of rooms: the real tree keeps it, and every contract is able to fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# the file that gets an import, the import, the contract that must break, the link it must name
PLANTED = [
    ("base/clock.py", "client.evidence", "A room imports only rooms below it", "client.evidence"),
    ("upload/__init__.py", "client.recorder", "A room imports only rooms below it", "recorder"),
    ("cli/__init__.py", "client.wiring", "A room imports only rooms below it", "client.wiring"),
    ("wiring.py", "client.recorder.child", "Only __main__ imports the recorder process", "child"),
    ("contest/plan.py", "PySide6.QtCore", "Only ui imports Qt", "PySide6"),
    ("evidence/verify.py", "av", "Only capture, the recorder process and evidence.media", "av"),
    ("recorder/protocol.py", "mss", "Only capture imports mss and sounddevice", "mss"),
    ("ui/__init__.py", "sounddevice", "Only capture imports mss and sounddevice", "sounddevice"),
    ("upload/engine.py", "requests", "Only remote imports requests", "requests"),
    (
        "evidence/media.py",
        "cv2",
        "Only capture, identity and the recorder process import OpenCV",
        "cv2",
    ),
]


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    command = [tool, "--no-cache", "--config", tree / "pyproject.toml"]
    return subprocess.run(command, cwd=tree, check=False, capture_output=True, text=True)


@pytest.fixture
def copy_of_the_tree(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "client", tmp_path / "client", ignore=no_caches)
    return tmp_path


def test_the_real_tree_keeps_the_ladder():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert " 0 broken" in result.stdout


@pytest.mark.parametrize(("file", "module", "contract", "link"), PLANTED)
def test_a_planted_violation_is_caught_by_name(copy_of_the_tree, file, module, contract, link):
    importer = "client." + file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    with (copy_of_the_tree / "client" / file).open("a", encoding="utf-8") as source:
        source.write(f"\nimport {module}\n")

    result = lint_imports(copy_of_the_tree)

    assert result.returncode == 1, result.stdout + result.stderr
    assert " 1 broken" in result.stdout
    broken = result.stdout.partition("Broken contracts")[2]
    assert contract in broken
    assert importer in broken
    assert link in broken


def test_a_new_room_must_be_given_its_rung(copy_of_the_tree):
    (copy_of_the_tree / "client" / "misc.py").write_text('"""A drawer."""\n', encoding="utf-8")
    result = lint_imports(copy_of_the_tree)
    assert result.returncode == 1
    assert "client.misc" in result.stdout
