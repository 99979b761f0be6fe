"""Cameras and microphones: verdicts on recorded tries; tries that hang, crash or are stopped."""

from __future__ import annotations

import json
import sys
import threading
import time

import pytest

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.audio.inputs import SoundInput
from client.capture.camera.local import LocalCamera
from client.preflight.checks.devices import Wanted, devices_check
from client.preflight.facts.devices import DeviceFacts
from client.preflight.probes import devices
from client.preflight.probes.devices import CRASHED, STOPPED, DeviceTries
from client.preflight.probes.windows.privacy import blocked_by
from client.preflight.runner import examine, run_checks
from tests.machines import RecordedWindows, recorded

MACHINES = recorded("devices")
WANTED = Wanted(2, 2, 15)
GOOD = {"works": True, "figures": {"fps": 15, "brightness": 90}, "warnings": [], "error": None}


@pytest.mark.parametrize("name", MACHINES)
def test_recorded_tries(name: str) -> None:
    machine = MACHINES[name]
    facts = DeviceFacts.model_validate_json(json.dumps(machine["facts"]))
    finding = examine(devices_check(facts.kind, WANTED, allowed=facts.allowed, probe=lambda: facts))
    assert finding.verdict == machine["expect"]
    assert (finding.advice is not None) == (finding.verdict != "pass")
    told = finding.evidence.zh + (finding.advice.zh if finding.advice else "")
    assert [words for words in machine["says"] if words not in told] == []


def test_the_plan_says_what_is_slow_and_how_many() -> None:
    facts = DeviceFacts.model_validate_json(json.dumps(MACHINES["laptop-camera"]["facts"]))
    fast = devices_check("camera", Wanted(3, 2, 120), allowed=True, probe=lambda: facts)
    assert examine(fast).verdict == "warn"
    assert "3 套" in fast.requirement.zh


@pytest.fixture
def listed(monkeypatch):
    """Let the computer have these cameras, and the process that tries one be this script."""

    def have(script: str, *names: str):
        cameras = [LocalCamera(index, name, "real") for index, name in enumerate(names)]
        monkeypatch.setattr(devices, "local_cameras", lambda: cameras)
        command = [sys.executable, "-c", script]
        monkeypatch.setattr(devices, "own_command", lambda *words: [*command, *words])

    return have


MEETS = """
import json, pathlib, sys, time
place, number = pathlib.Path({place!r}), sys.argv[4][-1]
(place / number).touch()
while len(list(place.iterdir())) < 4:
    time.sleep(0.01)
print(json.dumps({{**{good!r}, "figures": {{"n": float(number)}}}}))
"""


def test_each_is_tried_in_its_own_process_and_side_by_side(listed, tmp_path) -> None:
    listed(MEETS.format(place=str(tmp_path), good=GOOD), "A", "B", "C", "D", "E")
    facts = DeviceTries("camera", allowed=True)()
    assert [d.tried and d.tried.figures.get("n") for d in facts.devices] == [0, 1, 2, 3, None]


def test_nothing_is_opened_where_that_is_not_allowed(listed, tmp_path) -> None:
    mark = tmp_path / "opened"
    listed(f"open({str(mark)!r}, 'w')", "A")
    facts = DeviceTries("camera", allowed=False)()
    assert [device.tried for device in facts.devices] == [None]
    assert not mark.exists()


@pytest.mark.parametrize(
    "script", ["import os; os.abort()", "print('{')", "print('[]')", "print('{\"figures\": 1}')"]
)
def test_one_that_crashes_or_prints_rubbish_does_not_work(listed, script: str) -> None:
    listed(script, "A")
    (device,) = DeviceTries("camera", allowed=True)().devices
    assert device.tried is not None
    assert device.tried.error is not None
    assert device.tried.error.zh == CRASHED.zh


def test_one_that_hangs_is_ended_and_told(listed, monkeypatch) -> None:
    monkeypatch.setattr(devices, "LIMIT_S", 0.5)
    listed("import time; time.sleep(600)", "A")
    (device,) = DeviceTries("camera", allowed=True)().devices
    assert device.tried is not None
    assert device.tried.error is not None
    assert "没有反应" in device.tried.error.zh


def test_a_check_that_is_not_wanted_any_more_ends_what_it_started(listed, tmp_path) -> None:
    started = tmp_path / "started"
    listed(f"import time; open({str(started)!r}, 'w').close(); time.sleep(600)", "A")
    tries = DeviceTries("camera", allowed=True)
    found: list[DeviceFacts] = []
    thread = threading.Thread(target=lambda: found.append(tries()))
    thread.start()
    while not started.exists():
        time.sleep(0.01)
    tries.stop()
    thread.join(15)
    assert found
    tried = found[0].devices[0].tried
    assert tried is not None
    assert tried.error is not None
    assert tried.error.zh == STOPPED.zh


def test_the_runner_waits_no_longer_than_the_check_says() -> None:
    gate = threading.Event()

    def hangs() -> DeviceFacts:
        gate.wait(60)
        raise OSError

    check = devices_check("microphone", WANTED, allowed=True, probe=hangs)
    assert check.limit_seconds < 20
    quick = type(check)(**{**check.__dict__, "limit_seconds": 0.2})
    (outcome,) = run_checks([quick])
    gate.set()
    assert outcome.finding.verdict == "unknown"


def test_what_cannot_be_listed_is_unknown(monkeypatch) -> None:
    def missing() -> list[SoundInput]:
        raise DeviceError(Text("没有声音库。", "No sound library."), Text("安装。", "Install."))

    monkeypatch.setattr(devices, "microphones", missing)
    finding = examine(devices_check("microphone", WANTED, allowed=True))
    assert (finding.verdict, finding.evidence.zh) == ("unknown", "没有声音库。")


def test_a_camera_by_address_shows_no_password(listed) -> None:
    listed(f"print({json.dumps(GOOD)!r})")
    words = "http://me:secret@192.0.2.7:8080/video"
    facts = DeviceTries("camera", allowed=True, sources=(words, "nonsense"))()
    assert "secret" not in facts.model_dump_json()
    assert facts.devices[0].origin == "real"


@pytest.mark.parametrize(
    ("place", "switch"),
    [
        (r"HKLM64\SOFTWARE\{}\webcam", "system"),
        (r"HKCU\SOFTWARE\{}\webcam", "user"),
        (r"HKCU\SOFTWARE\{}\webcam\NonPackaged", "desktop"),
    ],
)
def test_the_privacy_switches_of_windows(place: str, switch: str) -> None:
    store = r"Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
    keys = {place.format(store): {"Value": "Deny"}}
    machine = RecordedWindows({"registry": keys, "files": {}})
    assert blocked_by(machine, "camera") == switch
    assert blocked_by(machine, "microphone") is None
    keys[place.format(store)]["Value"] = "Allow"
    assert blocked_by(RecordedWindows({"registry": keys, "files": {}}), "camera") is None
