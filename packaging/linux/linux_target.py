"""The Linux product as a place for packaging/smoke.py: a clean Debian 11, a contestant, a desktop.

    DebTarget   apt installs the .deb and what it depends on, from the mirror
    TarTarget   the tar.gz in a read-only folder with a Chinese name; nothing of ours is installed

The contestant is no administrator and has a Chinese home folder. The screen is an Xvfb, microphone
and camera are this computer's, over a socket in the shared folder and the loopback address.
"""

from __future__ import annotations

import contextlib
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import psutil
from tryout.target import Failed, Program, Target, eventually, until_left

sys.path.append(str(Path(__file__).resolve().parent))

from prune import packages
from root import LinuxMachine, make_clean

SHARE, HOME, USER = "/share", "/home/考生", "kaosheng"
DATA = f"{HOME}/.local/share/SaiJian"
STATE = f"{HOME}/.local/state/SaiJian"
"""By which preflight sees whether a restart takes its marker back: no package removes it."""
NUMBER = 1000
"""The contestant's user and group number."""
DESKTOP = ("libasound2-plugins", "pulseaudio-utils", "fonts-wqy-microhei")
"""What a desktop has and a bare Debian lacks: the .deb recommends it."""
APT = "apt-get -q -o Dpkg::Use-Pty=0 --no-install-recommends -y"
AT_MOST_S = 900
STARTS_S = 60
LACKING = """
    find . -type f -name '*.so*' -o -type f -perm -u+x | while read -r file; do
        LD_LIBRARY_PATH=_internal ldd "$file" 2>/dev/null |
            sed -n "s|^\\s*\\(.*\\) => not found|$file: \\1|p"
    done
"""


class LinuxTarget(Target):
    """A machine over the clean root with a contestant in it."""

    sound = True
    there: ClassVar[str]
    """The program's folder, as it is called there."""
    command: ClassVar[Mapping[Program, str]]

    def __init__(self, share: Path) -> None:
        """Prepare; the clean root is made where it lacks."""
        super().__init__(share)
        root = make_clean()
        debs = root.folder / "debs"
        (debs / "partial").mkdir(parents=True, exist_ok=True)
        self.machine = LinuxMachine(root, {SHARE: str(share), "/var/cache/apt/archives": str(debs)})
        self._things = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Start machine and screen; let the contestant write into the shared folder."""
        with contextlib.ExitStack() as things:
            things.enter_context(self.machine)
            self.display = things.enter_context(self.machine.display())
            self._things = things.pop_all()
        self.share.chmod(0o777)
        self.root(f"useradd --no-create-home --home-dir {HOME} --uid {NUMBER} {USER}")
        self.root(f"install -d -o {USER} -g {USER} {HOME} && install -d -o {USER} /run/user/1000")
        return self

    def __exit__(self, *_: object) -> None:
        """End the machine and everything in it."""
        self._things.close()

    def root(self, script: str) -> str:
        """Run shell commands as the administrator there and return what they print; or Failed."""
        answer = subprocess.run(
            self.machine.words(["sh", "-euc", script]),
            check=False,
            capture_output=True,
            text=True,
            timeout=AT_MOST_S,
        )
        if answer.returncode != 0:
            raise Failed(f"{script}: {answer.stdout[-800:]}{answer.stderr[-800:]}")
        return answer.stdout

    @property
    def data(self) -> Path:
        """The contestant's application data."""
        return self.machine.root / DATA.lstrip("/")

    def words(self, program: Program, arguments: Sequence[str]) -> list[str]:
        """Return the command as the contestant starts it."""
        as_user = ["setpriv", f"--reuid={NUMBER}", f"--regid={NUMBER}", "--clear-groups"]
        environment = {
            "HOME": HOME,
            "USER": USER,
            "XDG_RUNTIME_DIR": f"/run/user/{NUMBER}",
            **self.environment,
        }
        return self.machine.words(
            [*as_user, self.command[program], *arguments], folder=HOME, environment=environment
        )

    def python(self, script: Path, arguments: Sequence[str]) -> list[str]:
        """Return the command for this computer's Python: the screen is an X server of ours."""
        return ["env", f"DISPLAY={self.display}", sys.executable, str(script), *arguments]

    def path(self, shared: Path) -> str:
        """Return the path below /share."""
        return f"{SHARE}/{shared.relative_to(self.share)}"

    def holds(self, process: psutil.Process) -> bool:
        """Tell by the machine's own process namespace."""
        return self.machine.holds(process.pid)

    def lacking(self) -> list[str]:
        """Return the libraries that the system's own loader does not find, as `file: library`."""
        return self.root(f"cd {shlex.quote(self.there)}; {LACKING}").splitlines()


