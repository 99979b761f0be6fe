"""Prepare a fresh Debian or Ubuntu machine for work on SaiJian: `make setup`.

Named lists of Debian packages (`setup.py bench` for bench-packages.txt) are installed as well.
Runs with the plain python3 of the machine, before anything of ours is installed, so it uses the
standard library only. Asked again, it reads a few files and does nothing: no network, and well
under a second.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    Choice = tuple[str, ...]  # alternative names of one package, the preferred one first

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
OLDEST, NEWEST = (3, 11), (3, 13)


def main(lists: list[str]) -> int:
    """Return 0 when this machine can run the tests, 1 when a person has to do something first."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no Chinese
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(map(str, sys.version_info[:3]))
        say(
            f"需要 Python 3.11 至 3.13, 现在是 {found}。请安装后运行: make setup PYTHON=python3.11",
            f"Python 3.11 to 3.13 is needed, this is {found}. Install one, then: "
            "make setup PYTHON=python3.11",
        )
        return 1
    if not debian_packages([HERE / f"{name}-packages.txt" for name in ("debian", *lists)]):
        return 1
    with one_at_a_time():
        python_packages()
    return 0


def say(chinese: str, english: str) -> None:
    """Print one message in both languages, at once even into a pipe."""
    print(f"赛鉴 {chinese}\n     {english}", flush=True)


def watch(*command: str) -> bool:
    """Run a long command and return whether it succeeded; what it says is shown only if it failed.

    Every few seconds its newest line is shown, so that nobody wonders whether it still works.
    """
    started = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        while True:
            try:
                process.wait(timeout=2)
                break
            except subprocess.TimeoutExpired:
                size = os.fstat(said.fileno()).st_size
                # pread: the command shares our position in the file
                tail = os.pread(said.fileno(), 2000, max(0, size - 2000)).decode(errors="replace")
                newest = (tail.splitlines() or ["..."])[-1].strip()[:70]
                print(f"     {time.monotonic() - started:3.0f} s  {newest}", flush=True)
        if process.returncode != 0:
            said.seek(0)
            print(said.read().decode(errors="replace"), flush=True)
    return process.returncode == 0


# ---- Debian packages ---------------------------------------------------------------------------


def wanted_packages(lists: list[Path]) -> list[Choice]:
    """Return the packages that the files name."""
    lines = [line for path in lists for line in path.read_text(encoding="utf-8").splitlines()]
    names = (line.partition("#")[0].strip() for line in lines)
    return [tuple(name.split("|")) for name in names if name]


def missing_packages(wanted: list[Choice]) -> list[Choice]:
    """Return those of `wanted` of which no alternative is installed."""
    names = [name for choice in wanted for name in choice]
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", *names],
        check=False,  # 1 says that a name is unknown, which is an answer
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    installed = {line.split()[0] for line in answer if line.endswith(" installed")}
    return [choice for choice in wanted if installed.isdisjoint(choice)]


def offered(choice: Choice) -> str:
    """Return the alternative that this release of Debian or Ubuntu has."""
    for name in choice:
        command = ["apt-cache", "show", "--no-all-versions", name]
        if subprocess.run(command, check=False, capture_output=True).returncode == 0:
            return name
    return choice[-1]


def debian_packages(lists: list[Path]) -> bool:
    """Install what is missing of the lists; return whether everything needed is there."""
    if shutil.which("dpkg-query") is None:
        say(
            "不是 Debian 或 Ubuntu: 请自行安装 packaging/dev/*-packages.txt 中的软件。",
            "Not Debian or Ubuntu: install what packaging/dev/*-packages.txt names yourself.",
        )
        return True
    wanted = wanted_packages(lists)
    missing = missing_packages(wanted)
    if not missing:
        return True
    if os.geteuid() != 0:
        line = " ".join(map(offered, missing))
        say("缺少系统软件, 请先运行:", "System packages are missing; please run first:")
        print(f"\n    sudo apt-get install --no-install-recommends -y {line}\n", flush=True)
        return False
    say(
        f"安装 {len(missing)} 个系统软件, 约一分钟...",
        f"Installing {len(missing)} system packages, about a minute...",
    )
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    apt = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=600")
    watch(*apt, "update")  # if some source is broken, install tells whether it matters
    watch(*apt, "install", "--no-install-recommends", "-y", *map(offered, missing))
    still = missing_packages(wanted)
    if still:
        left = " ".join(map("|".join, still))
        say(f"这些系统软件没有装上: {left}", f"These packages could not be installed: {left}")
    return not still


# ---- Python packages ---------------------------------------------------------------------------


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second `make setup` in the same checkout wait for the first."""
    import fcntl  # here: the release build on Windows borrows `say` and `watch` from this file

    with (ROOT / ".setup.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def python_packages() -> None:
    """Build .venv from the lock, then link the project into it; skip what is already done."""
    locked = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    libraries = Stamp("libraries", "\n".join(locked), sys.version, str(VENV))
    if not (libraries.is_current() and (VENV / "bin" / "python").exists()):
        started = time.monotonic()
        say("安装 Python 软件包, 约一分钟...", "Installing Python packages, about a minute...")
        shutil.rmtree(VENV, ignore_errors=True)
        make_venv()
        pip("--require-hashes", "--only-binary", ":all:", "-r", str(LOCK))
        libraries.put()
        seconds = round(time.monotonic() - started)
        say(f"完成, 用了 {seconds} 秒。", f"Done in {seconds} s.")
    project = Stamp("project", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if not project.is_current():
        pip("--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        project.put()


def make_venv() -> None:
    """Create .venv, or say which package lacks."""
    if not watch(sys.executable, "-m", "venv", str(VENV)):
        package = "python{}.{}-venv".format(*sys.version_info)
        say(f"不能创建 .venv, 请安装 {package}。", f".venv cannot be made: install {package}.")
        sys.exit(1)


def pip(*arguments: str) -> None:
    """Install with the pip of .venv; the machine's own pip settings stay in force."""
    python = str(VENV / "bin" / "python")
    options = ("--disable-pip-version-check", "--progress-bar", "off")
    if not watch(python, "-m", "pip", "install", *options, *arguments):
        say(
            "pip 没有成功 (原因见上), 请检查网络后再运行 make setup。",
            "pip did not succeed (see above); check the network, then run make setup again.",
        )
        sys.exit(1)


class Stamp:
    """Remembers in .venv that a step was done, for which files and which Python."""

    def __init__(self, step: str, *parts: str) -> None:
        self._path = VENV / f".done-{step}"
        digests = (hashlib.sha256(part.encode()).hexdigest() for part in parts)
        self._digest = hashlib.sha256("\n".join(digests).encode()).hexdigest()

    def is_current(self) -> bool:
        """Tell whether the step was done for exactly these parts."""
        return self._path.exists() and self._path.read_text(encoding="ascii") == self._digest

    def put(self) -> None:
        """Note the step as done: call it last."""
        self._path.write_text(self._digest, encoding="ascii")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
