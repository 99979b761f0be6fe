"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path for room in ("client", "tests", "packaging") for path in (ROOT / room).rglob("*.py")
)
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
LONGEST_FILE = 500
LONGEST_FUNCTION = 50


def long_functions(source):
    """Yield name and length of functions over the limit without a reason on the def line."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            signature = lines[node.lineno - 1 : node.body[0].lineno - 1] or [lines[node.lineno - 1]]
            if length > LONGEST_FUNCTION and not any("# long: " in line for line in signature):
                yield node.name, length


def test_no_file_is_too_long():
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    too_long = {str(path): length for path, length in lengths.items() if length > LONGEST_FILE}
    assert not too_long, "a concept is missing: split the file"


def test_no_function_is_too_long_without_a_reason():
    found = {str(p): list(long_functions(p.read_text(encoding="utf-8"))) for p in SOURCES}
    assert not {path: names for path, names in found.items() if names}


@pytest.mark.parametrize(
    ("first_line", "caught"),
    [("def f():", True), ("def f():  # long: a table", False), ("async def f():", True)],
)
def test_a_long_function_is_seen(first_line, caught):
    source = first_line + "\n" + "    x = 1\n" * LONGEST_FUNCTION
    assert bool(list(long_functions(source))) == caught


def test_the_lock_names_packages_not_places():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", lock)


@pytest.mark.parametrize("list_of", ["debian", "bench"])
def test_every_debian_package_has_a_plain_name(list_of):
    path = ROOT / f"packaging/dev/{list_of}-packages.txt"
    names = [line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
    assert any(names)
    assert all(re.fullmatch(r"([a-z0-9][a-z0-9+.-]+(\|(?!$))?)*", name) for name in names)


def test_the_readme_names_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make test" in readme
    assert "make rehearse" in readme


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [t for t in local if not (page.parent / t).exists()] == []


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = [page.name for page in folder.glob("[0-9]*.md")]
    assert pages
    assert [name for name in pages if f"({name})" not in index] == []


def test_the_wheel_brings_code_assets_and_command(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (entry_points,) = (name for name in names if name.endswith("entry_points.txt"))
        assert b"saijian = client.__main__:main" in archive.read(entry_points)
    assets = {
        f"client/assets/{path.relative_to(ROOT / 'assets').as_posix()}"
        for path in (ROOT / "assets").rglob("*")
        if path.is_file()
    }
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "client").rglob("*.py")}
    assert assets
    assert assets | code <= names
