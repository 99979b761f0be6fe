"""Where the shipped program is tried: one small interface, one class for each kind of place.

    windows_lab.LabTarget   an installer in a Wine machine of the lab
    here.HereTarget         this computer, Windows or Linux, with an unpacked folder
    packaging/linux         a .deb in a clean Debian root

What a place lacks is an empty value (`display = ""`, `camera = False`): the steps that need it are
then printed as not tried, with this reason.
"""

from __future__ import annotations

import abc
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import psutil

PROJECT = Path(__file__).resolve().parents[2]
Seen = TypeVar("Seen")
Program = Literal["saijian", "window"]
"""The command line, or the program with the window (SaiJianApp)."""
TIMED_OUT = 124
LOADS_S = 30
"""A crash later than this did not happen while loading."""


class Failed(Exception):  # noqa: N818 - reads as the row of the table that it becomes
    """What was seen is not what should be."""


class NotTried(Exception):  # noqa: N818 - the same
    """This cannot be shown here; the reason."""


@dataclass(frozen=True)
class Said:
    """How a program ended."""

    code: int
    out: str
    err: str
    seconds: float = 0.0

    def document(self) -> dict[str, Any]:
        """Return standard output as the one JSON object that it must be."""
        try:
            document = json.loads(self.out)
        except ValueError as error:
            raise Failed(f"no JSON: {self.tail()}") from error
        if not isinstance(document, dict):
            raise Failed(f"no JSON object: {self.tail()}")
        return document

    def tail(self) -> str:
        """Return the end of what it said, on one line."""
        words = " ".join(f"{self.out}\n{self.err}".split())
        return f"exit code {self.code}: …{words[-400:]}"


