"""The sources that a release offers: the right ones, checked, complete, or no release."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import subprocess
import sys
import sysconfig
import tarfile
import threading
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = Path(sysconfig.get_paths()["purelib"])


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


sources = load("release_sources", ROOT / "packaging/release/collect_sources.py")
LISTED = sources.load_sources()
SHOWING = [s for s in LISTED if s.library and "linux" in s.bundles]


@pytest.mark.parametrize("source", SHOWING, ids=lambda source: source.name)
def test_the_locked_library_shows_the_listed_version(source):
    (library,) = PACKAGES.glob(source.library)
    assert source.shows.encode() in library.read_bytes()


def test_ffmpeg_and_x264_are_those_that_the_program_loads():
    import av

    listed = {source.name: source for source in LISTED}
    assert listed["FFmpeg"].version == av.ffmpeg_version_info
    (x264,) = PACKAGES.glob(listed["x264"].library)
    assert f"core {x264.suffix.removeprefix('.')}" in listed["x264"].version


def test_every_copyleft_part_of_the_bundle_has_its_source():
    components = ROOT / "packaging/bundle/components.toml"
    parts = tomllib.loads(components.read_text(encoding="utf-8"))["component"]
    needed = {
        name
        for part in parts
        if "GPL" in part["licence"] and "exception" not in part["licence"]
        for name in part["name"].partition(" (")[0].split(", ")
    }
    covered = {name for source in LISTED for name in (source.name, *source.also)}
    assert needed - {"SaiJian 赛鉴"} - covered == set()


def test_opencv_of_linux_carries_the_same_ffmpeg():
    listed = {source.name: source for source in LISTED}
    (library,) = PACKAGES.glob("opencv_python_headless.libs/libavutil*")
    assert listed["FFmpeg"].shows.encode() in library.read_bytes()


@pytest.mark.parametrize(
    "entry",
    [
        'address = "http://example.org/a.tar"\nsha256 = "' + "0" * 64 + '"',
        'address = "https://example.org/a.tar"\nsha256 = "0"',
        'git = ["https://example.org/a.git"]\ncommit = "master"',
        'git = []\ncommit = "' + "0" * 40 + '"',
    ],
)
def test_an_entry_that_cannot_be_checked_is_refused(tmp_path, entry):
    listed = tmp_path / "sources.toml"
    listed.write_text(f'[[source]]\nname="a"\nversion="1"\nlicence="x"\nin=[]\n{entry}\n')
    with pytest.raises(sources.SourceError):
        sources.load_sources(listed)


# ---- fetching ------------------------------------------------------------------------------------
@pytest.fixture
def served(tmp_path):
    """Serve a folder over HTTP; yields the folder, its address and what was asked for."""
    folder = tmp_path / "served"
    folder.mkdir()
    asked = []

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words):
            asked.append(words[1])

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def source_of(origin):
    return sources.Source("thing", "1", "GPL-2.0-or-later", ("linux",), origin)


@pytest.fixture
def archive(served):
    folder, address, _ = served
    (folder / "thing-1.tar").write_bytes(b"the source")
    return sources.Archive(f"{address}/thing-1.tar", sources.digest_of(folder / "thing-1.tar"))


def test_an_archive_is_fetched_checked_and_listed(archive, served, tmp_path):
    out = tmp_path / "out"
    sources.collect([source_of(archive)], out)
    assert (out / "thing-1.tar").read_bytes() == b"the source"
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=out, check=True)
    assert archive.sha256 in (out / "SOURCES.txt").read_text(encoding="utf-8")
    sources.collect([source_of(archive)], out)
    assert len(served[2]) == 1, "what is there is not fetched again"


def test_what_is_not_the_named_source_is_not_kept(archive, served, tmp_path):
    (served[0] / "thing-1.tar").write_bytes(b"something else")
    with pytest.raises(sources.SourceError, match="SHA-256"):
        sources.collect([source_of(archive)], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_cannot_be_had_ends_it(archive, served, tmp_path):
    (served[0] / "thing-1.tar").unlink()
    with pytest.raises(sources.SourceError, match="404"):
        sources.collect([source_of(archive)], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_was_fetched_before_is_known_by_its_digest(archive, served, tmp_path):
    have = tmp_path / "have"
    have.mkdir()
    (served[0] / "thing-1.tar").rename(have / "any-name.orig.tar")
    sources.collect([source_of(archive)], tmp_path / "out", have)
    assert (tmp_path / "out" / "thing-1.tar").read_bytes() == b"the source"


@pytest.fixture
def repository(tmp_path):
    """Return a repository that leaves a file out of its own archives, and its commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / ".gitattributes").write_text("tests export-ignore\n")
    (folder / "tests").mkdir()
    (folder / "tests" / "a.c").write_text("$Format:%H$")
    (folder / "code.c").write_text("int main;")
    words = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*words, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    head = ["git", "rev-parse", "HEAD"]
    commit = subprocess.run(head, cwd=folder, check=True, capture_output=True, text=True)
    return folder, commit.stdout.strip()


def test_a_commit_comes_whole_from_the_first_repository_that_has_it(repository, tmp_path):
    folder, commit = repository
    origin = sources.Commit("thing", (f"file://{tmp_path}/none", f"file://{folder}"), commit)
    sources.collect([source_of(origin)], tmp_path / "out")
    with tarfile.open(tmp_path / "out" / f"thing-{commit}.tar.gz") as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {".gitattributes", "code.c", "tests/a.c"} <= names


def test_a_commit_that_nobody_has_ends_it(repository, tmp_path):
    origin = sources.Commit("thing", (f"file://{repository[0]}",), "0" * 40)
    with pytest.raises(sources.SourceError, match="file://"):
        sources.collect([source_of(origin)], tmp_path / "out")
