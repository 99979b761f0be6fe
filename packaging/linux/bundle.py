"""Make the Linux bundle: `make linux-bundle`.

    build/linux/saijian/                     the folder: saijian, SaiJianApp, _internal, licenses
    dist/saijian_VERSION_amd64.deb           for UOS, Kylin, Debian, Ubuntu
    dist/saijian-VERSION-linux-x86_64.tar.gz the same folder, runs from anywhere

Frozen from build.spec in a Debian 11 (toolchain.py), checked against the oldest glibc (elf.py).
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import shutil
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "windows"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "bundle"))
sys.path.append(str(Path(__file__).resolve().parents[2]))

import deb
import digests
import elf
import prune
import weigh
from freeze import OPTIONS, prepare, settings
from lab import StepError
from place import PROJECT, Lab
from root import LinuxMachine
from shared import say, watch
from toolchain import PACKAGES, PYTHON, make_builder, source_versions

from client import __version__

WORK = PROJECT / "build" / "linux"
FROZEN = WORK / "saijian"
DIST = PROJECT / "dist"
NO_DOMAIN = "cid-desktopapp-is-not-rdns"
"""The project owns no domain that an AppStream name could begin with."""
SOURCES = "build/build/sources.json"
AT_MOST_MB = {"folder": 580, "deb": 200}


def main() -> int:
    """Return 0 when all products were made and are as they must be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=("lab", "release"), default="lab")
    kind = parser.parse_args().kind
    started = time.monotonic()
    try:
        make(kind)
    except (StepError, weigh.TooHeavyError) as error:
        say(f"没有完成：{error}", f"Not done: {error}")
        return 1
    seconds = round(time.monotonic() - started)
    say(f"Linux 安装包已完成，{seconds} 秒。", f"The Linux bundle is made, {seconds} s.")
    return 0


def make(kind: str) -> None:
    """Do all steps in order; StepError where one fails."""
    epoch = int(settings(kind)["SOURCE_DATE_EPOCH"])
    release = deb.Release(deb.debian_version(__version__, kind), epoch)
    with timed("root"):
        builder = make_builder()
    with timed("freeze"):
        freeze(builder, kind)
    with timed("check"):
        check()
    DIST.mkdir(exist_ok=True)
    with timed("tar.gz"):
        archive(DIST / release.archive, epoch)
    with timed("deb"):
        deb.make_tree(FROZEN, WORK / "deb", release)
        deb.build(WORK / "deb", DIST / release.file, epoch)
    with timed("judge"):
        judge(release)


@contextlib.contextmanager
def timed(title: str) -> Iterator[None]:
    """Print how long the block took."""
    started = time.monotonic()
    yield
    print(f"     {title}: {time.monotonic() - started:.0f} s", flush=True)


# ---- the folder ----------------------------------------------------------------------------------


def freeze(builder: Lab, kind: str) -> None:
    """Run PyInstaller in the old Debian; what is used, with its notices, becomes FROZEN."""
    prepare(WORK)
    places = ["--distpath", "/share/dist", "--workpath", "/share/build"]
    with LinuxMachine(builder, {"/share": str(WORK)}) as machine:
        words = [PYTHON, "-m", "PyInstaller", *OPTIONS, "build.spec", *places]
        order(machine, words, "PyInstaller", settings(kind))
        (WORK / "dist" / "saijian").rename(FROZEN)
        prune.prune(FROZEN)
        prune.forget(WORK / SOURCES, FROZEN / "_internal")
        collect = ["packaging/linux/collect.py", f"/share/{SOURCES}", PACKAGES, "/share/saijian"]
        order(machine, [PYTHON, *collect], "licences")
    versions = "".join(f"{name} {version}\n" for name, version in source_versions(builder).items())
    (FROZEN / "licenses" / "debian-sources.txt").write_text(versions, encoding="utf-8")
    for file in (path for path in FROZEN.rglob("*") if not path.is_symlink()):
        program = file.is_dir() or file.parent == FROZEN
        file.chmod(0o755 if program else 0o644)
    digests.write_list(FROZEN)


def order(
    machine: LinuxMachine,
    words: list[str],
    title: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command in the checkout as the machine has it; StepError where it fails."""
    if not watch(*machine.words(words, folder="/project", environment=environment)):
        raise StepError(title)


def check() -> None:
    """Compare with the oldest system and with the list of libraries; StepError names all faults."""
    found = elf.binaries(FROZEN)
    faults = elf.too_new(found) + prune.disagreements(found)
    faults += elf.missing(found, {row.name for row in prune.libraries() if not row.bundled})
    for fault in faults:
        print(f"     {fault}")
    if faults:
        raise StepError(f"{len(faults)} 处不符 / {len(faults)} faults")
    names = ", ".join(f"{name} {elf.highest(found, name)}" for name in elf.LIMITS)
    print(f"     {len(found)} 个程序和库 / programs and libraries; {names}", flush=True)
    parts = weigh.weigh(FROZEN)
    print(weigh.table(parts), flush=True)
    weigh.check_weight(parts, AT_MOST_MB["folder"] * weigh.MEGABYTE)


# ---- the products --------------------------------------------------------------------------------


def archive(target: Path, epoch: int) -> None:
    """Pack the folder as a tar.gz in which only the commit's time stands."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = epoch
        return entry

    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=epoch) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        tar.add(FROZEN, "saijian", filter=plain)  # adds names in order


def judge(release: deb.Release) -> None:
    """Let Debian's own tools judge the package; an error of theirs is ours.

    lintian gets the package without _internal: wheels are as their authors published them, and it
    would look at them for a minute.
    """
    bare, tree = WORK / "judged" / "saijian", WORK / "judged" / "deb"
    shutil.rmtree(bare.parent, ignore_errors=True)
    shutil.copytree(FROZEN, bare, ignore=shutil.ignore_patterns("_internal"))
    deb.make_tree(bare, tree, release)
    deb.build(tree, bare.parent / release.file, release.epoch)
    metainfo = str(tree / "usr/share/metainfo/saijian.metainfo.xml")
    verdicts = [
        ["desktop-file-validate", *(str(tree / deb.PLACES[name] / name) for name in deb.ENTRIES)],
        ["appstreamcli", "validate", "--no-net", "--override", f"{NO_DOMAIN}=info", metainfo],
        ["lintian", "--allow-root", "--fail-on", "error", str(bare.parent / release.file)],
    ]
    for command in verdicts:
        if not watch(*command):
            raise StepError(command[0])
    size = round((DIST / release.file).stat().st_size / 1e6)
    if size > AT_MOST_MB["deb"]:
        raise StepError(f"{size} MB > {AT_MOST_MB['deb']} MB")
    print(f"     {release.file}: {size} MB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
