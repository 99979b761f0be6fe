"""A rehearsal of the shipped program on the stage, and what is found in its recording."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tryout import pointer
from tryout.counter import judge_counter
from tryout.film import Film, films
from tryout.picture import Frame, judge_picture
from tryout.pointer import Visit, judge_pointer, wandering
from tryout.stage import Stage
from tryout.table import Table
from tryout.target import PROJECT, Failed, NotTried, Said, Target, verifier
from tryout.tone import judge_tone

SECONDS = 20
AT_MOST_S = 150
LEAST_PROVED = 0.85
"""Of the seconds asked for: a rehearsal may begin late, as a contestant may."""
EDGE_S = 0.5
"""Camera pictures sent so near to the ends of a film need not be in it."""


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsal that ended; paths are this computer's."""

    said: Said
    out: Path
    visits: list[Visit]

    @property
    def sessions(self) -> list[Path]:
        """Return the folders of sessions in it: one, where all is well."""
        found = (self.out / "sessions").glob("*")
        return [path for path in found if path.is_dir() and path.suffix != ".private"]

    @property
    def session(self) -> Path:
        """Return the session's folder."""
        if len(self.sessions) != 1:
            raise Failed(f"{len(self.sessions)} sessions: {self.said.tail()}")
        return self.sessions[0]

    @property
    def copy(self) -> Path:
        """Return the organizer's copy."""
        found = list((self.out / "organizer" / "sessions").glob("*"))
        if len(found) != 1:
            raise Failed(f"{len(found)} copies at the organizer: {self.said.tail()}")
        return found[0]

    def judged(self) -> dict[str, Any]:
        """Return what this computer's own `saijian verify` says, by the organizer's key."""
        return verdict_of(self.session, self.out / "organizer" / "organizer-key.pub")


def verdict_of(session: Path, key: Path) -> dict[str, Any]:
    """Verify a session with this project's own sources and return the report."""
    words = ["verify", str(session), "--organizer-key", str(key), "--decode", "--json"]
    done = subprocess.run(
        [*verifier(), *words],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        timeout=AT_MOST_S,
    )
    report = Said(done.returncode, done.stdout, done.stderr).document()
    if report["exit_code"] != done.returncode:
        raise Failed(f"verify says {report['exit_code']} and returns {done.returncode}")
    return report


def lost_seconds(gaps: Sequence[dict[str, Any]], source: str) -> float:
    """Return for how long one source has no record."""
    mine = (float(gap["to"]) - float(gap["from"]) for gap in gaps if gap["source"] == source)
    return round(sum(mine), 1)


def rehearse(target: Target, staged: Stage, name: str) -> Rehearsed:
    """Run one to its end, the pointer wandering."""
    out = target.share / name
    words = ["rehearse", "--headless", "--seconds", str(SECONDS), "--json"]
    words += ["--out", target.path(out), *staged.choices]
    if not staged.has_picture:
        return Rehearsed(target.run(*words, timeout_s=AT_MOST_S), out, [])
    with wandering(target.move_pointer) as visits:
        said = target.run(*words, timeout_s=AT_MOST_S)
    return Rehearsed(said, out, visits)


def show_rehearsal(table: Table, target: Target, staged: Stage) -> None:
    """Add the lines of a rehearsal and of what is found in it."""
    done: list[Rehearsed] = []

    def record() -> str:
        rehearsed = rehearse(target, staged, "rehearsal")
        done.append(rehearsed)
        report = rehearsed.said.document()
        if "verdict" not in report:
            raise Failed(rehearsed.said.tail())
        if rehearsed.said.code or report["proved_seconds"] < LEAST_PROVED * SECONDS:
            raise Failed(f"{report['verdict']}: {report['proved_seconds']} s, {report['gaps']}")
        return f"{report['verdict']}, {report['proved_seconds']:.1f} s proved"

    table.show("rehearse", "彩排一场", record)
    if not done:
        return
    rehearsed = done[0]
    looks: tuple[tuple[str, str, Any], ...] = (
        ("screen", "屏幕录像里的已知图案", show_picture),
        ("pointer", "屏幕录像里的鼠标指针", show_pointer),
        ("camera", "摄像头录像里的编号", show_counter),
        ("sound", "录音里的已知音", show_tone),
        ("verify", "在本机核验", show_verdict),
        ("copy", "与组委会收到的逐字节相同", show_copy),
    )
    for name, zh, look in looks:
        if rehearsed.sessions:
            table.show(name, zh, partial(look, rehearsed, staged))
        else:
            table.skip(name, zh, "the rehearsal left no session")


