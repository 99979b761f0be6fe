"""The .deb: the frozen folder below /opt/saijian, menu entry, links, notices; made by dpkg-deb.

Equal input gives an equal file: names are sorted by dpkg-deb, times come from SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from string import Template

from prune import packages
from root import HERE

PROJECT = HERE.parents[1]
FILES = HERE / "files"
OPT = "opt/saijian"
ENTRIES = ("saijian.desktop", "saijian-link.desktop", "saijian-plan.desktop")
PLACES = {
    **dict.fromkeys(ENTRIES, "usr/share/applications"),
    "copyright": "usr/share/doc/saijian",
}
TEMPLATES = ("control", "changelog", "saijian.metainfo.xml")
MINIMAL = {"libc6": "2.28", "libstdc++6": "8"}
"""Below these the bundle does not start (elf.py); the other packages have no such limit."""


@dataclass(frozen=True)
class Release:
    """What the package says of itself."""

    version: str
    """As Debian writes it: `0.1.0`, or `0.1.0~lab`, which every release follows."""
    epoch: int
    """Seconds since 1970 of the commit: every time in the package."""

    @property
    def file(self) -> str:
        """Return the package's file name."""
        return f"saijian_{self.version}_amd64.deb"

    @property
    def archive(self) -> str:
        """Return the tar.gz' file name."""
        return f"saijian-{self.version.replace('~', '-')}-linux-x86_64.tar.gz"

    def words(self) -> Mapping[str, str]:
        """Return what stands for the $NAMES in the files."""
        when = datetime.fromtimestamp(self.epoch, UTC)
        return {
            "VERSION": self.version,
            "DATE": f"{when:%Y-%m-%d}",
            "MAIL_DATE": format_datetime(when),
            "DEPENDS": depends(packages()),
        }


def debian_version(version: str, kind: str) -> str:
    """Return the package's version; a build that is not released comes before the release."""
    return version if kind == "release" else f"{version}~{kind}"


def depends(names: list[str]) -> str:
    """Return the value of `Depends:`."""
    return ", ".join(f"{name} (>= {MINIMAL[name]})" if name in MINIMAL else name for name in names)


def make_tree(frozen: Path, tree: Path, release: Release) -> None:
    """Put the package's files together in the folder `tree`."""
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(frozen, tree / OPT, symlinks=True, copy_function=link)
    words = dict(release.words())
    for name, place in PLACES.items():
        write(tree / place / name, filled(name, words))
    write(tree / "usr/share/mime/packages/saijian.xml", filled("saijian.mime.xml", words))
    write(tree / "usr/share/metainfo/saijian.metainfo.xml", filled("saijian.metainfo.xml", words))
    changes = gzip.compress(filled("changelog", words).encode(), mtime=0)
    write(tree / "usr/share/doc/saijian/changelog.gz", changes)
    icon = (PROJECT / "assets" / "icons" / "saijian.svg").read_bytes()
    write(tree / "usr/share/icons/hicolor/scalable/apps/saijian.svg", icon)
    overrides = (HERE / "lintian-overrides.txt").read_bytes()
    write(tree / "usr/share/lintian/overrides/saijian", overrides)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/saijian").symlink_to(f"/{OPT}/saijian")
    write(tree / "DEBIAN/md5sums", md5sums(tree))
    words["SIZE"] = str(installed_kib(tree))
    write(tree / "DEBIAN/control", filled("control", words))
    write(tree / "DEBIAN/prerm", filled("prerm", words), 0o755)
    for folder in [tree, *(path for path in tree.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)


def build(tree: Path, target: Path, epoch: int) -> None:
    """Make the .deb; xz, since dpkg of Debian 10 and 11 reads nothing newer."""
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z2", "--threads-max=2"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [*command, "--build", str(tree), str(target)],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
    )


def link(source: str, target: str) -> None:
    """Put a file into the tree without a second copy of its bytes."""
    os.link(source, target)


def write(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write one file of the package."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)


def filled(name: str, words: Mapping[str, str]) -> str:
    """Return a file of files/, those of TEMPLATES with their $NAMES replaced."""
    text = (FILES / name).read_text(encoding="utf-8")
    return Template(text).substitute(words) if name in TEMPLATES else text


def md5sums(tree: Path) -> str:
    """Return the sums of all files but the package's own, as dpkg checks them."""
    files = [path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink()]
    return "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  "
        f"{path.relative_to(tree)}\n"
        for path in files
        if path.relative_to(tree).parts[0] != "DEBIAN"
    )


def installed_kib(tree: Path) -> int:
    """Return the size once installed, in KiB, each file rounded up (Debian Policy 5.6.20)."""
    paths = [path for path in tree.rglob("*") if "DEBIAN" not in path.relative_to(tree).parts]
    sizes = [0 if p.is_dir() or p.is_symlink() else -(-p.lstat().st_size // 1024) for p in paths]
    return sum(size or 1 for size in sizes)
