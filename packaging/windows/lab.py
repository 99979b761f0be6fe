"""Make the Windows lab from nothing: `make windows-lab`.

Windows programs run in it under Wine on this Linux machine. Each step below leaves a stamp; asked
again, a lab that is complete is left alone, and one that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from machine import LANGUAGE, Machine
from place import HERE, PROJECT, SUITE, Lab, digest, lab_folder, listed
from shared import machine_packages, say, watch
from wheels import download, unpack

CPYTHON = ("org.bytedeco", "cpython", "3.12.1-1.5.10", "windows-x86_64")
LOCK = PROJECT / "requirements.lock"
NEEDED_GB = 8
MODULES = "av, cv2, mss, numpy, psutil, sounddevice, cryptography, sqlalchemy, uvicorn, pytest"


class StepError(Exception):
    """A step failed; what went wrong was printed."""


def main() -> int:
    """Return 0 when the lab is complete."""
    if os.geteuid() != 0:
        say(
            "Windows 实验室要用 root 建立（debootstrap、挂载）。请运行：sudo make windows-lab",
            "The Windows lab is made by root (debootstrap, mounts). Run: sudo make windows-lab",
        )
        return 1
    lab = Lab(lab_folder())
    lab.folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with one_at_a_time(lab):
        try:
            prepare_machine(lab)
            done = make(lab, steps())
        except StepError as error:
            say(f"没有完成：{error}。再次运行会接着做。", f"Not done: {error}. Run it again.")
            return 1
    seconds = round(time.monotonic() - started)
    say(
        f"Windows 实验室就绪：{lab.folder}（做了 {done} 步，{seconds} 秒）。",
        f"The Windows lab is ready: {lab.folder} ({done} steps, {seconds} s).",
    )
    return 0


@contextlib.contextmanager
def one_at_a_time(lab: Lab) -> Iterator[None]:
    """Let a second `make windows-lab` wait for the first."""
    import fcntl  # not on Windows, where the release is built by the same scripts

    with (lab.folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# ---- steps ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One part of the lab; it is done again when it, its inputs or a step before it changed."""

    name: str
    zh: str
    en: str
    inputs: tuple[bytes, ...]
    work: Callable[[Lab], None]


def make(lab: Lab, todo: list[Step]) -> int:
    """Do those steps of `todo` that are missing, in order; return how many."""
    before, done = "", 0
    for step in todo:
        wanted = digest(before.encode(), step.name.encode(), *step.inputs)
        stamp = lab.stamp(step.name)
        before = wanted
        if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
            continue
        started = time.monotonic()
        say(f"{step.zh}...", f"{step.en}...")
        step.work(lab)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(wanted, encoding="ascii")
        print(f"     {step.name}: {time.monotonic() - started:.0f} s", flush=True)
        done += 1
    return done


def steps() -> list[Step]:
    """Return all steps with what each depends on."""
    inner = "\n".join(listed("lab-packages.txt")).encode()
    jar = " ".join(CPYTHON).encode() + (HERE / "checksums.txt").read_bytes()
    return [
        Step("root", f"Debian {SUITE}，约一分钟", f"Debian {SUITE}", (SUITE.encode(),), make_root),
        Step("wine", "安装 Wine，约三分钟", "Installing Wine", (inner,), install_inside),
        Step("prefix", "建立 Windows 盘符与注册表", "A Windows disk", (b"win10",), make_prefix),
        Step("python", "Windows 版 Python", "Windows CPython", (jar,), add_python),
        Step("python3", "python3.dll", "python3.dll", (), add_forwarder),
        Step("wheels", "Windows 软件包", "Windows wheels", (LOCK.read_bytes(),), add_wheels),
        Step("compile", "编译 Python 文件", "Compiling Python files", (), compile_all),
        Step("check", "试运行", "Trying it", (MODULES.encode(),), try_it),
    ]


def prepare_machine(lab: Lab) -> None:
    """Install what this machine needs to make and run the lab; asked each time, labs move."""
    if not lab.stamp("check").exists() and shutil.disk_usage(lab.folder).free < NEEDED_GB << 30:
        raise StepError(f"磁盘空间不足 {NEEDED_GB} GB / less than {NEEDED_GB} GB free")
    if not machine_packages(listed("debian-packages.txt")):
        raise StepError("系统软件没有装上 / packages are missing")


def make_root(lab: Lab, suite: str = SUITE) -> None:
    """Make a small Debian from the mirror that this machine's apt is set to."""
    half_made = lab.folder / "root.part"
    for old in (half_made, lab.root):
        shutil.rmtree(old, ignore_errors=True)
    if not watch("debootstrap", "--variant=minbase", suite, str(half_made), debian_mirror()):
        raise StepError("debootstrap")
    half_made.rename(lab.root)


def debian_mirror() -> str:
    """Return where apt finds Debian itself; SAIJIAN_DEBIAN_MIRROR comes first (for Ubuntu)."""
    named = os.environ.get("SAIJIAN_DEBIAN_MIRROR")
    if named:
        return named
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(COMPONENT) $(REPO_URI)"]
    answer = subprocess.run(
        [*command, "Created-By: Packages"], check=True, capture_output=True, text=True
    ).stdout
    rows = [line.split() for line in answer.splitlines()]
    found = [row[2] for row in rows if row[:2] == ["Debian", "main"] and "security" not in row[2]]
    if not found:
        raise StepError("设置 SAIJIAN_DEBIAN_MIRROR / set SAIJIAN_DEBIAN_MIRROR")
    return found[0]


