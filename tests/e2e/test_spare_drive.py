"""A drive that fills while another one is named in the settings: the recording goes on there.

Five sessions side by side, on small drives of their own: one contest that moves in good time, one
whose drive is full at once and whose recorder is killed afterwards, and three recordings whose
spare drive fills, too, is not there, or is pulled.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from client.base.clock import SECOND_US
from client.evidence.entries import Close, Note, Part
from client.evidence.layout import SessionFolder
from client.evidence.retention import retention_of
from tests import devices
from tests.e2e import recorded
from tests.e2e.disks import Stick, leave, small_disk, stick
from tests.e2e.program import Desk, Finished, Running, desk, eventually, note, the
from tests.e2e.venue import Organizer, attend, begun_session

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.alone,
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("mkfs.ext4") is None,
        reason="mounts and loop devices need root: moving to another drive NOT TESTED",
    ),
]
FIRST, SECOND = "100m", "90m"
SECONDS, LEAD = 23, 12.0
TURNED_S = 7.0
"""By then the identity step is over."""
SIMULATED = ("--camera", "test", "--microphone", "test", "--fps", "5")
MOVED = "第一块硬盘快满了，录像改存到另一块硬盘，请不要拔下"
BACK = "另一块硬盘断开了，录像改回第一块硬盘"


@dataclass
class Case:
    """One session on two drives."""

    at: Desk
    first: Path
    spare: Path
    folder: Path = Path()
    ended: Finished | None = None
    organizer: Organizer | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def verify(self) -> dict[str, Any]:
        key = ("--organizer-key", self.organizer.key) if self.organizer else ()
        return self.at.run("verify", self.folder, *key, "--json", "--decode").document

    def notes(self) -> list[str]:
        return [entry.zh for entry in recorded.entries(self.folder, Note)]

    def parts(self) -> dict[str, Part]:
        return {part.file: part for part in recorded.entries(self.folder, Part)}

    def place(self) -> Path:
        """Where the session lies on the spare drive."""
        place = SessionFolder(self.folder).spare
        assert place is not None
        return place

    def await_move(self) -> None:
        eventually(lambda: MOVED in self.notes(), 15, "the move")

    def await_growth(self, where: Path) -> None:
        """Return once both tracks have some seconds in new parts there."""

        def grows() -> bool:
            parts = [p for p in self.parts() if (where / p).exists() and not p.endswith("-01.mp4")]
            return len(parts) >= 2 and all((where / p).stat().st_size > 20_000 for p in parts)

        eventually(grows, 20, "pictures on the other drive")


def contest(case: Case, camera: str, microphone: str) -> Running:
    """Begin a contest session on the first drive."""
    organizer = case.organizer
    assert organizer is not None
    organizer.prepare(SECONDS, LEAD)
    organizer.serve()
    spare = ("--spare-folder", str(case.spare))
    verb = attend(case.at, organizer.plan, camera, microphone, case.first / "赛场", *spare)
    case.folder = begun_session(case.first / "赛场", verb)
    return verb


def moves_in_time(case: Case, camera: str, microphone: str) -> None:
    verb = contest(case, camera, microphone)
    time.sleep(TURNED_S)
    leave(case.first, 20_000)
    case.ended = verb.wait(90)
    case.facts["report"] = case.verify()


def full_at_once_then_killed(case: Case, other: Stick) -> None:
    verb = contest(case, "test", "test")
    time.sleep(TURNED_S)
    leave(case.first, 0)
    case.await_move()
    case.await_growth(case.place())
    the(case.at, "recorder", "--session", case.folder).kill()
    case.ended = verb.wait(90)
    case.facts["report"] = case.verify()
    other.unmount()
    case.facts["unplugged"] = case.verify()
    other.plug()


def record(case: Case, seconds: int) -> Running:
    case.folder = case.first / "录像"
    words = ("--seconds", str(seconds), "--spare-folder", case.spare, *SIMULATED)
    verb = case.at.start("record", "--out", case.folder, *words)
    contest = case.folder / "contest-01.mp4"
    eventually(lambda: contest.exists() and contest.stat().st_size > 100_000, 40, "film")
    return verb


def spare_fills_too(case: Case) -> None:
    verb = record(case, 120)
    leave(case.first, 1000)
    case.await_move()
    case.await_growth(case.place())
    leave(case.spare, 60)
    case.ended = verb.wait(60)
    case.facts["report"] = case.verify()


def spare_is_not_there(case: Case) -> None:
    verb = record(case, 120)
    subprocess.run(["umount", "--lazy", case.spare], check=True)
    case.spare.rmdir()  # as a desktop does with a mount point
    leave(case.first, 60)
    case.ended = verb.wait(60)
    case.facts["report"] = case.verify()


def spare_is_pulled(case: Case, other: Stick) -> None:
    verb = record(case, 24)
    leave(case.first, 60)
    case.await_move()
    case.await_growth(case.place())
    (case.first / "ballast").unlink()
    other.pull()
    case.ended = verb.wait(60)
    case.facts["unplugged"] = case.verify()
    other.plug()
    case.facts["report"] = case.verify()


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Case]]:
    place = tmp_path_factory.mktemp("drives")
    with contextlib.ExitStack() as stack:
        screen = stack.enter_context(devices.display(640, 360))
        sound = stack.enter_context(devices.sound_server())
        camera = stack.enter_context(devices.flash_and_click(sound, 320, 240, 10))
        at = stack.enter_context(desk(screen, sound))

        def case(name: str, spare: Path | None = None) -> Case:
            first = stack.enter_context(small_disk(place / f"{name} 1", FIRST))
            spare = spare or stack.enter_context(small_disk(place / f"{name} 2", SECOND))
            return Case(at, first, spare, organizer=Organizer(at, place / f"{name} organizer"))

        def plugged(name: str) -> tuple[Case, Stick]:
            (place / name).mkdir()
            made = stack.enter_context(stick(place / name))
            return case(name, made.mount_point), made

        killed, killed_stick = plugged("killed")
        pulled, pulled_stick = plugged("pulled")
        found = {name: case(name) for name in ("moved", "both full", "missing")}
        found |= {"killed": killed, "pulled": pulled}
        for name in ("both full", "missing", "pulled"):
            found[name].organizer = None
        stories: list[Callable[[], None]] = [
            lambda: moves_in_time(found["moved"], camera.address, sound.source),
            lambda: full_at_once_then_killed(killed, killed_stick),
            lambda: spare_fills_too(found["both full"]),
            lambda: spare_is_not_there(found["missing"]),
            lambda: spare_is_pulled(pulled, pulled_stick),
        ]
        with ThreadPoolExecutor(len(stories)) as pool:
            for told in [pool.submit(story) for story in stories]:
                told.result()
        yield found


def seam_s(case: Case, before: str, after: str) -> float:
    """Return the seconds between the last picture of one part and the first of the next."""
    folder = SessionFolder(case.folder)
    ends = recorded.span_us(case.folder, folder.file(before), "video")[1]
    begins = recorded.span_us(case.folder, folder.file(after), "video")[0]
    return (begins - ends) / SECOND_US


def test_a_contest_that_moves_in_good_time_is_authentic(cases: dict[str, Case]) -> None:
    case = cases["moved"]
    report = case.facts["report"]
    assert case.ended is not None
    assert case.ended.code == 0, case.ended
    assert report["verdict"] == "AUTHENTIC", report["findings"]
    assert report["gaps"] == []
    moved = {name for name, part in case.parts().items() if part.spare}
    assert moved == {"screen-02.mp4", "contest-02.mp4"}
    assert {path.name for path in case.place().iterdir()} == moved
    assert all(not (case.folder / name).exists() for name in moved)
    recorded.assert_every_track_decodes(case.folder)
    seams = [seam_s(case, f"{track}-01.mp4", f"{track}-02.mp4") for track in ("screen", "contest")]
    note(f"seconds between the parts of a move: {seams}")
    assert all(abs(seam) < 0.2 for seam in seams)


def test_the_organizer_has_both_drives(cases: dict[str, Case]) -> None:
    for name in ("moved", "killed"):
        case = cases[name]
        assert case.organizer is not None
        copy = case.organizer.copy_of(case.folder)
        for path in SessionFolder(case.folder).tracks():
            assert (copy / path.name).read_bytes() == path.read_bytes(), path


@pytest.mark.parametrize("name", ["moved", "killed", "both full", "pulled"])
def test_the_move_is_said_without_a_path(cases: dict[str, Case], name: str) -> None:
    case = cases[name]
    assert case.notes().count(MOVED) == 1
    assert str(case.spare).encode() not in SessionFolder(case.folder).journal.read_bytes()


def test_the_place_is_this_users_alone_and_carries_the_session(cases: dict[str, Case]) -> None:
    place = cases["moved"].place()
    session = recorded.lines(cases["moved"].folder)[0].entry.session  # type: ignore[union-attr]
    assert place.name == f"{cases['moved'].folder.name}-{session}"
    assert place.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in place.iterdir())


def test_killed_after_the_move_it_goes_on_there_and_only_the_kill_is_missing(
    cases: dict[str, Case],
) -> None:
    case = cases["killed"]
    report = case.facts["report"]
    assert case.ended is not None
    assert case.ended.code == 0, case.ended
    note(
        f"full at once, then killed: {[(g['source'], g['from'], g['to']) for g in report['gaps']]}"
    )
    kinds = {finding["verdict"] for finding in report["findings"]}
    assert kinds <= {"AUTHENTIC", "SIMULATED", "INCOMPLETE"}, report["findings"]
    assert all(gap["cause"].startswith("录制进程意外中断后已恢复") for gap in report["gaps"])
    assert all(gap["to"] - gap["from"] < 12 for gap in report["gaps"])
    screens = [part for name, part in case.parts().items() if name.startswith("screen")]
    assert [part.spare for part in screens] == [False, True, True]
    recorded.assert_every_track_decodes(case.folder)


def test_unplugged_it_is_said_where_the_rest_lies(cases: dict[str, Case]) -> None:
    report = cases["killed"].facts["unplugged"]
    assert report["verdict"] == "INCOMPLETE"
    away = recorded.findings(report, "file_away")
    assert {finding["file"] for finding in away} >= {"screen-02.mp4", "screen-03.mp4"}
    assert all("请接上那块硬盘" in finding["zh"] for finding in away)
    assert recorded.findings(report, "file_missing") == []
    assert any("在另一块硬盘上" in gap["cause"] for gap in report["gaps"])


def test_with_both_drives_full_it_ends_in_order(cases: dict[str, Case]) -> None:
    case = cases["both full"]
    report = case.facts["report"]
    assert case.ended is not None
    assert case.ended.code == 1
    assert [close.reason for close in recorded.entries(case.folder, Close)] == ["disk"]
    assert report["gaps"] == []
    assert all(track["decode_errors"] == 0 for track in report["tracks"])
    assert len(report["tracks"]) == 4
    assert not (case.place() / "reserve").exists()
    assert not SessionFolder(case.folder).reserve.exists()


def test_without_the_spare_drive_it_ends_in_order_and_says_so(cases: dict[str, Case]) -> None:
    case = cases["missing"]
    assert case.ended is not None
    assert case.ended.code == 1
    assert [close.reason for close in recorded.entries(case.folder, Close)] == ["disk"]
    assert [text for text in case.notes() if text.startswith("备用硬盘不能用")]
    assert case.facts["report"]["gaps"] == []
    recorded.assert_every_track_decodes(case.folder)


def test_a_spare_drive_that_is_pulled_costs_its_last_seconds_and_nothing_else(
    cases: dict[str, Case],
) -> None:
    case = cases["pulled"]
    report = case.facts["report"]
    assert case.ended is not None
    assert case.ended.code == 0, case.ended
    assert any(text.startswith(BACK) for text in case.notes())
    gaps = [(gap["source"], gap["from"], gap["to"], gap["cause"]) for gap in report["gaps"]]
    note(f"pulled: {gaps}")
    assert report["verdict"] == "INCOMPLETE", report["findings"]
    assert all(end - begin < 4 for _, begin, end, _ in gaps)
    assert all("另一块硬盘断开时" in cause for *_, cause in gaps)
    parts = case.parts()
    assert [parts[f"screen-0{n}.mp4"].spare for n in (1, 2, 3)] == [False, True, False]
    assert recorded.findings(case.facts["unplugged"], "file_away")


def test_retention_counts_what_lies_on_the_other_drive(cases: dict[str, Case]) -> None:
    case = cases["moved"]
    folders = (case.folder, SessionFolder(case.folder).private, case.place())
    sizes = [f.stat().st_size for folder in folders for f in folder.rglob("*") if f.is_file()]
    assert retention_of(case.folder, 0).bytes == sum(sizes)
