"""What a recording outlasts on Windows: kills, a full disk, a lost camera, another desktop size."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.base.process import own_command
from client.evidence.entries import Close, Entry, Gap, Media, Note, Part, Restart, State
from client.evidence.findings import Verdict
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.evidence.media import probe
from client.evidence.verify import verify
from client.recorder.protocol import ControlAddress
from tests.simulators.moody_camera import MoodyCamera
from tests.windows.outside import linux
from tests.windows.program import ROOT, SIMULATED

pytestmark = pytest.mark.timeout(400)
STARTS_S = 120
LOST_S, BACK_S, MOVES_S = 2.0, 20.0, 1.0
"""Back within 3 s where nothing else runs; the figures are printed: Python starts slowly there."""
KILLS = 3


@pytest.fixture
def said(capsys):
    """Where figures are written, to be seen in the lab's output."""
    with capsys.disabled():
        yield sys.stdout


@contextlib.contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "SAIJIAN_LANG": "zh"}
    with subprocess.Popen(
        own_command(*words), cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def entries(folder: SessionFolder, *kinds: type[Entry]) -> list:
    lines = [line for line in read_journal(folder.journal) if isinstance(line, Line)]
    return [line.entry for line in lines if isinstance(line.entry, kinds)]


def eventually(condition, seconds: float = 60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def is_filming(folder: SessionFolder) -> bool:
    """Tell whether some line covers pictures of both tracks; the first may cover headers alone."""
    spans = [[r.us[1] - r.us[0] for r in m.ranges.values()] for m in entries(folder, Media)]
    return any(len(lengths) > 1 and min(lengths) > 0 for lengths in spans)


def assert_all_decodes(folder: SessionFolder) -> None:
    for path in folder.tracks():
        stream = probe(path, decode=True).stream("picture")
        assert stream is not None, path
        assert stream.errors == 0, path


def test_killed_again_and_again_little_is_lost_and_all_is_joined(tmp_path, said):
    import psutil

    out = tmp_path / "彩排"
    kills: list[int] = []
    words = ("--headless", "--seconds", "60", "--out", str(out), *SIMULATED)
    with running("rehearse", *words) as rehearsal:
        journal = eventually(lambda: next(out.glob("sessions/*/journal.jsonl"), None), STARTS_S)
        folder = SessionFolder(journal.parent)
        eventually(lambda: is_filming(folder), STARTS_S)
        for number in range(KILLS):
            address = eventually(lambda: ControlAddress.load(folder.control))
            kills.append(monotonic_us())
            psutil.Process(address.pid).kill()
            eventually(lambda n=number: len(entries(folder, Restart)) > n, 30)
            eventually(lambda: entries(folder, Part, Media)[-1].kind == "media", 30)
            time.sleep(1.5)
        rehearsal.wait(200)
    gaps = entries(folder, Gap)
    for source in ("screen", "camera"):
        mine = sorted((gap for gap in gaps if gap.source == source), key=lambda gap: gap.from_us)
        assert len(mine) == KILLS
        for kill_us, gap in zip(kills, mine, strict=True):
            lost, back = (kill_us - gap.from_us) / SECOND_US, (gap.to_us - kill_us) / SECOND_US
            said.write(f"{source}: {lost:.2f} s lost, back after {back:.2f} s\n")
            assert lost <= LOST_S
            assert back <= BACK_S
    assert_all_decodes(folder)
    report = verify(folder.path, None)
    assert report.verdict < Verdict.TAMPERED, report.findings


@pytest.fixture
def small_disk():
    linux(
        "mkdir -p /tmp/small && mount -t tmpfs -o size=90m tmpfs /tmp/small && "
        'ln -sfn /tmp/small "$WINEPREFIX/dosdevices/f:"'
    )
    yield Path("F:\\")
    linux('rm -f "$WINEPREFIX/dosdevices/f:"; umount -l /tmp/small')


def test_on_a_full_disk_it_ends_in_order_and_everything_plays(small_disk):
    folder = SessionFolder(small_disk / "录像")
    with running("record", "--out", str(folder.path), "--seconds", "200", *SIMULATED) as recording:
        eventually(lambda: is_filming(folder), STARTS_S)
        linux("dd if=/dev/zero of=/tmp/small/ballast bs=4k status=none || true")
        told, _ = recording.communicate(timeout=90)
    assert recording.returncode == 1
    assert "磁盘写满" in told.decode("utf-8"), told
    assert [close.reason for close in entries(folder, Close)] == ["disk"]
    assert folder.seal.exists()
    assert_all_decodes(folder)


@pytest.fixture
def other_disk():
    linux(
        "mkdir -p /tmp/other && mount -t tmpfs -o size=90m tmpfs /tmp/other && "
        'ln -sfn /tmp/other "$WINEPREFIX/dosdevices/g:"'
    )
    yield Path("G:\\")
    linux('rm -f "$WINEPREFIX/dosdevices/g:"; umount -l /tmp/other')


def test_with_another_drive_it_goes_on_there(small_disk, other_disk, said):
    folder = SessionFolder(small_disk / "录像")
    words = ("--seconds", "40", "--spare-folder", str(other_disk), *SIMULATED)
    with running("record", "--out", str(folder.path), *words) as recording:
        eventually(lambda: is_filming(folder), STARTS_S)
        linux("dd if=/dev/zero of=/tmp/small/ballast bs=4k status=none || true")
        assert recording.wait(200) == 0
    begun = [part for part in entries(folder, Part) if part.spare]
    assert {part.file for part in begun} == {"screen-02.mp4", "contest-02.mp4"}
    assert all(folder.file(part.file).drive == "G:" for part in begun)
    assert_all_decodes(folder)
    report = verify(folder.path, None)
    lost = [(gap.seconds or (0.0, 99.0)) for gap in report.gaps]
    assert all(end - start <= MOVES_S for start, end in lost), report.findings
    for track in ("screen", "contest"):
        parts = [part for part in entries(folder, Part) if part.file.startswith(track)]
        said.write(f"{track}: {seconds_between(folder, *parts):.2f} s between the drives\n")


def test_a_camera_that_is_lost_is_replaced_by_a_slate_at_once(tmp_path, said):
    folder = SessionFolder(tmp_path / "录像")
    with MoodyCamera() as camera:
        words = ("--camera", camera.address, "--microphone", "test", "--seconds", "14")
        with running("record", "--out", str(folder.path), *words) as recording:
            eventually(lambda: _is(folder, "live"), STARTS_S)
            time.sleep(2)
            gone_us = monotonic_us()
            camera.close()
            assert recording.wait(120) == 0
    slate = next(state for state in _states(folder) if state.at_us > gone_us - SECOND_US // 2)
    said.write(f"slate after {(slate.at_us - gone_us) / SECOND_US:.2f} s: {slate.cause}\n")
    assert slate.state == "slate"
    assert slate.at_us - gone_us < 2 * SECOND_US
    (film,) = (path for path in folder.tracks() if path.name.startswith("contest"))
    assert_all_decodes(folder)
    times = probe(film, decode=True).stream("picture")
    assert times.end_us - times.first_us > 12 * SECOND_US
    report = verify(folder.path, None)
    assert "camera" in {gap.source for gap in report.gaps}


def seconds_between(folder: SessionFolder, first: Part, second: Part) -> float:
    """Return the seconds between the pictures of two parts."""
    ends = first.epoch_us + probe(folder.file(first.file)).stream("picture").end_us
    begins = second.epoch_us + probe(folder.file(second.file)).stream("picture").first_us
    return (begins - ends) / SECOND_US


def _states(folder: SessionFolder) -> list[State]:
    return [state for state in entries(folder, State) if state.source == "camera"]


def _is(folder: SessionFolder, state: str) -> bool:
    return bool(_states(folder)) and _states(folder)[-1].state == state


CHANGE = """
import ctypes, sys
from ctypes.wintypes import DWORD, WORD

class DevMode(ctypes.Structure):
    _fields_ = (
        ("device", ctypes.c_wchar * 32), ("versions", WORD * 2), ("size", WORD), ("extra", WORD),
        ("fields", DWORD), ("union", DWORD * 4), ("shorts", WORD * 5),
        ("form", ctypes.c_wchar * 32), ("log_pixels", WORD), ("bits", DWORD),
        ("width", DWORD), ("height", DWORD), ("rest", DWORD * 10),
    )

mode = DevMode(size=ctypes.sizeof(DevMode), fields=0x180000, width=800, height=600)
sys.exit(ctypes.windll.user32.ChangeDisplaySettingsW(ctypes.byref(mode), 0) & 0xFF)
"""
"""DEVMODEW with DM_PELSWIDTH and DM_PELSHEIGHT, as the display settings of Windows ask for it."""


def test_a_desktop_of_another_size_goes_on_in_another_file(tmp_path, said):
    folder = SessionFolder(tmp_path / "录像")
    desktop = ["explorer", "/desktop=trial,1024x768"]  # one whose size Wine itself decides
    record = own_command("record", "--out", str(folder.path), "--seconds", "15", *SIMULATED)
    with subprocess.Popen([*desktop, *record], cwd=ROOT) as recording:
        eventually(lambda: is_filming(folder), STARTS_S)
        changed = subprocess.run([*desktop, sys.executable, "-c", CHANGE], check=False, timeout=60)
        said.write(f"changed: {changed.returncode}\n")
        eventually(folder.seal.exists, 60)
        recording.kill()
    parts = [part for part in entries(folder, Part) if part.file.startswith("screen")]
    assert (parts[-1].width, parts[-1].height) == (800, 600)
    assert len(parts) == 2
    assert [note.zh for note in entries(folder, Note) if "变为 800x600" in note.zh]
    assert [gap for gap in entries(folder, Gap) if gap.source == "screen"] == []
    between = seconds_between(folder, *parts)
    said.write(f"{between:.2f} s between the parts\n")
    assert between < 1
    assert_all_decodes(folder)


def test_the_request_to_stay_awake_is_recorded(tmp_path):
    folder = SessionFolder(tmp_path / "录像")
    with running("record", "--out", str(folder.path), "--seconds", "2", *SIMULATED) as recording:
        assert recording.wait(STARTS_S) == 0
    said = [note.zh for note in entries(folder, Note)]
    assert any(
        text.startswith("已请求系统在录制期间保持唤醒，系统接受了：不睡眠") for text in said
    ), said
