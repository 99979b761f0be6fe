"""One recording whose microphone is muted and then gone, and whose spare takes over."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator

import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.evidence.entries import Device, Note
from client.recorder.child.ear import MUTED, OPENING, STARTING
from client.recorder.child.turns import SPARE_MICROPHONE
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import desk, note
from tests.e2e.shaken import Shaken

pytestmark = pytest.mark.e2e
SINK = "module-null-sink sink_name={0} sink_properties=device.description={0} rate=48000 channels=1"


def pactl(sound: devices.SoundServer, *words: str) -> str:
    environment = {**os.environ, **sound.environment, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["pactl", *words], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shaken]:
    folder = tmp_path_factory.mktemp("sound") / "r"
    sinks = (SINK.format("first"), SINK.format("spare"))
    with (
        devices.pulse_server("first.monitor", *sinks) as sound,
        devices.running("parec", "--latency-msec=20", environment=sound.environment),
        devices.running(
            "parec", "--latency-msec=20", "-d", "spare.monitor", environment=sound.environment
        ),
        desk(sound) as at,
    ):
        names = ("--microphone", "first.monitor", "--spare-microphone", "spare.monitor")
        verb = at.start(
            "record", "--out", folder, "--seconds", "90", "--no-screen", "--no-camera", *names
        )
        made = Shaken(folder, "sound")
        made.reach("live", 1)
        time.sleep(1)
        made.done_us["muted"] = monotonic_us()
        pactl(sound, "set-source-mute", "first.monitor", "1")
        made.reach("muted", 1)
        time.sleep(2)
        pactl(sound, "set-source-mute", "first.monitor", "0")
        made.reach("live", 2)
        modules = pactl(sound, "list", "short", "modules").splitlines()
        first = next(line.split()[0] for line in modules if "sink_name=first" in line)
        made.done_us["gone"] = monotonic_us()
        pactl(sound, "unload-module", first)
        made.reach("live", 3)
        made.end(at, verb)
        yield made


def test_each_state_is_a_line_with_its_cause(heard: Shaken) -> None:
    states = heard.states()
    told = [s.state for s in states if not (s.state == "silence" and s is states[0])]
    assert told == ["live", "muted", "live", "silence", "live"]
    assert states[0].state == "live" or states[0].cause in (OPENING.zh, STARTING.zh)
    assert not [n.zh for n in recorded.entries(heard.folder, Note) if "丢失" in n.zh]
    muted = next(s for s in states if s.state == "muted")
    assert muted.cause == MUTED.zh
    late = (muted.at_us - heard.done_us["muted"]) / SECOND_US
    note(f"muted after {late:.2f} s")
    assert late < 2.0


def test_the_spare_takes_over(heard: Shaken) -> None:
    silence, spare = heard.states()[-2:]
    gone = heard.done_us["gone"]
    note(
        f"silence from {(silence.at_us - gone) / 1e6:.2f} s on, "
        f"spare after {(spare.at_us - gone) / 1e6:.1f} s"
    )
    assert (silence.at_us - gone) / SECOND_US < 1.5
    names = [d.name for d in recorded.entries(heard.folder, Device)]
    assert len(set(names)) == 2
    assert SPARE_MICROPHONE.zh in [n.zh for n in recorded.entries(heard.folder, Note)]


def test_the_track_has_no_hole(heard: Shaken) -> None:
    (film,) = recorded.tracks(heard.folder)
    recorded.assert_every_track_decodes(heard.folder)
    first, end = recorded.streams(film)["audio"]
    begun = heard.states()[0].at_us
    spare = heard.states()[-1].at_us
    assert end - first >= (spare - begun) / SECOND_US


def test_verify_names_what_is_missing(heard: Shaken) -> None:
    assert any(MUTED.zh in cause for cause in heard.causes())
    assert any("麦克风中断" in cause for cause in heard.causes())
