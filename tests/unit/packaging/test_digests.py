"""files.sha256 is what sha256sum checks, and tells of any change."""

import subprocess

import pytest
from digests import LIST, DigestError, check_list, write_list

FILES = {"saijian.exe": b"MZ", "_internal/a b.dll": b"one", "licenses/赛鉴/LICENSE": b"text"}


@pytest.fixture
def bundle(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert write_list(tmp_path) == len(FILES)
    return tmp_path


def test_a_fresh_list_fits_and_sha256sum_agrees(bundle):
    check_list(bundle)
    command = ["sha256sum", "--strict", "--check", LIST]
    said = subprocess.run(command, cwd=bundle, check=True, capture_output=True, text=True).stdout
    assert said.count(": OK") == len(FILES)


def test_it_is_the_same_whoever_writes_it(bundle):
    before = (bundle / LIST).read_bytes()
    write_list(bundle)
    assert (bundle / LIST).read_bytes() == before
    assert b"\r" not in before


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda at: (at / "saijian.exe").write_bytes(b"MX"), "changed: saijian.exe"),
        (lambda at: (at / "_internal/a b.dll").unlink(), "missing: _internal/a b.dll"),
        (lambda at: (at / "_internal/evil.dll").write_bytes(b""), "not listed: _internal/evil.dll"),
        (lambda at: (at / LIST).write_bytes(b""), "not listed: saijian.exe"),
    ],
)
def test_every_change_is_named(bundle, spoil, told):
    spoil(bundle)
    with pytest.raises(DigestError, match=told):
        check_list(bundle)


def test_an_empty_bundle_is_not_good(tmp_path):
    write_list(tmp_path)
    with pytest.raises(DigestError, match="empty"):
        check_list(tmp_path)