@dataclass
class Running:
    """A program that runs; what it says goes into two files."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path
    started: float = field(default_factory=time.monotonic)

    def wait(self, timeout_s: float) -> Said:
        """Return how it ended; after `timeout_s` it is ended, code TIMED_OUT."""
        try:
            code = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.end()
            code = TIMED_OUT
        said = [path.read_text(encoding="utf-8", errors="replace") for path in (self.out, self.err)]
        return Said(code, said[0], said[1], time.monotonic() - self.started)

    def end(self) -> None:
        """End it and what it started (nsenter forks before it runs a program), at last by force."""
        family = []
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(self.process.pid).children(recursive=True)
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.terminate()
        self.process.terminate()
        _, left = psutil.wait_procs(family, timeout=5)
        for member in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Target(abc.ABC):
    """A place with the shipped program in it; a context manager that leaves nothing behind."""

    name: str
    """For people and for the report's file name: windows-lab, linux-deb, here."""
    share: Path
    """An empty folder of this computer that the place sees too; the caller owns it."""
    display: str = ""
    """X display of the place, which xdotool of this computer reaches."""
    sound: bool = False
    """A PulseAudio server of this computer is its microphone (through `environment`)."""
    loopback: bool = True
    """A camera served at 127.0.0.1 of this computer is seen there."""
    repeats: int = 0
    """Starts that crashed while loading (Wine) and were done once more."""

    def __init__(self, share: Path) -> None:
        """Remember; nothing is started."""
        self.share = share
        self.environment: dict[str, str] = {}
        """Set for every program that is started there from now on."""
        self._said = 0

    @abc.abstractmethod
    def __enter__(self) -> Self:
        """Start the place."""

    @abc.abstractmethod
    def __exit__(self, *_: object) -> None:
        """End every process in it and throw away what was written outside `share`."""

    # ---- the product -----------------------------------------------------------------------------

    @abc.abstractmethod
    def install(self) -> str:
        """Install silently; return what was seen. Failed or NotTried otherwise."""

    def size(self) -> str:
        """Weigh product and installed folder; Failed above their limits."""
        raise NotTried("no installer")

    def update(self) -> str:
        """Install over it silently; sessions must stay."""
        raise NotTried("nothing is installed here")

    def refused(self) -> str:
        """Ask to uninstall while evidence is held: it must be refused and the program must work."""
        raise NotTried("nothing is installed here")

    def uninstall(self, *, told: bool) -> str:
        """Uninstall silently; `told`, as a technician may, although evidence is held.

        Sessions stay in any case.
        """
        raise NotTried(f"nothing is installed here ({told=})")

    def traces(self) -> str:
        """Compare the place with what it was before the installation."""
        raise NotTried("nothing is installed here")

    @property
    @abc.abstractmethod
    def folder(self) -> Path | None:
        """The installed folder, seen from this computer; None: the source tree is tried."""

    @property
    @abc.abstractmethod
    def data(self) -> Path:
        """The user's SaiJian data folder there (sessions lie in it), seen from this computer."""

    def old_windows(self) -> list[tuple[str, bool, str, float]]:
        """Try the product on systems too old for it: name, was it well, what was seen, seconds."""
        raise NotTried("needs Wine machines set to old versions: in the lab")

    # ---- programs --------------------------------------------------------------------------------

    @abc.abstractmethod
    def words(self, program: Program, arguments: Sequence[str]) -> list[str]:
        """Return the command that runs `program` there, for this computer."""

    @abc.abstractmethod
    def python(self, script: Path, arguments: Sequence[str]) -> list[str]:
        """Return the command that runs a script of this project on the place's screen."""

    @abc.abstractmethod
    def path(self, shared: Path) -> str:
        """Return what the program calls a path below `share`."""

    def socket(self, shared: Path) -> str:
        """Return what C libraries there call a path below `share` (sound server)."""
        return self.path(shared)

    @abc.abstractmethod
    def holds(self, process: psutil.Process) -> bool:
        """Tell whether a process of this computer runs in this place."""

    def move_pointer(self, x: int, y: int) -> None:
        """Move the place's pointer."""
        if not self.display:
            raise NotTried("no pointer of ours")
        subprocess.run(["xdotool", "mousemove", str(x), str(y)], env=self.screen(), check=True)

    def screen(self) -> dict[str, str]:
        """Return an environment for xdotool and other programs of this computer."""
        return {**os.environ, "DISPLAY": self.display}

    def crashed_while_loading(self, said: Said) -> bool:
        """Tell whether to start once more; only Wine is excused."""
        del said
        return False

    # ---- shared by all places --------------------------------------------------------------------

    def start(self, program: Program, *arguments: str) -> Running:
        """Start a program there."""
        return self.launch(self.words(program, arguments))

    def launch(self, command: Sequence[str]) -> Running:
        """Start a command of `words` or `python`."""
        self._said += 1
        base = self.share / "said" / f"{self._said:02}"
        base.parent.mkdir(exist_ok=True)
        out, err = base.with_suffix(".out"), base.with_suffix(".err")
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=self.own()
            )
        return Running(process, out, err)

    def own(self) -> Mapping[str, str]:
        """Return the environment of the commands that are started on this computer."""
        return os.environ

    def run(self, *arguments: str, timeout_s: float) -> Said:
        """Run the command line to its end."""
        said = self.start("saijian", *arguments).wait(timeout_s)
        if said.code and said.seconds < LOADS_S and self.crashed_while_loading(said):
            self.repeats += 1
            print(f"     crashed while loading, start repeated ({self.repeats})", flush=True)
            said = self.start("saijian", *arguments).wait(timeout_s)
        return said

    def processes(self, *words: str) -> list[psutil.Process]:
        """Return the place's processes whose command line holds all of `words`."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                line = process.cmdline()
                if all(word in line for word in words) and self.holds(process):
                    found.append(process)
        return found


def eventually(look: Callable[[], Seen | None], seconds: float, what: str) -> Seen:
    """Return the first true answer of `look`; Failed when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (answer := look()):
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)
    return answer


@contextlib.contextmanager
def until_left(running: Running) -> Iterator[Running]:
    """End a program with the block."""
    try:
        yield running
    finally:
        running.end()


def verifier() -> list[str]:
    """Return the command of this project's own `saijian`, which judges what the product made."""
    return [sys.executable, "-m", "client"]
