r"""A power cut while a contest is recorded in the lab, and what the next log-in does about it.

    .venv/bin/python packaging/windows/reboot.py        with the sources, three minutes

`try_reboot` is for the smoke test too: it takes the words that start the command line there.
A real organizer runs on this computer; all of Wine is killed, its server and registry included, and
started again. Wine runs no user's RunOnce commands: logon.py does, as Explorer would.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from machine import PYTHON, Machine
from place import PROJECT
from rows import Row
from run import find_lab
from shared import say

from client.attempt.rehearsal import CODE, TICKET, rehearsal_plan, rehearsal_roster

LEAD_S = 60
"""Until the devices open: the programs start meanwhile, slowly in Wine on two busy cores."""
FILMS_S = 150
SIGNED_LINES = 4
"""So many journal lines about new media, two seconds apart, show that it records."""
STARTS_S = 100
ENDS_S = 240
WRITES_S = 45
KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\RunOnce"
ENTRY = "SaiJian"
Seen = TypeVar("Seen")
SOURCES = ("wine", PYTHON, "-m", "client")


class NotSeenError(Exception):
    """What was to be seen did not come; the text says what was there instead."""


@dataclass
class Trial:
    """One session across a power cut."""

    machine: Machine
    program: Sequence[str]
    """Linux words that start the command line in the machine."""
    share: Path
    """A folder of this computer that is Z:\\share there."""
    rows: list[Row] = field(default_factory=list)
    key: str = ""

    @property
    def session(self) -> Path:
        """The one session's folder."""
        found = [p for p in (self.share / "sessions").glob("*") if p.suffix != ".private"]
        if not found:
            raise NotSeenError("no session")
        return found[0]

    def see(self, what: str, look: Callable[[], str]) -> bool:
        """Add a row; False ends the trial."""
        begun = time.monotonic()
        try:
            seen, ok = look(), True
        except NotSeenError as error:
            seen, ok = f"{error}; said: {self._tail()}", False
        self.rows.append(Row(what, seen, ok, round(time.monotonic() - begun, 1)))
        return ok

    # ---- the steps, in order ---------------------------------------------------------------------

    def films(self) -> str:
        """Attend without a window until the screen is on the disk."""
        words = ["attend", "--plan", r"Z:\share\plan.json", "--ticket", TICKET, "--code", CODE]
        words += ["--role", "primary", "--out", r"Z:\share\sessions", "--headless"]
        self._start([*self.program, *words, "--camera", "test", "--microphone", "test"])
        journal = until(lambda: self.session / "journal.jsonl", LEAD_S + STARTS_S, "no session")
        until(lambda: records(kinds(journal)), LEAD_S + STARTS_S, "nothing is recorded")
        return self._films()

    def loses_power(self) -> str:
        """Kill all that runs in the machine, once the entry is on the disk.

        Windows writes it at once, being asked to; Wine writes its registry every 30 s.
        """
        line = until(self._on_disk, WRITES_S, "the registry on the disk has no entry of ours")
        return f"{kill_all(self.machine)} processes killed; on the disk: {line}"

    def starts_again(self) -> str:
        """Start Wine and log in."""
        boot = self._start(["wine", "wineboot"])
        boot.wait(STARTS_S)
        script = "Z:\\project\\packaging\\windows\\logon.py"
        code = self._start(["wine", PYTHON, script]).wait(STARTS_S)
        if code:
            raise NotSeenError(f"logon.py ended with {code}")
        return "wineboot and logon.py: 0"

    def comes_back(self) -> str:
        """See the window, which says that it records."""
        name = until(lambda: titles(self.machine), STARTS_S, "no window of 赛鉴")
        return f"window: {name}"

    def goes_on(self) -> str:
        """See the restart in the journal and a new part that grows."""
        journal = self.session / "journal.jsonl"
        until(lambda: "restart" in kinds(journal), STARTS_S, "no restart in the journal")
        until(lambda: records(after_restart(journal)), STARTS_S, "nothing is recorded")
        return self._films()

    def asks_again(self) -> str:
        """See the entry there once more."""
        return until(self._entry, STARTS_S, "the entry was not written again")

    def loses_its_window(self) -> str:
        """Kill the window: recorder and uploader do the rest."""
        windows = [pid for pid in inside(self.machine) if b"window\0--session" in words_of(pid)]
        for pid in windows:
            os.kill(pid, signal.SIGKILL)
        until(lambda: not titles(self.machine), STARTS_S, "a window is still there")
        return f"{len(windows)} killed"

    def is_stored(self) -> str:
        """Wait for the storage receipt."""
        receipts = self.session / "receipts.jsonl"
        until(lambda: "saijian.storage/1" in kinds(receipts), ENDS_S, "no storage receipt")
        return f"{len(kinds(receipts))} documents of the organizer"

    def is_free(self) -> str:
        """See the entry gone."""
        until(lambda: not self._entry(), STARTS_S, "the entry is still there")
        return "no value in RunOnce"

    def is_whole(self) -> str:
        """Verify on this computer."""
        words = [sys.executable, "-m", "client", "verify", str(self.session), "--json"]
        said = subprocess.run(
            [*words, "--organizer-key", self.key], cwd=PROJECT, capture_output=True, check=False
        )
        report = json.loads(said.stdout)
        if report["verdict"] in ("TAMPERED", "UNREADABLE"):
            raise NotSeenError(said.stdout.decode()[:400])
        return f"{report['verdict']}, gaps: {len(report['gaps'])}"

    # ---- with ------------------------------------------------------------------------------------

    def _on_disk(self) -> str:
        registry = self.machine.root / "lab/prefix/user.reg"
        text = registry.read_text(encoding="utf-8", errors="replace")
        return next((line for line in text.splitlines() if line.startswith(f'"{ENTRY}"=')), "")

    def _films(self) -> str:
        films = sorted(self.session.glob("*.mp4"))
        return ", ".join(f"{film.name} {film.stat().st_size:,}" for film in films)

    def _tail(self) -> str:
        said = self.share / "said.txt"
        words = said.read_text(encoding="utf-8", errors="replace") if said.exists() else ""
        return " ".join(words.split())[-600:]

    def _start(self, words: Sequence[str]) -> subprocess.Popen[bytes]:
        environment = {"PYTHONPATH": "Z:\\project", "SAIJIAN_LANG": "zh"}
        with (self.share / "said.txt").open("ab") as said:
            return self.machine.start(
                words, folder="/", environment=environment, output=said.fileno()
            )

    def _entry(self) -> str:
        query = self.machine.words(["wine", "reg", "query", KEY, "/v", ENTRY])
        said = subprocess.run(query, capture_output=True, check=False, timeout=STARTS_S)
        text = said.stdout.decode("utf-8", errors="replace")
        return next((line.strip() for line in text.splitlines() if ENTRY in line), "")


