"""What cannot work is refused in one plain sentence with a code, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests import devices
from tests.e2e.program import NOBODY, Desk, Finished, desk, marked, nobodys_python, note
from tests.simulators.contest import code_of
from tests.simulators.organizer import FOREVER, Fault, MisbehavingOrganizer

pytestmark = pytest.mark.e2e
SENTENCE = re.compile(r"^saijian: [A-Z].*[.!?] \[(E\d{3})\]$")
OTHER_KEY = "0" * 63 + "1"


@pytest.fixture(scope="module")
def at() -> Iterator[Desk]:
    with devices.display(moving=False) as screen, desk(screen) as made:
        yield made


@pytest.fixture(scope="module")
def organizer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MisbehavingOrganizer]:
    with MisbehavingOrganizer(tmp_path_factory.mktemp("organizer")) as serving:
        yield serving


@pytest.fixture
def asked(at: Desk, organizer: MisbehavingOrganizer):
    """Attend with a wish that is refused; returns what was said, after looking for remains."""

    def attend(*words: str, **changes: str) -> Finished:
        given = {"plan": f"{organizer.address}/plan", "ticket": "T-1", "code": code_of("T-1")}
        given |= {"role": "primary", "camera": "test", "microphone": "test", **changes}
        options = [word for name, value in given.items() for word in (f"--{name}", value)]
        return at.run("attend", *options, *words, "--headless", "--json", seconds=40)

    yield attend
    organizer.forget_faults()


def assert_refused(at: Desk, said: Finished, code: str, *words: str, exit_code: int) -> None:
    """One sentence, one code, the same as JSON; no session folder, no process."""
    assert said.code == exit_code, said
    error = said.document["error"]
    assert error["code"] == code, said
    last = said.err.strip().splitlines()[-1]
    match = SENTENCE.match(last)
    assert match, last
    assert match[1] == code
    assert "Traceback" not in said.err
    for word in words:
        assert word in last, last
        assert word in f"{error['title']['en']} {error['advice']['en']}"
    assert re.search("[\u4e00-\u9fff]", error["title"]["zh"] + error["advice"]["zh"])
    sessions = Path(at.environment["SAIJIAN_HOME"]) / "sessions"
    assert not sessions.exists() or list(sessions.iterdir()) == []
    assert marked(at) == []
    note(f"{exit_code}: {last}")


def plan_file(at: Desk, organizer: MisbehavingOrganizer, **changes: object) -> str:
    """Write the contest's plan with changed members and its old signature."""
    document = {**json.loads(organizer.contest.plan.raw), **changes}
    path = at.home / "changed-plan.json"
    path.write_text(json.dumps(document), "utf-8")
    return str(path)


def test_a_bad_plan_names_the_field(at: Desk, organizer, asked) -> None:
    timing = {"filming_minutes_before": -1}
    said = asked(plan=plan_file(at, organizer, timing=timing))
    assert_refused(at, said, "E110", "filming_minutes_before", exit_code=2)


def test_a_changed_plan_is_not_signed(at: Desk, organizer, asked) -> None:
    said = asked(plan=plan_file(at, organizer, revision=99))
    assert_refused(at, said, "E110", "signature", exit_code=2)


def test_an_unsigned_plan(at: Desk, organizer, asked) -> None:
    document = json.loads(organizer.contest.plan.raw)
    del document["signature"]
    draft = at.home / "draft.json"
    draft.write_text(json.dumps(document), "utf-8")
    assert_refused(at, asked(plan=str(draft)), "E110", "signature", exit_code=2)


def test_a_plan_by_another_key_than_the_one_given(at: Desk, asked) -> None:
    said = asked(**{"organizer-key": OTHER_KEY})
    assert_refused(at, said, "E110", "signature", exit_code=2)


def test_a_plan_that_is_not_there(at: Desk, asked) -> None:
    assert_refused(at, asked(plan=str(at.home / "none.json")), "E110", "none.json", exit_code=2)


def test_an_unknown_ticket(at: Desk, asked) -> None:
    assert_refused(at, asked(ticket="T-99"), "E130", exit_code=2)


def test_a_wrong_code(at: Desk, asked) -> None:
    assert_refused(at, asked(code="WRONG-1"), "E130", exit_code=2)


def test_a_code_used_twice(at: Desk, organizer, asked) -> None:
    with used_code(at, organizer):
        assert_refused(at, asked(ticket="T-2", code=code_of("T-2")), "E130", exit_code=2)


@contextmanager
def used_code(at: Desk, organizer: MisbehavingOrganizer) -> Iterator[None]:
    """Let another computer enrol with the code first, by the same program."""
    with devices.display() as screen, desk(screen) as elsewhere:
        words = ["--plan", f"{organizer.address}/plan", "--ticket", "T-2", "--code", code_of("T-2")]
        words += ["--role", "primary", "--camera", "test", "--microphone", "test", "--headless"]
        first = elsewhere.start("attend", *words)
        devices.wait_until(lambda: 201 in organizer.seen("POST", "/enrolments"), first.process)
        yield


