"""The root that builds: Python and PortAudio from Debian's sources, for the oldest glibc.

No registry carries a complete CPython for glibc 2.28: Debian's own needs the glibc of its release,
so Debian's source of it, with its security patches, is built here in a Debian 11. Nothing but
calls that glibc 2.28 has are used (OLD_CALLS); elf.py checks the result. Why: docs/decisions/0016.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "windows"))

from lab import LOCK, Step, StepError, debian_mirror
from place import Lab
from root import SUITE, LinuxMachine, entries, made, make_clean, root_in_cache
from shared import watch
from wheels import LINUX, windows_lines

SOURCES = {
    "python3.11": ("bookworm",),
    "openssl": ("trixie", "bookworm"),
    "portaudio19": ("bookworm",),
}
"""Debian's sources and the releases whose security patches they carry, the first that can be had.

Mirrors were seen that name a version which they do not hold yet.
"""
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PYTHON = "/opt/python/bin/python3.11"
PACKAGES = "/opt/python/local/lib/python3.11/dist-packages"
"""Where Debian's Python looks for what is installed."""
OLD_CALLS = """\
/* glibc 2.29 renewed these; the old ones tell errors in another way too, which Python ignores */
__asm__(".symver exp,exp@GLIBC_2.2.5");
__asm__(".symver exp2,exp2@GLIBC_2.2.5");
__asm__(".symver log,log@GLIBC_2.2.5");
__asm__(".symver log2,log2@GLIBC_2.2.5");
__asm__(".symver pow,pow@GLIBC_2.2.5");
"""
WHEEL_TAGS = ("2_28", "2_27", "2_26", "2_24", "2_17", "2_12", "2_5")
MODULES = "av, cv2, mss, numpy, psutil, cryptography, onnxruntime, sqlite3, ssl, pyexpat"

# sem_clockwait (glibc 2.30) is how Python 3.11 waits by the steady clock. Without it, it would wait
# by the wall clock, which people set: so its locks are condition variables, which know both.
# A security patch of Debian's made pyexpat one that builds only inside Python; the sed undoes that.
PYTHON_SCRIPT = """
    cd /src/python3.11-*
    export ac_cv_func_sem_clockwait=no
    ./configure --prefix=/opt/python --enable-shared --without-static-libpython \
      --without-ensurepip --disable-test-modules --with-system-ffi \
      --with-openssl=/opt/openssl LIBS='-ldl -lpthread' \
      CFLAGS='-include /opt/old-calls.h -DHAVE_BROKEN_POSIX_SEMAPHORES=1' \
      OPT='-DNDEBUG -O3' LDFLAGS='-s -Wl,--no-as-needed'
    sed -i '1i #define Py_BUILD_CORE_MODULE 1' Modules/pyexpat.c
    make -j$(nproc)
    rm -rf /opt/python
    make install
    echo /opt/python/lib > /etc/ld.so.conf.d/python.conf
    ldconfig
"""
OPENSSL_SCRIPT = """
    cd /src/openssl-*
    ./Configure linux-x86_64 --prefix=/opt/openssl --libdir=lib --openssldir=/etc/ssl \
      no-shared no-tests no-module no-engine no-legacy
    make -j$(nproc) build_libs
    make install_dev
"""
PORTAUDIO_SCRIPT = """
    cd /src/portaudio19-*
    ./configure --prefix=/opt/portaudio --with-alsa --without-jack --without-oss --disable-static \
      CFLAGS='-O2 -include /opt/old-calls.h' LDFLAGS=-s
    make clean
    make -j$(nproc)
    make install
    cp -a /opt/portaudio/lib/libportaudio.so* /usr/lib/x86_64-linux-gnu/
    ldconfig
"""


def make_builder() -> Lab:
    """Make the root that builds, or find it complete; return it."""
    make_clean()
    root = root_in_cache("build")
    made(root, steps())
    return root


def steps() -> list[Step]:
    """Return all steps with what each depends on."""
    names = "\n".join(entries("build-packages.txt")).encode()
    return [
        Step("copy", "复制旧版 Debian", "Copying the old Debian", (SUITE.encode(),), copy_clean),
        Step("tools", "安装编译工具", "Installing compilers", (names,), add_tools),
        Step("sources", "下载源码", "Sources", (repr(SOURCES).encode(),), add_sources),
        built("portaudio", "PortAudio", PORTAUDIO_SCRIPT, OLD_CALLS),
        built("openssl", "OpenSSL", OPENSSL_SCRIPT),
        built("python", "Python", PYTHON_SCRIPT, OLD_CALLS),
        Step("wheels", "Python 软件包", "Wheels", (LOCK.read_bytes(),), add_wheels),
        Step("check", "试运行", "Trying it", (MODULES.encode(),), try_it),
    ]