# ---- what is found -------------------------------------------------------------------------------


def show_picture(rehearsed: Rehearsed, staged: Stage) -> str:
    """Find the known picture in the screen track."""
    if not staged.has_picture:
        raise NotTried("no screen of ours to show a picture on")
    return judge_picture(_pictures(films(rehearsed.session, "screen")))


def show_pointer(rehearsed: Rehearsed, staged: Stage) -> str:
    """Find the pointer in the screen track."""
    if not staged.has_picture:
        raise NotTried("no screen of ours to move a pointer on")
    frames = [
        (moment, pointer.patches(frame))
        for film in films(rehearsed.session, "screen")
        for moment, frame in film.frames()
    ]
    filmed = (frames[0][0], frames[-1][0])
    return judge_pointer(rehearsed.visits, pointer.looks(frames), filmed=filmed)


def show_counter(rehearsed: Rehearsed, staged: Stage) -> str:
    """Find the camera's numbers in the tracks before and after the identity step."""
    found = films(rehearsed.session, "identity") + films(rehearsed.session, "contest")
    moments = [moment for film in found for moment, _ in film.frames()]
    sent = staged.camera.numbers(moments[0] + EDGE_S, moments[-1] - EDGE_S)
    return judge_counter(_pictures(found), sent)


def show_tone(rehearsed: Rehearsed, staged: Stage) -> str:
    """Find the tone in the contest track."""
    if not staged.has_tone:
        raise NotTried("no sound device of ours here: recorded with the simulated microphone")
    return judge_tone(*films(rehearsed.session, "contest")[0].samples())


def show_verdict(rehearsed: Rehearsed, staged: Stage) -> str:
    """Verify on this computer; the verdict must be the one that these devices deserve."""
    report = rehearsed.judged()
    expected = "AUTHENTIC" if staged.has_tone else "SIMULATED"  # in a rehearsal's plan
    if report["verdict"] != expected or report["gaps"] or report["unanchored"]:
        raise Failed(f"{report['verdict']}, not {expected}: {report['findings'][:3]}")
    origins = {device["source"]: device["origin"] for device in report["devices"]}
    given = {"camera": "loopback"} | ({"screen": "real"} if staged.has_picture else {})
    if not given.items() <= origins.items():
        raise Failed(f"origins {origins}, but {given} were given")
    errors = sum(track["decode_errors"] for track in report["tracks"])
    if errors:
        raise Failed(f"{errors} decoding errors")
    named = ", ".join(f"{source} {origin}" for source, origin in sorted(origins.items()))
    return f"{expected}, {report['receipts']} receipts, no gap, every frame decodes; {named}"


def show_copy(rehearsed: Rehearsed, _staged: Stage) -> str:
    """Compare all files but the receipts, which the contestant alone keeps."""
    mine = {path.name: path for path in rehearsed.session.iterdir()}
    mine.pop("receipts.jsonl", None)
    if "seal.json" not in mine:
        raise Failed("no seal")
    different = [
        name
        for name, path in mine.items()
        if not (copy := rehearsed.copy / name).is_file() or copy.read_bytes() != path.read_bytes()
    ]
    if different:
        raise Failed(f"different: {different}")
    return f"{len(mine)} files, {sum(path.stat().st_size for path in mine.values()):,} bytes"


def _pictures(found: list[Film]) -> Iterator[Frame]:
    return (frame for film in found for _, frame in film.frames())
