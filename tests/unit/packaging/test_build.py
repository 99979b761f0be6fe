"""The steps of a build: what they note, and that a bundle is swapped in whole."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "packaging" / "windows" / "build.py"


@pytest.fixture(scope="module")
def build():
    """Return the script as a module, whatever else is called build."""
    spec = importlib.util.spec_from_file_location("windows_build", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_a_fresh_bundle_replaces_the_former_one_whole(build, tmp_path):
    fresh, place = tmp_path / "fresh", tmp_path / "SaiJian"
    for generation in ("first", "second"):
        fresh.mkdir()
        (fresh / generation).write_text(generation)
        build.replace(fresh, place)
        assert [file.name for file in place.iterdir()] == [generation]
    assert [entry.name for entry in tmp_path.iterdir()] == ["SaiJian"]


def test_the_table_has_sizes_and_the_sum(build, tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    (made / "a").write_bytes(bytes(1_500_000))
    (made / "b").write_bytes(bytes(1_000_000))
    steps = build.Steps([("freeze", 100.0, None), ("bundle", 20.4, made)])
    assert "| bundle | 20 | 2.5 |" in steps.table()
    assert "| **all** | **120** | |" in steps.table()


def test_an_installer_beyond_its_limit_is_a_failure(build, tmp_path, monkeypatch):
    big = tmp_path / "setup.exe"
    with big.open("wb") as file:
        file.truncate(build.INSTALLER_LIMIT + 1)
    monkeypatch.setattr(build, "make_installer", lambda *_, **__: big)
    with pytest.raises(build.TooHeavyError, match="120 MB"):
        build.make_products("lab", build.Steps())


def test_no_release_from_the_lab(build, monkeypatch, capsys):
    monkeypatch.setattr(build, "find_lab", object)
    monkeypatch.setattr(build, "make_bundle", lambda *_: pytest.fail("it was made"))
    monkeypatch.setattr(build.sys, "argv", ["build.py", "--kind", "release"])
    assert build.main() == 1
    assert "Windows" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["lab", "release"])
def test_a_build_knows_its_commit_and_kind(build, kind, monkeypatch):
    monkeypatch.delenv("SAIJIAN_COMMIT", raising=False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    told = build.settings(kind)
    assert told["SAIJIAN_BUILD_KIND"] == kind
    assert len(told["SAIJIAN_COMMIT"].removesuffix("-dirty")) == 40
    assert int(told["SOURCE_DATE_EPOCH"]) > 1_700_000_000