def built(name: str, title: str, script: str, header: str = "") -> Step:
    """Return the step that builds one of the sources."""

    def work(root: Lab) -> None:
        (root.root / "opt" / "old-calls.h").write_text(header, encoding="ascii")
        inside(root, "export LC_ALL=C\n" + script)

    inputs = (script.encode(), header.encode())
    return Step(name, f"编译 {title}，几分钟", f"Building {title}", inputs, work)


def copy_clean(root: Lab) -> None:
    """Begin with a copy of the clean root."""
    shutil.rmtree(root.root, ignore_errors=True)
    if not watch("cp", "-a", "--reflink=auto", str(make_clean().root), str(root.root)):
        raise StepError("cp")


def add_tools(root: Lab) -> None:
    """Install compilers and the libraries that are built against."""
    names = " ".join(entries("build-packages.txt"))
    inside(
        root,
        "apt-get -q update",
        f"apt-get -q install --no-install-recommends -y {names}",
        "apt-get clean",
    )


def add_sources(root: Lab) -> None:
    """Fetch Debian's sources, signatures checked by this machine's newer keyring, and unpack."""
    shutil.copyfile(KEYRING, root.root / "etc" / "apt" / "newer.gpg")
    suites = sorted({suite for releases in SOURCES.values() for suite in releases})
    lines = (f"deb-src [signed-by=/etc/apt/newer.gpg] {debian_mirror()} {s} main" for s in suites)
    listed = root.root / "etc" / "apt" / "sources.list.d" / "newer.list"
    listed.write_text("\n".join(lines) + "\n", encoding="ascii")
    inside(
        root,
        "rm -rf /src && mkdir /src && cd /src && apt-get -q update",
        *(f"cd /src && {fetch(name, releases)}" for name, releases in SOURCES.items()),
        "cd /src && for file in *.dsc; do dpkg-source -q --no-check -x $file; done",
    )


def fetch(name: str, releases: tuple[str, ...]) -> str:
    """Return the shell command that fetches the source `name` of the first release that has it."""
    return " || ".join(f"apt-get -q source --download-only {name}/{suite}" for suite in releases)


def add_wheels(root: Lab) -> None:
    """Install the locked packages, hashes checked, in the builds for glibc 2.28 or older."""
    target = root.root / PACKAGES.lstrip("/")
    shutil.rmtree(target, ignore_errors=True)
    wanted = root.folder / "requirements.txt"
    lines = windows_lines(LOCK.read_text(encoding="utf-8"), LINUX)
    wanted.write_text(lines, encoding="utf-8")
    tags = [f"manylinux_{tag}_x86_64" for tag in WHEEL_TAGS]
    tags += ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"]
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
    pip += ["--progress-bar", "off", "--python-version", "3.11", "--implementation", "cp"]
    pip += ["--only-binary", ":all:", "--no-deps", "--require-hashes", "--target", str(target)]
    pip += [word for tag in tags for word in ("--platform", tag)]
    if not watch(*pip, "-r", str(wanted)):
        raise StepError("pip install")


def try_it(root: Lab) -> None:
    """Load everything that is hard to load."""
    inside(root, f"{PYTHON} -c 'import {MODULES}'")


def inside(root: Lab, *scripts: str) -> None:
    """Run shell commands in the root itself: what they write stays."""
    with LinuxMachine(root, lasting=True) as machine:
        for script in scripts:
            if not watch(*machine.words(["sh", "-euc", script])):
                raise StepError(script.strip().splitlines()[-1].strip())


def source_versions(root: Lab) -> dict[str, str]:
    """Return which of Debian's sources the root was built from: name to version."""
    found = {}
    for file in sorted((root.root / "src").glob("*.dsc")):
        fields = dict(
            line.split(": ", 1)
            for line in file.read_text(encoding="utf-8").splitlines()
            if line.startswith(("Source: ", "Version: "))
        )
        found[fields["Source"]] = fields["Version"]
    return found


if __name__ == "__main__":
    make_builder()
