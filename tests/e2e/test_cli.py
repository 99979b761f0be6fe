"""Every verb as a person types it: help, README, listings, plain recordings."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client import __version__
from client.capture.trial import SILENT
from client.cli.arguments import command_line
from client.evidence.entries import Close
from client.evidence.layout import SessionFolder
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import ROOT, Desk, desk, eventually, marked

pytestmark = pytest.mark.e2e
VERBS = [verb for verb in command_line("").verbs if verb != "window"]
SECONDS = 4
COMBINATIONS = {
    "no-camera": (("--no-camera",), {"screen", "sound"}),
    "no-audio": (("--no-audio",), {"screen", "camera"}),
    "no-screen": (("--no-screen",), {"camera", "sound"}),
    "screen-only": (("--no-camera", "--no-audio"), {"screen"}),
}
FILES = {"screen": {"screen-01.mp4"}, "camera": {"contest-01.mp4"}, "sound": {"contest-01.mp4"}}


@pytest.fixture(scope="module")
def at() -> Iterator[Desk]:
    with (
        devices.display() as screen,
        devices.sound_server() as sound,
        desk(screen, sound) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def recordings(at: Desk) -> dict[str, tuple[Path, Any]]:
    """Short recordings of every combination of sources, side by side, and what verify says."""
    running = {}
    for name, (options, _) in COMBINATIONS.items():
        words = ["--seconds", str(SECONDS), "--fps", "5", "--camera", "test"]
        running[name] = at.start("record", "--out", at.home / name, *words, *options)
    for verb in running.values():
        verb.wait().ok()
    found = {}
    for name in running:
        report = at.run("verify", at.home / name, "--json", "--decode")
        found[name] = at.home / name, report.document
    return found


def test_version_and_help(at: Desk) -> None:
    assert at.run("--version").ok().out.strip() == f"SaiJian {__version__}"
    told = at.run("--help").ok().out
    assert re.findall(r"^    (\w+)", told, re.MULTILINE) == list(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself_with_examples(at: Desk, verb: str) -> None:
    told = at.run(verb, "--help").ok().out
    examples = told.partition("examples:")[2]
    assert examples.count(f"saijian {verb}") >= 2, told
    options = re.findall(r"^  (-[-\w]+)", told, re.MULTILINE)
    for option in options:
        assert re.search(rf"^  {option}\b.*\n?.*\S", told, re.MULTILINE)
    assert max(map(len, told.splitlines())) <= 120


def test_the_readme_lists_the_same_verbs() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for half in readme.split("## English"):
        assert re.findall(r"^\| `saijian (\w+)` \|", half, re.MULTILINE) == list(VERBS)


@pytest.mark.parametrize("words", [("nonsense",), ("record",), ("organizer",), ("--nonsense",)])
def test_what_is_no_command_exits_with_two(at: Desk, words: tuple[str, ...]) -> None:
    said = at.run(*words)
    assert said.code == 2
    assert said.err.startswith("saijian: ")
    assert said.err.strip().endswith("--help [E101]")
    assert said.out == ""


def test_devices_lists_what_is_here(at: Desk) -> None:
    listing = at.run("devices", "--json").ok().document
    (screen,) = listing["screens"]
    assert (screen["width"], screen["height"], screen["origin"]) == (1280, 720, "real")
    names = {m["name"]: m["origin"] for m in listing["microphones"]}
    assert names == {"saijian.monitor": "loopback"}
    assert all(set(problem) == {"zh", "en"} for problem in listing["problems"])
    assert screen["test"]["works"]
    assert screen["test"]["figures"]["width"] == 1280
    (microphone,) = listing["microphones"]
    assert microphone["test"]["figures"]["rate"] == 48_000
    assert [w["en"] for w in microphone["test"]["warnings"]] == [SILENT.en]
    said = at.run("devices", "--no-test").ok()
    assert "1280x720" in said.out
    assert said.err == ""
    assert at.run("devices", "--json", "--no-test").ok().document["screens"][0]["test"] is None
    assert marked(at) == []


def test_preflight_measures_this_computer(at: Desk) -> None:
    said = at.run("preflight", "--json")
    report = said.document
    assert [result["check"] for result in report["results"]]
    assert {r["verdict"] for r in report["results"]} <= {"pass", "warn", "fail", "unknown"}
    disk = next(r for r in report["results"] if r["check"] == "disk-space")
    assert disk["verdict"] in ("pass", "warn", "fail")
    failed = any(r["verdict"] == "fail" for r in report["results"])
    assert said.code == (1 if failed else 0)


@pytest.mark.alone
@pytest.mark.parametrize("name", COMBINATIONS)
def test_a_recording_holds_exactly_what_was_asked_for(
    recordings: dict[str, tuple[Path, Any]], name: str
) -> None:
    folder, report = recordings[name]
    _, sources = COMBINATIONS[name]
    assert {d["source"] for d in report["devices"]} == sources
    expected = set().union(*(FILES[source] for source in sources))
    assert {t["name"] for t in report["tracks"]} == expected
    for track in report["tracks"]:
        assert abs(track["seconds"] - SECONDS) <= 0.5, track
        assert track["decode_errors"] == 0
    film = recorded.streams(folder / "contest-01.mp4") if expected & FILES["camera"] else {}
    assert ("video" in film, "audio" in film) == ("camera" in sources, "sound" in sources)
    recorded.assert_every_track_decodes(folder)
    assert report["gaps"] == []
    assert report["verdict"] == ("SIMULATED" if "camera" in sources else "UNANCHORED")


@pytest.mark.alone  # for the same recordings
def test_a_folder_that_holds_something_is_not_touched(at: Desk, recordings) -> None:
    folder, _ = recordings["screen-only"]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    said = at.run("record", "--out", folder, "--seconds", "3", "--camera", "test")
    assert said.code == 2
    assert said.err.strip().endswith("[E100]")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_asks_a_recording_to_end_ends_and_seals_it(at: Desk, number: int) -> None:
    out = at.home / f"interrupted-{number}"
    verb = at.start("record", "--out", out, "--seconds", "600", "--camera", "test", "--no-audio")
    session = SessionFolder(out)
    eventually(lambda: session.journal.exists() and len(recorded.lines(out)) > 8, what="filming")
    verb.process.send_signal(number)
    said = verb.wait(20).ok()
    assert said.out.startswith("The recording was stopped as asked and is sealed.\n")
    assert f"saijian verify {out}" in said.out
    assert said.err == ""
    assert [close.reason for close in recorded.entries(out, Close)] == ["stopped"]
    assert session.seal.exists()
    assert not session.key.exists()
    report = at.run("verify", out, "--json").ok().document
    assert report["gaps"] == []
    assert marked(at) == []