def install_inside(lab: Lab) -> None:
    """Install Wine, 64-bit and 32-bit, and its company; the 32-bit part before any prefix."""
    names = " ".join(listed("lab-packages.txt"))
    script = f"""
        export DEBIAN_FRONTEND=noninteractive
        dpkg --add-architecture i386
        apt-get -q update
        apt-get -q install --no-install-recommends -y {names}
        sed -i 's/^# *{LANGUAGE} /{LANGUAGE} /' /etc/locale.gen
        locale-gen
        apt-get clean
    """
    inside(lab, ["sh", "-ec", script])


def make_prefix(lab: Lab) -> None:
    """Make drive C and the registry, as Windows 10."""
    shutil.rmtree(lab.prefix, ignore_errors=True)
    lab.prefix.parent.mkdir(parents=True, exist_ok=True)
    inside(lab, ["wineboot", "--init"], ["wineserver", "-w"])
    inside(lab, ["winecfg", "/v", "win10"], ["wineserver", "-w"])


def add_python(lab: Lab) -> None:
    """Put Windows CPython on drive C, after checking that it is the one we know."""
    jar = fetch_cpython(lab)
    scratch = lab.folder / "python.part"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(lab.python, ignore_errors=True)
    with zipfile.ZipFile(jar) as archive:
        archive.extractall(scratch)
    (scratch / "org" / "bytedeco" / "cpython" / CPYTHON[3]).rename(lab.python)
    shutil.rmtree(scratch)
    (lab.python / "lib").rename(lab.python / "Lib")  # as wheels spell it


def fetch_cpython(lab: Lab) -> Path:
    """Fetch the archive from Maven Central and compare its digest with checksums.txt."""
    group, name, version, kind = CPYTHON
    jar = f"{name}-{version}-{kind}.jar"
    kept = lab.downloads / jar
    known = {file: mark for mark, file in map(str.split, listed("checksums.txt"))}
    if not kept.exists():
        store = lab.downloads / "maven"
        wanted = f"-Dartifact={group}:{name}:{version}:jar:{kind}"
        options = ("-B", "-Dtransitive=false", f"-Dmaven.repo.local={store}")
        if not watch("mvn", "dependency:get", wanted, *options):
            raise StepError("mvn")
        (store / Path(*group.split(".")) / name / version / jar).rename(kept)
        shutil.rmtree(store)
    if hashlib.sha256(kept.read_bytes()).hexdigest() != known[jar]:
        kept.unlink()
        raise StepError(f"摘要不符 / wrong digest: {jar}")
    return kept


def add_forwarder(lab: Lab) -> None:
    """Make the python3.dll that this CPython lacks and abi3 wheels load: names only, no code.

    Never part of a release (see docs/windows.md): a build on real Windows has the real one.
    """
    folder = "/lab/prefix/drive_c/Python312"
    tool = "x86_64-w64-mingw32-"
    script = f"""
        cd {folder}
        {{ echo 'LIBRARY python3.dll'; echo EXPORTS
          {tool}nm libs/python3.lib | sed -n 's/.* I __imp_\\(.*\\)/\\1/p' | sort -u |
            sed 's/.*/& = python312.&/'; }} > /tmp/python3.def
        test $(wc -l < /tmp/python3.def) -gt 500
        : | {tool}as -o /tmp/nothing.o
        {tool}ld -shared --entry 0 -o python3.dll /tmp/nothing.o /tmp/python3.def
    """
    inside(lab, ["sh", "-ec", script])


def add_wheels(lab: Lab) -> None:
    """Unpack the locked packages into it, and this project by a path file."""
    wheels = lab.downloads / "wheels"
    if not download(LOCK, wheels):
        raise StepError("pip download")
    count = unpack(wheels, LOCK, lab.python)
    site = lab.python / "Lib" / "site-packages"
    (site / "project.pth").write_text("Z:\\project\n", encoding="ascii")
    print(f"     {count} packages", flush=True)


def compile_all(lab: Lab) -> None:
    """Compile what is imported, once: each machine would do it anew otherwise."""
    with Machine(lab, lasting=True) as machine:
        skip = r"[\\/](test|lib2to3|idlelib|mypy|mypyc)[\\/]"
        command = ["python", "-m", "compileall", "-qq", "-x", skip, r"C:\Python312\Lib"]
        if machine.run(command, timeout_s=600, folder="/"):
            raise StepError("compileall")


def try_it(lab: Lab) -> None:
    """Load everything that is hard to load."""
    with Machine(lab) as machine, machine.display():
        code = machine.run(["python", "-c", f"import {MODULES}"], timeout_s=300, folder="/")
    if code != 0:
        raise StepError(f"试运行退出码 {code} / exit code {code}")


def inside(lab: Lab, *commands: list[str]) -> None:
    """Run Linux commands in the lab itself: what they write stays."""
    with Machine(lab, lasting=True) as machine:
        for command in commands:
            if not watch(*machine.words(command)):
                raise StepError(command[0])


if __name__ == "__main__":
    sys.exit(main())
