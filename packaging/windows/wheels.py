"""The locked packages for Windows, unpacked as pip would: from requirements.lock, hashes checked.

pip judges a line's marker (`sys_platform == 'win32'`) by the machine it runs on, so the lines that
hold for Windows are picked here; their hashes stay, and there is no second lock.
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

from packaging.requirements import Requirement
from shared import watch

WINDOWS = {
    "sys_platform": "win32",
    "platform_system": "Windows",
    "platform_machine": "AMD64",
    "os_name": "nt",
    "python_version": "3.12",
    "python_full_version": "3.12.1",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "extra": "",
}
LINUX = WINDOWS | {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
    "python_version": "3.11",
    "python_full_version": "3.11.2",
}
"""The Python of the Linux bundle (packaging/linux/toolchain.py)."""


def windows_lines(lock: str, system: dict[str, str] = WINDOWS) -> str:
    """Return the requirements of `lock` that hold on Windows or `system`, without their markers."""
    chosen = []
    for block in lock.replace("\\\n", " ").splitlines():
        line, *hashes = block.split("--hash=")
        if not line.strip() or line.startswith("#"):
            continue
        requirement = Requirement(line.strip())
        if requirement.marker is None or requirement.marker.evaluate(system):
            marks = [f"--hash={mark.strip()}" for mark in hashes]
            chosen.append(" ".join([f"{requirement.name}{requirement.specifier}", *marks]))
    return "\n".join(chosen) + "\n"


def download(lock: Path, folder: Path) -> bool:
    """Fetch the wheels of exactly these versions into `folder`; what is there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / "requirements.txt"
    wanted.write_text(windows_lines(lock.read_text(encoding="utf-8")), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check"]
    pip += ["--progress-bar", "off", "--platform", "win_amd64", "--python-version", "3.12"]
    pip += ["--implementation", "cp", "--only-binary", ":all:", "--no-deps", "--require-hashes"]
    return watch(*pip, "--dest", str(folder), "-r", str(wanted))


def unpack(folder: Path, lock: Path, python: Path) -> int:
    """Put the wheels of `lock` into the site-packages of `python`; return how many."""
    target = python / "Lib" / "site-packages"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    lines = windows_lines(lock.read_text(encoding="utf-8")).splitlines()
    for line in lines:
        name, _, version = line.split()[0].partition("==")
        with zipfile.ZipFile(_wheel(folder, name, version)) as wheel:
            wheel.extractall(target)
    for data in target.glob("*.data"):
        _spread(data, target, python)
    return len(lines)


def _wheel(folder: Path, name: str, version: str) -> Path:
    stem = name.replace("-", "_").replace(".", "_").lower()
    found = [
        file
        for file in folder.glob("*.whl")
        if file.name.lower().replace(".", "_").startswith(f"{stem}_{version.replace('.', '_')}-")
        or file.name.lower().startswith(f"{stem}-{version}-")
    ]
    if len(found) != 1:
        raise FileNotFoundError(f"{name} {version}: {len(found)} wheels")
    return found[0]


def _spread(data: Path, target: Path, python: Path) -> None:
    """Put what a wheel has outside site-packages where pip would."""
    places = {"purelib": target, "platlib": target, "scripts": python / "Scripts", "data": python}
    for part, place in places.items():
        if (data / part).is_dir():
            shutil.copytree(data / part, place, dirs_exist_ok=True)
    shutil.rmtree(data)
