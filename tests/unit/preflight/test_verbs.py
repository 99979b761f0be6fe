"""`saijian preflight` and `saijian devices` as a person and as a program use them."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest

from client.base.errors import PlanError
from client.base.text import Text
from client.capture.devices import CameraInfo, DeviceListing, MicrophoneInfo, ScreenInfo
from client.cli import devices, preflight
from client.cli.arguments import command_line
from client.preflight.check import Check, Finding
from client.preflight.checks.recording import BenchRun
from client.preflight.runner import run_checks
from client.preflight.standard import full_checks
from client.preflight.turns import in_turn
from tests.unit.contest.test_capability import GOOD


@pytest.fixture(autouse=True)
def _chinese(monkeypatch) -> None:
    monkeypatch.setenv("SAIJIAN_LANG", "zh")


@pytest.fixture(autouse=True)
def _measured(monkeypatch) -> None:
    """The trial recording has its own tests; here it has ended well."""

    class Ended(BenchRun):
        def __call__(self):
            return GOOD

    monkeypatch.setattr(preflight, "BenchRun", Ended)


ROOT = Path(__file__).resolve().parents[3]
THREE = ("--only", "disk-space", "--only", "clock", "--only", "recording")
"""Whose answers do not depend on the machine that runs the tests."""


def run(*words: str) -> int:
    args = command_line("").read(words)
    return {"devices": devices, "preflight": preflight}[args.verb].run(args)


def test_preflight_tells_a_person_what_was_found_and_what_to_do(tmp_path: Path, capsys) -> None:
    assert run("preflight", "--folder", str(tmp_path / "sessions"), *THREE) == 0
    lines = capsys.readouterr().out
    assert "[通过] 磁盘可用空间：可用 " in lines
    assert "[未知] 电脑时间：没有可以对时的组委会服务器。" in lines
    assert "→ 请用 --plan" in lines


def test_preflight_prints_one_json_object_for_programs(tmp_path: Path, capsys) -> None:
    assert run("preflight", "--folder", str(tmp_path), "--json", *THREE) == 0
    document = json.loads(capsys.readouterr().out)
    assert [result["check"] for result in document["results"]] == [
        "disk-space",
        "clock",
        "recording",
    ]
    assert not document["failed"]


def test_nothing_is_opened_unless_the_person_says_so(monkeypatch) -> None:
    assert preflight.may_open("yes")
    assert not preflight.may_open("no")
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert not preflight.may_open(None)  # nobody to ask


def test_the_trial_recording_waits_for_those_who_try_the_same_devices() -> None:
    order: list[str] = []

    def probe(name: str, seconds: float):
        def look() -> str:
            time.sleep(seconds)
            order.append(name)
            return name

        return look

    def check(name: str, seconds: float) -> Check[str]:
        title = Text(name, name)
        return Check(name, title, title, probe(name, seconds), lambda _: Finding("pass", title))

    named = (
        check("recording", 0),
        check("cameras", 0.3),
        check("clock", 0),
        check("microphones", 0.1),
    )
    list(run_checks(in_turn(named)))
    assert order == ["clock", "microphones", "cameras", "recording"]
    order.clear()
    list(run_checks(in_turn((check("recording", 0),))))
    assert order == ["recording"]


def test_all_checks_have_names_of_their_own(tmp_path: Path) -> None:
    bench = BenchRun(tmp_path)
    checks = full_checks(None, tmp_path, None, bench, devices_allowed=False)
    names = [check.name for check in checks]
    assert len(set(names)) == len(names) >= 20
    page = (ROOT / "docs" / "formats" / "preflight.md").read_text("utf-8")
    assert [name for name in names if f"`{name}`" not in page] == []
    assert {"processor", "bandwidth", "input-methods", "cameras", "disk-space"} <= set(names)


def test_preflight_exits_1_when_something_failed(capsys) -> None:
    assert run("preflight", "--folder", "/proc/sessions", "--json", *THREE) == 1
    assert json.loads(capsys.readouterr().out)["failed"]


def test_preflight_refuses_a_bad_plan_before_it_checks_anything(tmp_path: Path, capsys) -> None:
    file = tmp_path / "plan.json"
    file.write_text("{}")
    with pytest.raises(PlanError) as caught:
        run("preflight", "--plan", str(file))
    assert caught.value.exit_code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("verb", ["preflight", "devices"])
def test_help_shows_examples(verb: str, capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        run(verb, "--help")
    assert caught.value.code == 0
    assert (
        f"saijian {verb} --json" in " ".join(capsys.readouterr().out.split()) or verb == "preflight"
    )


LISTING = DeviceListing(
    screens=(ScreenInfo("X11 :0", "real", 1920, 1080),),
    cameras=(CameraInfo(0, "HD 摄像头", "real"), CameraInfo(2, "OBS Virtual Camera", "virtual")),
    microphones=(MicrophoneInfo("alsa.monitor", "Monitor of 声卡", "loopback", 48000),),
    problems=(Text("没有麦克风。", "No microphone."),),
)


def test_devices_for_a_person(monkeypatch, capsys) -> None:
    monkeypatch.setattr(devices, "list_devices", lambda: LISTING)
    assert run("devices", "--no-test") == 0
    assert capsys.readouterr().out.splitlines() == [
        "屏幕",
        "  X11 :0  1920x1080",
        "摄像头",
        "  0  HD 摄像头",
        "  2  OBS Virtual Camera  [虚拟设备]",
        "麦克风",
        "  Monitor of 声卡  48000 Hz  [本机回放]",
        "没有麦克风。",
    ]


def test_devices_for_a_program(monkeypatch, capsys) -> None:
    monkeypatch.setattr(devices, "list_devices", lambda: LISTING)
    assert run("devices", "--no-test", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    virtual = {"index": 2, "name": "OBS Virtual Camera", "origin": "virtual", "test": None}
    assert document["cameras"][1] == virtual
    assert document["microphones"][0]["name"] == "alsa.monitor"
    assert document["problems"] == [{"zh": "没有麦克风。", "en": "No microphone."}]
