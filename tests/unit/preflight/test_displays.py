"""Displays: recorded ones of Windows, and the X server's own here."""

from __future__ import annotations

import subprocess
import sys

import pytest

from client.contest.plan import Environment
from client.preflight.checks.displays import displays_check
from client.preflight.facts.displays import Display, DisplayFacts
from client.preflight.probes.linux.displays import connected, link_of, read_displays
from client.preflight.probes.windows.displays import Monitor, Target, facts_of
from client.preflight.runner import examine
from tests import devices
from tests.machines import recorded

MACHINES = recorded("displays")
on_x11 = pytest.mark.skipif(sys.platform == "win32", reason="asks an X server")


def judged(facts: DisplayFacts, **asked: int):
    return examine(displays_check(Environment(**asked), lambda: facts))


@pytest.mark.parametrize("name", MACHINES)
def test_recorded_displays(name: str) -> None:
    machine = MACHINES[name]
    facts = facts_of(
        [Monitor(*monitor) for monitor in machine["monitors"]],
        [Target(*target) for target in machine["targets"]],
    )
    facts = DisplayFacts.model_validate_json(facts.model_dump_json())
    assert [list(display.links) for display in facts.displays] == machine["links"]
    assert [display.scale_percent for display in facts.displays] == machine["scale"]
    finding = judged(facts)
    assert finding.verdict == machine["expect"]
    assert (finding.advice is not None) == (finding.verdict != "pass")


def test_the_plan_says_how_large() -> None:
    facts = DisplayFacts(
        displays=(
            Display(name="x", width=1366, height=768, scale_percent=None, links=("internal",)),
        )
    )
    assert judged(facts).verdict == "pass"
    finding = judged(facts, display_width=1920, display_height=1080)
    assert finding.verdict == "warn"
    assert "1366x768" in finding.evidence.zh
    assert judged(facts, display_height=769).verdict == "warn"


@on_x11
def test_the_x_server_tells_its_monitors(monkeypatch) -> None:
    with devices.display(1280, 720, moving=False) as shown:
        for name, value in shown.environment.items():
            monkeypatch.setenv(name, value)
        (display,) = read_displays().displays
        assert (display.width, display.height) == (1280, 720)
        half = ["xrandr", "--setmonitor"]
        subprocess.run([*half, "left", "640/160x720/180+0+0", "none"], check=True)
        subprocess.run([*half, "right", "640/160x720/180+640+0", "none"], check=True)
        facts = read_displays()
    sizes = [(display.width, display.height) for display in facts.displays]
    assert sizes.count((640, 720)) == 2
    assert judged(facts).verdict == "warn"


@on_x11
def test_without_a_server_the_kernel_is_asked(monkeypatch, tmp_path) -> None:
    for name, status, modes in (
        ("card0-eDP-1", "connected", "1920x1080\n1280x720\n"),
        ("card0-HDMI-A-1", "disconnected", ""),
        ("card1-DVI-I-1-1", "connected", "1280x1024\n"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "status").write_text(f"{status}\n")
        (tmp_path / name / "modes").write_text(modes)
    monkeypatch.setattr("client.preflight.probes.linux.displays._DRM", tmp_path)
    monkeypatch.setenv("DISPLAY", ":97531")
    displays = read_displays().displays
    assert [(d.name, d.width, d.links) for d in displays] == [
        ("eDP-1", 1920, ("internal",)),
        ("DVI-I-1-1", 1280, ("indirect",)),
    ]
    assert connected(tmp_path / "nothing") == ()


@pytest.mark.parametrize(
    ("output", "link"),
    [("eDP-1", "internal"), ("HDMI-1", "wired"), ("DP-2", "wired"), ("VIRTUAL1", "virtual"),
     ("DVI-I-2-1", "indirect"), ("XYZ", "unknown")],
)  # fmt: skip
def test_names_of_outputs(output: str, link: str) -> None:
    assert link_of(output) == link