def test_a_camera_that_is_not_there(at: Desk, asked) -> None:
    assert_refused(at, asked(camera="77"), "E200", "77", exit_code=1)


def test_a_microphone_that_is_not_there(at: Desk, asked) -> None:
    assert_refused(at, asked(microphone="no such"), "E200", "no such", exit_code=1)


def test_no_camera_here(at: Desk, organizer, asked) -> None:
    if any(Path("/dev").glob("video*")):
        pytest.skip("this computer has a camera: NOT TESTED")
    plan = f"{organizer.address}/plan"
    words = ["--plan", plan, "--ticket", "T-1", "--code", code_of("T-1"), "--role", "primary"]
    said = at.run("attend", *words, "--microphone", "test", "--headless", "--json")
    assert_refused(at, said, "E200", "--camera", exit_code=1)


@pytest.mark.parametrize(
    ("fault", "code", "exit_code"),
    [("error", "E400", 1), ("rubbish", "E110", 2), ("redirect", "E400", 1)],
)
def test_an_organizer_that_answers_nonsense_instead_of_a_plan(
    at: Desk, organizer, asked, fault: str, code: str, exit_code: int
) -> None:
    organizer.play(Fault(fault, "GET", "/plan", times=FOREVER))
    assert_refused(at, asked(), code, exit_code=exit_code)


def test_record_without_a_camera(at: Desk) -> None:
    out = at.home / "no-camera"
    said = at.run("record", "--out", out, "--seconds", "5", "--camera", "77", "--no-audio")
    assert said.code == 1, said
    assert said.err.strip().endswith("[E200]"), said
    assert not out.exists()
    assert not out.with_name("no-camera.private").exists()


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """Mount a small tmpfs; skips, loudly, where that is not allowed."""
    with ExitStack() as things:
        folder = things.enter_context(_folder())
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
        if mounted.returncode:
            pytest.skip("only root may mount a small disk: NOT TESTED")
        things.callback(subprocess.run, ["umount", "--lazy", str(folder)], check=True)
        yield folder


@contextmanager
def _folder() -> Iterator[Path]:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="saijian-disk-") as made:
        yield Path(made)


@pytest.mark.parametrize("verb", ["record", "rehearse", "attend"])
def test_a_full_disk_at_the_start(at: Desk, organizer, asked, verb: str) -> None:
    with small_disk("8m") as disk:
        out = disk / "out"
        match verb:
            case "record":
                devices_ = ("--camera", "test", "--microphone", "test")
                said = at.run("record", "--out", out, "--seconds", "5", *devices_)
            case "rehearse":
                said = at.run("rehearse", "--out", out, "--headless", "--json")
            case _:
                said = asked(out=str(out))
        assert said.code == 1, said
        last = said.err.strip().splitlines()[-1]
        assert SENTENCE.match(last), last
        assert last.endswith("[E300]"), last
        assert list(disk.iterdir()) == []
        assert marked(at) == []
        note(f"{said.code}: {last}")


def test_a_folder_that_may_not_be_written() -> None:
    nobodys_python()
    with (
        devices.display(640, 480, moving=False) as screen,
        desk(screen, as_nobody=True) as at,
    ):
        closed = at.home / "closed"
        closed.mkdir()
        closed.chmod(0o755)
        assert os.geteuid() != 0 or closed.stat().st_uid != NOBODY
        if os.geteuid() != 0:
            closed.chmod(0o555)
        record = ["record", "--seconds", "5", "--camera", "test", "--no-screen", "--no-audio"]
        rehearse = ["rehearse", "--headless", "--seconds", "8", "--camera", "test"]
        for words in (rehearse, record):
            said = at.run(*words, "--out", closed / "out")
            assert said.code in (1, 2), said
            last = said.err.strip().splitlines()[-1]
            assert SENTENCE.match(last), said.err
            assert last.endswith("[E300]"), last
            assert "Traceback" not in said.err
            assert list(closed.iterdir()) == []
            assert marked(at) == []
            note(f"{said.code}: {last}")


@pytest.mark.parametrize("verb", ["record", "rehearse"])
def test_wayland_is_refused(at: Desk, verb: str) -> None:
    wayland = at.with_environment(WAYLAND_DISPLAY="wayland-0", XDG_SESSION_TYPE="wayland")
    out = at.home / f"wayland-{verb}"
    seconds = ("--seconds", "8", "--camera", "test", "--microphone", "test")
    more = ("--headless", "--json") if verb == "rehearse" else ()
    said = wayland.run(verb, "--out", out, *seconds, *more)
    assert said.code in (1, 2), said
    last = said.err.strip().splitlines()[-1]
    assert SENTENCE.match(last), said.err
    assert last.endswith("[E200]"), last
    assert "Wayland" in last
    assert "Xorg" in last
    assert not out.exists()
    assert marked(at) == []
    note(f"{said.code}: {last}")
