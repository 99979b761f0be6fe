"""A build says of itself what it is; what it cannot read is never called a release."""

import json

import pytest

from client import __version__
from client.base import build


@pytest.fixture
def stamp(tmp_path, monkeypatch):
    """Return the file that a bundle would ship."""
    file = tmp_path / "build.json"
    monkeypatch.setattr(build, "asset", lambda name: tmp_path / name)
    build.build_kind.cache_clear()
    yield file
    build.build_kind.cache_clear()


def test_without_a_stamp_it_runs_from_source(stamp):
    assert build.build_kind() == "source"
    assert build.build_note() is None
    assert build.build_label() == __version__


def test_a_release_is_its_version(stamp):
    stamp.write_text(json.dumps({"kind": "release", "version": __version__, "commit": "c" * 40}))
    assert build.build_kind() == "release"
    assert build.build_note() is None
    assert build.build_label() == __version__


def test_a_lab_build_says_so_everywhere(stamp):
    stamp.write_text(json.dumps({"kind": "lab"}))
    assert build.build_kind() == "lab"
    assert "实验室" in build.build_note().zh
    assert build.build_label() == f"{__version__} lab build, not for contests"


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "null", "{}", '{"kind": "Release"}', '{"kind": ["release"]}', "\xff"]
)
def test_a_damaged_stamp_is_no_release(stamp, damaged):
    stamp.write_bytes(damaged.encode("latin-1"))
    assert build.build_kind() == "lab"


def test_the_label_fits_into_the_journal(stamp):
    stamp.write_text(json.dumps({"kind": "lab"}))
    assert len(f"SaiJian {build.build_label()}") <= 80


def test_this_checkout_is_no_bundle():
    assert build.build_kind() == "source"
