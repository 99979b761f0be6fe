"""A Windows machine for a while: the lab, with everything written to it thrown away at the end.

    with Machine(lab) as machine, machine.display():
        code = machine.run(["python", "-c", "import cv2"], timeout_s=60)

Each machine lies in namespaces of its own over an unchanged lab (an overlay), so several may run at
once, none leaves a mount or a process behind, and each begins with the same disk and registry.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from place import HERE, PROJECT, Lab

PREFIX = "/lab/prefix"
PROJECT_THERE = "/project"
LANGUAGE = "zh_CN.UTF-8"
"""Wine takes the code pages from it: 936, as on the contestants' computers."""
START_S = 30
LOADS_S = 30
"""A crash later than this did not happen while loading."""
CRASHED = ("Unhandled page fault", "Unhandled exception", "Unhandled privileged instruction")
TIMED_OUT = 124
PYTHON = r"C:\Python312\python.exe"


class MachineError(Exception):
    """The machine did not start."""


class Machine:
    """One run of the lab; a context manager."""

    settings: Mapping[str, str] = {
        "LANG": LANGUAGE,
        "LC_ALL": LANGUAGE,
        "WINEPREFIX": PREFIX,
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
    }
    """What every command in it finds in its environment; other kinds of machine name their own."""

    def __init__(
        self, lab: Lab, shares: Mapping[str, str] | None = None, *, lasting: bool = False
    ) -> None:
        """Prepare; `shares` maps folders there to folders here, `lasting` writes into the lab.

        The project is /project on drive Z, a copy that costs nothing: what is written to it goes
        nowhere.
        """
        self._lab = lab
        self._shares = dict(shares or {})
        self._lasting = lasting
        self._place: Path | None = None
        self._first: subprocess.Popen[str] | None = None
        self._pid = 0
        self.environment: dict[str, str] = {}
        self.repeats = 0
        """Starts that crashed inside Wine while loading and were done once more."""

    def __enter__(self) -> Self:
        """Start it."""
        self._lab.runs.mkdir(parents=True, exist_ok=True)
        sweep(self._lab.runs)
        self._place = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=self._lab.runs))
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every process in it and throw away what was written."""
        if self._lasting and kind is None:
            self._settle()
        self._end()

    def _settle(self) -> None:
        """Wait until all is written: the registry is, when the last program ended."""
        self.linux(["wineserver", "-w"])

    def _start(self) -> None:
        assert self._place is not None  # noqa: S101 - for the type checker
        for name in ("root", "changes"):
            (self._place / name).mkdir()
        order = {
            "lab": str(self._lab.root),
            "root": str(self._place / "root"),
            "changes": "" if self._lasting else str(self._place / "changes"),
            "shares": self._shares,
            "project": str(PROJECT),
        }
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child=SIGKILL"]
        self._first = subprocess.Popen(
            [*apart, sys.executable, "-I", str(HERE / "inside.py"), json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C reaches us only; we end it in order
        )
        assert self._first.stdout is not None  # noqa: S101
        if self._first.stdout.readline().strip() != "ready":
            raise MachineError("the lab's file system could not be put together (see above)")
        children = Path(f"/proc/{self._first.pid}/task/{self._first.pid}/children")
        self._pid = int(children.read_text(encoding="ascii").split()[0])

    def _end(self) -> None:
        if self._first is not None:
            for pipe in (self._first.stdin, self._first.stdout):
                if pipe is not None:
                    pipe.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._first.wait(5)
            self._first.kill()
            self._first.wait()
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)

    # ---- seen from outside -----------------------------------------------------------------------

    @property
    def root(self) -> Path:
        """The machine's file system, for processes of this computer."""
        return Path(f"/proc/{self._pid}/root")

    def holds(self, pid: int) -> bool:
        """Tell whether a process of this computer runs in the machine; OSError when it is gone."""
        spaces = [Path(f"/proc/{which}/ns/pid").readlink() for which in (pid, self._pid)]
        return spaces[0] == spaces[1]

    # ---- commands --------------------------------------------------------------------------------

    def words(
        self,
        command: Sequence[str],
        *,
        folder: str = "/",
        environment: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Return the words that run a Linux command in the machine, from outside."""
        settings = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            **self.settings,
            **self.environment,
            **(environment or {}),
        }
        enter = ["nsenter", f"--target={self._pid}", "--mount", "--pid", "--root", "--wd=/"]
        pairs = [f"{name}={value}" for name, value in settings.items()]
        return [*enter, "env", "-i", *pairs, "env", f"--chdir={folder}", *command]

    def start(
        self,
        command: Sequence[str],
        *,
        folder: str = "/",
        environment: Mapping[str, str] | None = None,
        output: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a Linux command in the machine; what it prints is shown, or goes to `output`."""
        return subprocess.Popen(
            self.words(command, folder=folder, environment=environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
        )

    def linux(self, command: Sequence[str], timeout_s: float = 600) -> int:
        """Run a Linux command in the machine; what it prints is shown."""
        return self.start(command).wait(timeout_s)

    def run(
        self,
        command: Sequence[str],
        *,
        timeout_s: float,
        folder: str = PROJECT_THERE,
        environment: Mapping[str, str] | None = None,
        output: IO[bytes] | None = None,
    ) -> int:
        """Run a Windows command and return its exit code, TIMED_OUT when it took too long.

        `python` is the lab's. A start that crashed while loading, before it printed anything, is
        repeated once and counted in `repeats`. What the command prints goes to `output`.
        """
        started = time.monotonic()
        code, said = self._once(command, timeout_s, folder, environment, output)
        loading = time.monotonic() - started < LOADS_S
        if code and loading and crashed_silently(said):
            self.repeats += 1
            print(f"[lab] crashed while loading, start repeated ({self.repeats})", flush=True)
            code, _ = self._once(command, timeout_s, folder, environment, output)
        return code

    def _once(
        self,
        command: Sequence[str],
        timeout_s: float,
        folder: str,
        environment: Mapping[str, str] | None,
        output: IO[bytes] | None,
    ) -> tuple[int, bytes]:
        words = ["wine", PYTHON, *command[1:]] if command[0] == "python" else ["wine", *command]
        process = self.start(words, folder=folder, environment=environment, output=subprocess.PIPE)
        copier = Copier(process, output or sys.stdout.buffer)
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            print(f"[lab] not done after {timeout_s:.0f} s: ended", flush=True)
            code = TIMED_OUT
        if code == TIMED_OUT or not copier.done(3):
            self.linux(["wineserver", "-k"], 30)
            process.wait()
            copier.done(10)
        return code, copier.beginning

    # ---- screen ----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def display(self, size: str = "1280x720") -> Iterator[str]:
        """Give the machine a screen and a window manager of its own; yields the X display."""
        with x_server(size) as name, window_manager(name):
            self.environment["DISPLAY"] = name
            yield name


def sweep(runs: Path) -> None:
    """Remove what machines left whose owner was killed; their processes and mounts are gone."""
    for place in runs.iterdir():
        owner = place.name.partition("-")[0]
        if owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(place, ignore_errors=True)


class Copier:
    """Copies what a process prints as it comes, and keeps the beginning."""

    KEPT = 4096

    def __init__(self, process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
        """Begin."""
        self.beginning = b""
        self._from = process.stdout
        self._to = output
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def done(self, seconds: float) -> bool:
        """Wait for the end of what is printed; False where some process still may print."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _copy(self) -> None:
        assert self._from is not None  # noqa: S101
        while piece := os.read(self._from.fileno(), 65_536):
            self.beginning = (self.beginning + piece)[: self.KEPT]
            self._to.write(piece)
            self._to.flush()


def crashed_silently(said: bytes) -> bool:
    """Tell whether a program's whole output is nothing, or Wine's own words about a crash."""
    text = said.decode(errors="replace").strip()
    return not text or any(text.find(words) in range(40) for words in CRASHED)


@contextlib.contextmanager
def x_server(size: str) -> Iterator[str]:
    """Run Xvfb on a free display."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-noreset"]
    with running([*command, "-nolisten", "tcp"], pass_fds=(writing,)):
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        if not number:
            raise MachineError("Xvfb did not start")
        yield f":{number}"


@contextlib.contextmanager
def window_manager(display: str) -> Iterator[None]:
    """Run openbox on `display`."""
    with running(["openbox", "--sm-disable"], environment={**os.environ, "DISPLAY": display}):
        yield


@contextlib.contextmanager
def running(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> Iterator[None]:
    """Run a helper of the machine until the block ends, or we do: after kill -9 too."""
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", *command],
        env=environment,
        pass_fds=pass_fds,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
