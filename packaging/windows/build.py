"""Make what contestants get: `make windows`.

    build/windows/SaiJian/       the bundle: two programs, licences, list of files
    dist/SaiJian-<version>[-lab]-windows-x64-setup.exe and -portable.zip

Frozen in the lab, on Windows Python under Wine; `--here` does the same on a real Windows, where
the release is made (`--here --kind release`). Each step fails when what it made is not as it must
be; what the bundle weighs, and the size and seconds of each step, are printed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "bundle"))
sys.path.append(str(Path(__file__).resolve().parents[2]))

import sign
import trial
from digests import check_list
from finish import finish
from freeze import FreezeError, freeze_here, freeze_in_lab, settings
from imports import ImportsError, check_imports
from installer import make_installer
from machine import Machine
from notices import NoticeError
from nsis import NsisError
from place import PROJECT, Lab
from portable import make_portable
from run import find_lab
from shared import say
from weigh import MEGABYTE, TooHeavyError

from client import __version__

WORK = PROJECT / "build" / "windows" / "work"
BUNDLE = PROJECT / "build" / "windows" / "SaiJian"
DIST = PROJECT / "dist"
INSTALLER_LIMIT = 120 * MEGABYTE
ANSWERS_WITHIN_S = 120
FAILURES = (
    FreezeError,
    ImportsError,
    NoticeError,
    NsisError,
    TooHeavyError,
    sign.SigningError,
    trial.TrialError,
)


def main() -> int:
    """Return 0 when all was made and is as it must be; 2 where there is no lab."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--here", action="store_true", help="on this Windows, not in the lab")
    parser.add_argument("--kind", choices=("lab", "release"), default="lab")
    parser.add_argument("--bundle-only", action="store_true", help="no installer, no zip")
    args = parser.parse_args()
    lab = None if args.here else find_lab()
    if lab is None and not args.here:
        return 2
    if args.kind == "release" and (lab or settings("release")["SAIJIAN_COMMIT"].endswith("-dirty")):
        say(
            "正式版只能在真正的 Windows 上、从没有改动的代码制作（--here）。",
            "A release is made on a real Windows, from sources without changes (--here).",
        )
        return 1
    steps = Steps()
    try:
        make_bundle(lab, args.kind, steps)
        if not args.bundle_only:
            make_products(args.kind, steps)
    except FAILURES as error:
        say(f"没有完成，原因如下：\n{error}", "Not done: see above.")
        return 1
    print(steps.table(), flush=True)
    return 0


@dataclass
class Steps:
    """What was made: its size and the seconds that it took."""

    rows: list[tuple[str, float, Path | None]] = field(default_factory=list)

    @contextlib.contextmanager
    def step(self, name: str, made: Path | None = None) -> Iterator[None]:
        """Note how long the block takes."""
        print(f"[{name}]", flush=True)
        started = time.monotonic()
        yield
        self.rows.append((name, time.monotonic() - started, made))

    def table(self) -> str:
        """Return all as a Markdown table; MB are 10^6 bytes."""
        lines = ["| step | s | MB |", "|---|---|---|"]
        for name, seconds, made in self.rows:
            weight = f"{size_of(made) / MEGABYTE:.1f}" if made else ""
            lines.append(f"| {name} | {seconds:.0f} | {weight} |")
        total = sum(seconds for _, seconds, _ in self.rows)
        return "\n".join([*lines, f"| **all** | **{total:.0f}** | |"])


def size_of(made: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    files = made.rglob("*") if made.is_dir() else [made]
    return sum(file.stat().st_size for file in files if file.is_file())


# ---- the bundle ----------------------------------------------------------------------------------


def make_bundle(lab: Lab | None, kind: str, steps: Steps) -> None:
    """Freeze, finish, check and try it; then, and only then, it replaces the former one."""
    fresh, made = WORK / "dist" / "SaiJian", WORK / "build" / "build"
    repeats = 0
    with steps.step("freeze"):
        if lab is None:
            freeze_here(WORK, kind)
        else:
            repeats = freeze_in_lab(lab, WORK, kind)
    sign.sign_all([fresh / "SaiJianApp.exe", fresh / "saijian.exe"], sign.signer_from())
    with steps.step("licences, files.sha256, weight"):
        finish(fresh, made / "sources.json", packages_of(lab))
    with steps.step("imports"):
        count = check_imports(fresh, release=kind == "release")
        print(f"     {count} 个程序和库 / programs and libraries")
    with steps.step("trial"):
        repeats += try_bundle(lab, fresh, made / "probe.exe", kind)
    check_list(fresh)
    replace(fresh, BUNDLE)
    steps.rows.append(("bundle", 0, BUNDLE))
    if lab is not None:
        print(f"[lab] starts repeated: {repeats}")


def packages_of(lab: Lab | None) -> Path:
    """Return the site-packages that was frozen."""
    return lab.python / "Lib" / "site-packages" if lab else Path(sysconfig.get_paths()["platlib"])


def try_bundle(lab: Lab | None, bundle: Path, probe: Path, kind: str) -> int:
    """Run the programs of the bundle; return how many starts in the lab were repeated."""
    folder = WORK / "trial"
    trial.prepare(bundle, probe, folder)

    def answer(run: trial.Run) -> None:
        said = trial.check(run, folder, version=__version__, kind=kind, ending=".exe")
        print(f"     {said}", flush=True)

    if lab is None:
        answer(run_here)
        return 0
    with Machine(lab, {"/share": str(folder)}) as machine, machine.display():

        def run_there(program: Path, words: Sequence[str]) -> tuple[int, str]:
            said = io.BytesIO()
            command = [f"Z:\\share\\{program.name}", *words]
            code = machine.run(command, timeout_s=ANSWERS_WITHIN_S, folder="/share", output=said)
            return code, said.getvalue().decode("utf-8", errors="replace")

        answer(run_there)
        return machine.repeats


def run_here(program: Path, words: Sequence[str]) -> tuple[int, str]:
    """Run a program of the bundle on this Windows."""
    done = subprocess.run(
        [program, *words],
        cwd=program.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=ANSWERS_WITHIN_S,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", errors="replace")


def replace(fresh: Path, place: Path) -> None:
    """Put `fresh` at `place` in one move: whoever looks there finds a whole bundle."""
    former = place.with_name(f"{place.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if place.exists():
        place.rename(former)
    fresh.rename(place)
    shutil.rmtree(former, ignore_errors=True)


# ---- the products --------------------------------------------------------------------------------


def make_products(kind: str, steps: Steps) -> None:
    """Make installer and zip; TooHeavyError when the installer is too large to hand out."""
    for name, make in (("installer", make_installer), ("portable zip", make_portable)):
        with steps.step(name):
            made = make(BUNDLE, DIST, kind=kind, version=__version__)
        steps.rows[-1] = (*steps.rows[-1][:2], made)
        size = made.stat().st_size
        if name == "installer" and size > INSTALLER_LIMIT:
            raise TooHeavyError(f"{made.name}: {size / MEGABYTE:.1f} MB, at most 120 MB")


if __name__ == "__main__":
    sys.exit(main())
