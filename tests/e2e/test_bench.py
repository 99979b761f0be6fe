"""`saijian bench` on real devices; a session whose encoder fails in the middle, verified."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.base.clock import SECOND_US
from client.contest.capability import capability_of
from client.evidence.entries import Close, Note, Part, Restart
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.evidence.media import probe
from tests import devices
from tests.e2e.program import ROOT, Desk, desk, eventually, marked

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def at() -> Iterator[Desk]:
    with devices.display() as screen, devices.sound_server() as sound, desk(screen, sound) as made:
        yield made


def test_it_measures_real_devices_and_leaves_nothing(at: Desk) -> None:
    place = at.home / "place"
    place.mkdir()
    with devices.mjpeg_camera(640, 360) as camera:
        said = at.run(
            *("bench", "--quick", "--seconds", "3", "--json"),
            *("--camera", camera.address, "--folder", place / "sessions"),
        )
    measured = capability_of(said.document)
    assert said.code == (1 if said.document["verdict"] == "fail" else 0)
    loads = {load.part: load for load in measured.loads}
    assert {part: load.synthetic for part, load in loads.items()} == dict.fromkeys(
        ("screen", "camera", "sound"), False
    )
    assert loads["camera"].device == camera.address
    assert loads["screen"].bytes_per_second > 1000
    assert loads["camera"].bytes_per_second > 1000
    assert 0 < measured.core_percent < 400
    assert 20 < measured.memory_mb < 600
    assert measured.seconds >= 3
    assert measured.contest_seconds == 150 * 60
    assert [tried.name for tried in measured.tried] == ["h264_nvenc", "h264_qsv"]
    assert list(place.iterdir()) == []
    assert marked(at) == []


def test_it_says_what_it_made_up_and_tells_a_person(at: Desk) -> None:
    blind = at.with_environment(DISPLAY="", PULSE_SERVER=f"unix:{at.home}/none")
    said = blind.run("bench", "--seconds", "2", "--folder", at.home)
    assert said.out.count("[made up]") == 3
    assert "No device for screen, camera, sound" in said.out
    assert "Recording for 2 s" in said.err


def test_interrupted_it_leaves_nothing_either(at: Desk) -> None:
    place = at.home / "interrupted"
    place.mkdir()
    running = at.start("bench", "--seconds", "60", "--camera", "test", "--folder", place)
    eventually(lambda: list(place.glob(".saijian-trial-*/bench/*.mp4")))
    running.process.send_signal(signal.SIGTERM)
    assert running.wait().code == 130
    assert list(place.iterdir()) == []
    assert marked(at) == []


@pytest.mark.parametrize("words", [("--seconds", "0.2"), ("--plan", "no-such-plan.json")])
def test_what_cannot_be_measured_exits_with_two(at: Desk, words: tuple[str, ...]) -> None:
    assert at.run("bench", "--quick", *words).code == 2


FAILING = """
import sys
from dataclasses import replace
from client.cli.arguments import command_line
from client.cli.record import StatusLine, prepare
from client.recorder.child import container, encoder
from client.recorder.child.main import record
from client.recorder.setup import Choices, Encoders, save_choices

class Failing(encoder.VideoEncoder):
    "Another x264 by the name of hardware, which fails after two seconds of pictures."
    def __init__(self, media, shape):
        is_hardware = shape.encoder == "h264_nvenc"
        super().__init__(media, replace(shape, encoder="h264") if is_hardware else shape)
        self.left = 2 * shape.fps if is_hardware else 10**9
        self.name = shape.encoder
    def _packets(self, frame):
        self.left -= frame is not None
        if self.left < 0:
            raise ValueError("the driver is gone")
        return super()._packets(frame)

encoder._HARDWARE["h264"] = encoder._Profile(
    {"preset": "veryfast", "tune": "zerolatency"}, ("crf",)
)
container.VideoEncoder = Failing
folder = prepare(command_line("").read(sys.argv[1:]))
both = Encoders(screen="h264_nvenc", camera="h264_nvenc")
save_choices(folder.setup, Choices(encoders=both))
sys.exit(record(folder, StatusLine(sys.stderr)))
"""


@pytest.fixture(scope="module")
def failed(at: Desk) -> Path:
    """A recording of six seconds in which both encoders fail."""
    out = at.home / "failed"
    command = [sys.executable, "-c", FAILING, "record", "--out", str(out), "--seconds", "6"]
    command += ["--camera", "test"]
    subprocess.run(command, cwd=ROOT, env=at.environment, check=True, timeout=60)
    return out


def entries(out: Path) -> list:
    lines = read_journal(SessionFolder(out).journal)
    return [line.entry for line in lines if isinstance(line, Line)]


def test_x264_goes_on_in_a_new_part_and_nothing_is_lost(at: Desk, failed: Path) -> None:
    parts = {part.file: part for part in entries(failed) if isinstance(part, Part)}
    assert set(parts) == {f"{track}-0{n}.mp4" for track in ("screen", "contest") for n in (1, 2)}
    for track in ("screen", "contest"):
        first, second = (probe(failed / f"{track}-0{n}.mp4", decode=True) for n in (1, 2))
        before, after = (each.stream("picture") for each in (first, second))
        assert before.errors == after.errors == 0
        assert before.decoded == before.packets
        last_us = parts[f"{track}-01.mp4"].epoch_us + before.end_us
        next_us = parts[f"{track}-02.mp4"].epoch_us + after.first_us
        assert next_us - last_us < SECOND_US  # a busy machine may be late with a picture
    assert not any(isinstance(entry, Restart) for entry in entries(failed))


def test_the_journal_says_which_encoder_wrote_and_why_it_changed(failed: Path) -> None:
    notes = [note for note in entries(failed) if isinstance(note, Note)]
    for source in ("screen", "camera"):
        first, second = (note for note in notes if note.source == source)
        assert (first.level, second.level) == ("info", "warning")
        assert "h264_nvenc" in first.zh
        assert second.en.startswith("pictures are encoded by libx264: ")
        assert "the driver is gone" in second.zh
    assert isinstance(entries(failed)[-1], Close)


def test_verification_accepts_it(at: Desk, failed: Path) -> None:
    report = at.run("verify", failed, "--json", "--decode").document
    assert report["verdict"] == "SIMULATED", report["findings"]  # the camera is
    assert report["gaps"] == []
    assert {finding["verdict"] for finding in report["findings"]} <= {
        "AUTHENTIC",
        "UNANCHORED",
        "SIMULATED",
    }