STEPS: tuple[tuple[str, Callable[[Trial], str]], ...] = (
    ("a contest is being recorded", Trial.films),
    ("power cut: RunOnce holds the session", Trial.loses_power),
    ("Windows starts, the user logs in", Trial.starts_again),
    ("the window opens by itself", Trial.comes_back),
    ("the recording goes on", Trial.goes_on),
    ("RunOnce holds it again", Trial.asks_again),
    ("the window is killed", Trial.loses_its_window),
    ("at the end it is sealed, sent and stored", Trial.is_stored),
    ("RunOnce is empty", Trial.is_free),
    ("nothing was lost but the seconds without power", Trial.is_whole),
)


def try_reboot(machine: Machine, share: Path, program: Sequence[str] = SOURCES) -> list[Row]:
    """Try it in a machine with a display and an empty `share`; a row for each step that was done.

    The last row is not ok where a step was not seen; the steps behind it were not tried.
    """
    trial = Trial(machine, program, share)
    with organizer() as (plan, trial.key):
        (share / "plan.json").write_bytes(plan)
        for what, step in STEPS:
            if not trial.see(what, lambda step=step: step(trial)):  # type: ignore[misc]
                break
    return trial.rows


@contextlib.contextmanager
def organizer() -> Iterator[tuple[bytes, str]]:
    """Serve a contest that begins soon; yields its plan and its public key."""
    with tempfile.TemporaryDirectory(prefix="saijian-reboot-") as place:
        folder, port = Path(place) / "organizer", free_port()
        key = ours("organizer", "init", str(folder)).splitlines()[0]
        begins_us = (time.time_ns() // 1_000_000_000 + LEAD_S) * 1_000_000
        draft = json.loads(rehearsal_plan(f"http://127.0.0.1:{port}", begins_us, FILMS_S))
        draft.update(id="reboot", rehearsal=False, name={"zh": "重启演练", "en": "Reboot"})
        (Path(place) / "draft.json").write_text(json.dumps(draft), encoding="utf-8")
        (Path(place) / "roster.csv").write_bytes(rehearsal_roster())
        ours("organizer", "plan", "sign", str(folder), f"{place}/draft.json")
        ours("organizer", "roster", "load", str(folder), f"{place}/roster.csv")
        words = [sys.executable, "-m", "client", "organizer", "serve", str(folder)]
        with subprocess.Popen(
            [*words, "--port", str(port)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as server:
            try:
                assert server.stdout is not None  # noqa: S101
                server.stdout.readline()
                yield (folder / "plan.json").read_bytes(), key
            finally:
                server.terminate()


def ours(*words: str) -> str:
    """Run a verb on this computer; CalledProcessError where it fails."""
    command = [sys.executable, "-m", "client", *words]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True, text=True)
    return done.stdout


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def kill_all(machine: Machine) -> int:
    """End by kill -9 whatever runs in the machine but its first process; return how many."""
    killed = 0
    deadline = time.monotonic() + STARTS_S
    while (victims := list(inside(machine))) and time.monotonic() < deadline:
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed += len(victims)
        time.sleep(0.2)
    return killed


def inside(machine: Machine) -> Iterator[int]:
    """Yield the processes in the machine that live, its first one left out."""
    for place in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(place.name)
            state = (place / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            spaces = (place / "status").read_text(encoding="utf-8").partition("NSpid:")[2]
            first = spaces.splitlines()[0].split()[-1] == "1"
            if state not in "ZX" and not first and machine.holds(pid):
                yield pid


def words_of(pid: int) -> bytes:
    """Return the command line of a process, its words apart by NUL; nothing when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def titles(machine: Machine) -> str:
    """Return the title of the first visible window of ours."""
    search = ["xdotool", "search", "--onlyvisible", "--name", "赛鉴", "getwindowname"]
    environment = {**os.environ, "DISPLAY": machine.environment["DISPLAY"], "LANG": "C.UTF-8"}
    said = subprocess.run(search, env=environment, capture_output=True, check=False)
    return said.stdout.decode("utf-8", errors="replace").partition("\n")[0]


def kinds(path: Path) -> list[str]:
    """Return the kinds of a journal's entries or of the organizer's documents."""
    found = []
    with contextlib.suppress(OSError):
        for line in path.read_bytes().split(b"\n")[:-1]:
            document = json.loads(line)
            found.append(document.get("kind") or document["entry"]["kind"])
    return found


def after_restart(journal: Path) -> list[str]:
    """Return the kinds of the lines behind the last restart."""
    before = kinds(journal)
    return before[len(before) - before[::-1].index("restart") :]


def records(lines: Sequence[str]) -> bool:
    """Tell whether these lines speak of enough new media."""
    return list(lines).count("media") >= SIGNED_LINES


def until(look: Callable[[], Seen], seconds: float, otherwise: str) -> Seen:
    """Return what `look` gives as soon as that is something."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(NotSeenError):
            if seen := look():
                return seen
        if time.monotonic() > deadline:
            raise NotSeenError(otherwise)
        time.sleep(0.25)


def main() -> int:
    """Return 0 where all was seen, 1 where not, 2 where there is no lab."""
    lab = find_lab()
    if lab is None:
        return 2
    with tempfile.TemporaryDirectory(prefix="saijian-reboot-share-") as share:
        with Machine(lab, {"/share": share}) as machine, machine.display():
            rows = try_reboot(machine, Path(share))
        for row in rows:
            mark = "✓" if row.ok else "✗"
            print(f"{mark} {row.seconds:6.1f} s  {row.what}: {row.seen}")
    whole = len(rows) == len(STEPS) and rows[-1].ok
    say(
        "断电重启：通过。" if whole else "断电重启：没有通过。",
        "Reboot: seen." if whole else "Reboot: not seen.",
    )
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