class DebTarget(LinuxTarget):
    """The .deb, installed by apt."""

    name = "linux-deb"
    there = "/opt/saijian"
    command: ClassVar[Mapping[Program, str]] = {
        "saijian": "/usr/bin/saijian",
        "window": f"{there}/SaiJianApp",
    }

    def __init__(self, share: Path, deb: Path) -> None:
        """Prepare to install `deb`."""
        super().__init__(share)
        self._deb = deb

    def install(self) -> str:
        """Install it with what it depends on, no more: all libraries must be there then."""
        shutil.copyfile(self._deb, self.share / "saijian.deb")
        self.root(f"apt-get -q update && {APT} install {SHARE}/saijian.deb")
        if lost := self.lacking():
            raise Failed(", ".join(lost))
        came = self.root("grep -c ' install ' /var/log/dpkg.log").strip()
        self.root(f"{APT} install {' '.join(DESKTOP)}")
        return f"{came} packages, no library is missing"

    def update(self) -> str:
        """Install the same package over itself, by the same steps as an update."""
        self.root(f"{APT} install --reinstall {SHARE}/saijian.deb")
        return self.root("dpkg-query -W -f='${Version} ${Status}' saijian")

    def refused(self) -> str:
        """Remove it while its window is open: the package must stay, and say why."""
        with until_left(self.start("window")) as window:
            eventually(lambda: self.processes(self.command["window"]), STARTS_S, "the window")
            try:
                self.root(f"{APT} remove saijian")
            except Failed as refusal:
                said = str(refusal)
            else:
                raise Failed("removed while it ran")
            if "赛鉴正在运行" not in said:
                raise Failed(said)
            if window.process.poll() is not None:
                raise Failed("the window is gone")
        self.root("dpkg --verify saijian")
        return "refused while the window is open, in Chinese"

    def uninstall(self, *, told: bool) -> str:
        """Remove it; sessions are the contestant's and stay, `told` or not."""
        kept = set(self.data.rglob("*"))
        self.root(f"{APT} purge saijian")
        if kept != set(self.data.rglob("*")):
            raise Failed("files of sessions are gone")
        return f"{len(kept)} files of the contestant stay ({told=})"

    def traces(self) -> str:
        """Look for anything of ours outside the contestant's own data."""
        apart = " ".join(f"-not -path '{path}*'" for path in (f"{SHARE}/", DATA, STATE))
        ours = f"find / -xdev -iname '*saijian*' {apart}"
        left = self.root(f"{ours} -not -path '/project/*' -not -path '/tmp/*'").splitlines()
        left += self.root(
            f"grep -rlis saijian /etc /usr/share/applications {HOME}/.config || true"
        ).splitlines()
        if left:
            raise Failed(f"left behind: {left[:5]}")
        return f"nothing but {DATA} and {STATE}"

    @property
    def folder(self) -> Path:
        """The installed folder."""
        return self.machine.root / "opt" / "saijian"


class TarTarget(LinuxTarget):
    """The tar.gz, unpacked where nobody may write."""

    name = "linux-tar"
    there = "/mnt/比赛 U 盘/saijian"
    command: ClassVar[Mapping[Program, str]] = {
        "saijian": f"{there}/saijian",
        "window": f"{there}/SaiJianApp",
    }

    def __init__(self, share: Path, archive: Path) -> None:
        """Prepare to unpack `archive`."""
        super().__init__(share)
        self._archive = archive

    def install(self) -> str:
        """Unpack it into a read-only file system on a desktop that has what desktops have."""
        names = [name.partition(" ")[0] for name in packages()]
        self.root(f"apt-get -q update && {APT} install {' '.join([*names, *DESKTOP])}")
        above = shlex.quote(str(Path(self.there).parent))
        self.root(f"mkdir -p {above} && mount -t tmpfs tmpfs {above}")
        with self._archive.open("rb") as packed:
            unpack = self.machine.words(["tar", "-xz", "-C", str(Path(self.there).parent)])
            subprocess.run(unpack, stdin=packed, check=True)
        self.root(f"mount -o remount,ro {above}")
        if lost := self.lacking():
            raise Failed(", ".join(lost))
        return f"{self.there}, read-only"

    @property
    def folder(self) -> Path:
        """The unpacked folder."""
        return self.machine.root / self.there.lstrip("/")
