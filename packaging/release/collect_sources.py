"""Collect the corresponding sources that a release offers beside its programs (sources.toml).

    python packaging/release/collect_sources.py dist/sources       fetch what lacks, check, list
    ... dist/sources --have DIR                                    by digest from DIR first

Everything is checked, by SHA-256 or as a git commit; what cannot be had ends it with exit code 1,
and then there is no release. Needs git. SOURCES.txt and SHA256SUMS in the folder list its content.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "dev"))

from setup import say

LIST = Path(__file__).resolve().with_name("sources.toml")
PATIENCE_S = 60
BLOCK = 1 << 20


class SourceError(Exception):
    """A source cannot be had, or is not the one that was named."""


@dataclass(frozen=True)
class Archive:
    """A file as its authors publish it."""

    address: str
    sha256: str

    @property
    def file(self) -> str:
        """Return its file name."""
        return self.address.rpartition("/")[2]


@dataclass(frozen=True)
class Commit:
    """A git commit, the same in every repository that has it."""

    name: str
    repositories: tuple[str, ...]
    commit: str

    @property
    def file(self) -> str:
        """Return the name of the archive that is made of it."""
        return f"{self.name}-{self.commit}.tar.gz"


@dataclass(frozen=True)
class Source:
    """The source of one thing in a bundle."""

    name: str
    version: str
    licence: str
    bundles: tuple[str, ...]
    origin: Archive | Commit
    library: str = ""
    """Pattern of the shipped file that tells its version, below the Python packages; or empty."""
    shows: str = ""
    also: tuple[str, ...] = ()
    """More components of which this is the source."""


def load_sources(path: Path = LIST) -> list[Source]:
    """Return the list; SourceError where an entry could not be checked."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_source(entry) for entry in document["source"]]


def _source(entry: dict[str, Any]) -> Source:
    origin: Archive | Commit
    if "git" in entry:
        origin = Commit(entry["name"], tuple(entry["git"]), entry["commit"])
        addresses, digest, digits = origin.repositories, origin.commit, 40
    else:
        origin = Archive(entry["address"], entry["sha256"])
        addresses, digest, digits = (origin.address,), origin.sha256, 64
    if not re.fullmatch(f"[0-9a-f]{{{digits}}}", digest):
        raise SourceError(f"{entry['name']}: {digest!r}")
    if not addresses or not all(address.startswith("https://") for address in addresses):
        raise SourceError(f"{entry['name']}: {addresses}")
    return Source(
        entry["name"],
        entry["version"],
        entry["licence"],
        tuple(entry["in"]),
        origin,
        entry.get("library", ""),
        entry.get("shows", ""),
        tuple(entry.get("also", ())),
    )


def collect(sources: Sequence[Source], folder: Path, have: Path | None = None) -> None:
    """Put every source and the two lists into `folder`; SourceError names the first that lacks."""
    folder.mkdir(parents=True, exist_ok=True)
    known = _by_digest(have) if have else {}
    for source in sources:
        match source.origin:
            case Archive() as archive:
                fetch_archive(archive, folder, known)
            case Commit() as commit:
                fetch_commit(commit, folder)
        say(f"{source.name} {source.version}", f"{source.origin.file}")
    write_lists(sources, folder)


def fetch_archive(archive: Archive, folder: Path, known: dict[str, Path]) -> Path:
    """Return the checked file in `folder`: there already, in `known` by digest, or fetched."""
    target = folder / archive.file
    if target.exists() and digest_of(target) == archive.sha256:
        return target
    part = target.with_name(target.name + ".part")
    if archive.sha256 in known:
        shutil.copyfile(known[archive.sha256], part)
    else:
        _download(archive.address, part)
    found = digest_of(part)
    if found != archive.sha256:
        part.unlink()
        raise SourceError(f"{archive.address}: SHA-256 {found}, not {archive.sha256}")
    return part.replace(target)


def fetch_commit(source: Commit, folder: Path) -> Path:
    """Return an archive of all files of the commit, from the first repository that has it."""
    target = folder / source.file
    refusals = []
    for repository in source.repositories:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                return _archive_of(repository, source, Path(scratch), target)
            except subprocess.CalledProcessError as error:
                refusals.append(f"{repository}: {(error.stderr or '').strip()}")
    raise SourceError("; ".join(refusals))


def _archive_of(repository: str, source: Commit, scratch: Path, target: Path) -> Path:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=scratch, check=True, capture_output=True, text=True)

    git("init", "--quiet")
    # Some projects leave tests or settings out of their archives; complete means complete.
    (scratch / ".git" / "info").mkdir(exist_ok=True)
    (scratch / ".git" / "info" / "attributes").write_text("* -export-ignore -export-subst\n")
    git("fetch", "--quiet", "--depth", "1", repository, source.commit)
    part = target.with_name(target.name + ".part").absolute()
    prefix = f"{source.name}-{source.commit}/"
    git("archive", "--format=tar.gz", f"--prefix={prefix}", f"--output={part}", source.commit)
    return part.replace(target)


def write_lists(sources: Sequence[Source], folder: Path) -> None:
    """Write SOURCES.txt for people and SHA256SUMS for sha256sum."""
    sums = {source.origin.file: digest_of(folder / source.origin.file) for source in sources}
    text = [
        "与安装包一同提供的对应源代码（GPL、LGPL）。完整说明见 docs/decisions/0017。",
        "Corresponding sources of what the release carries under the GPL and the LGPL.",
    ]
    for source in sources:
        origin = source.origin
        places = origin.repositories if isinstance(origin, Commit) else (origin.address,)
        text += [
            "",
            f"{source.name} {source.version}",
            f"    {source.licence}; {', '.join(source.bundles)}",
            f"    {origin.file}",
            f"    sha256 {sums[origin.file]}",
            *(f"    {place}" for place in places),
        ]
    _write(folder / "SOURCES.txt", text)
    _write(folder / "SHA256SUMS", [f"{digest}  {file}" for file, digest in sums.items()])


def _write(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _by_digest(folder: Path) -> dict[str, Path]:
    return {digest_of(path): path for path in sorted(folder.iterdir()) if path.is_file()}


def _download(address: str, target: Path) -> None:
    # load_sources lets only https through, and the digest is checked
    request = urllib.request.Request(address, headers={"User-Agent": "SaiJian"})  # noqa: S310
    try:
        with (
            urllib.request.urlopen(request, timeout=PATIENCE_S) as answer,  # noqa: S310
            target.open("wb") as file,
        ):
            shutil.copyfileobj(answer, file, BLOCK)
    except (urllib.error.URLError, OSError) as error:
        target.unlink(missing_ok=True)
        raise SourceError(f"{address}: {error}") from error


def main(words: Sequence[str] | None = None) -> int:
    """Return 0 when the folder is complete."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--have", type=Path, help="a folder with files that were fetched before")
    args = parser.parse_args(words)
    try:
        collect(load_sources(), args.folder, args.have)
    except SourceError as error:
        say(
            f"源代码不齐，不能发布：{error}。请检查网络，或把文件放进一个文件夹，用 --have 给出。",
            f"A source is missing, there can be no release: {error}. Check the network, or put the"
            " files into a folder and name it: --have.",
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
