"""A sound driver that truly hangs (ALSA's, its server stopped) keeps nobody from their turn."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import devices
from tests.e2e.program import note

SINK = "module-null-sink sink_name={0} rate=48000 channels=1"
LISTEN = """
import json, os, signal, sys, time
from functools import partial
from client.base.text import Text
from client.capture.audio import apart, open_microphone, portaudio
from client.recorder.child import ear
from client.recorder.child.turns import SPARE_MICROPHONE, Turns
from tests.unit.recorder.test_screentrack import Chronicle, eventually
from client.evidence.entries import Device

server, when = sys.argv[1:]
names = "firstmic", "two.monitor"
portaudio.OPENS_S = apart.OPENS_S = 1.5
told, chronicle = [], Chronicle()
listening = ear.Ear(
    Turns([partial(open_microphone, name, 48000) for name in names], SPARE_MICROPHONE, told.append),
    chronicle,
)
opened = lambda: [device.name for device in chronicle.of(Device)]
if when == "opening":
    os.kill(int(server), signal.SIGSTOP)
hung = time.monotonic()
listening.start()
if when == "reading":
    eventually(lambda: listening.peak() > 0)
    os.kill(int(server), signal.SIGSTOP)
    hung = time.monotonic()
eventually(lambda: told)
eventually(lambda: listening.peak() > 0)
took = time.monotonic() - hung
begun = time.monotonic()
listening.stop()
stopped = time.monotonic() - begun
hangs = portaudio.portaudio_hangs()
os.kill(int(server), signal.SIGCONT)
eventually(lambda: not portaudio.portaudio_hangs())
again = open_microphone(names[0], 48000)
print(json.dumps({"opened": opened(), "told": [t.en for t in told], "took": took,
                  "stopped": stopped, "hangs": hangs, "again": type(again).__name__}), flush=True)
again.close()
"""


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Two servers with a microphone each that hums; the first has no name of its own but ALSA's."""
    with (
        devices.pulse_server("one.monitor", SINK.format("one"), "module-sine sink=one") as first,
        devices.pulse_server("two.monitor", SINK.format("two"), "module-sine sink=two") as second,
        devices.running("parec", "--latency-msec=20", environment=first.environment),
        devices.running("parec", "--latency-msec=20", environment=second.environment),
    ):
        alsa = tmp_path / "alsa.conf"
        pcm = f'type pulse device "one.monitor" server "{first.server}" hint.description "firstmic"'
        alsa.write_text(f"</usr/share/alsa/alsa.conf>\npcm.firstmic {{ {pcm} }}\n")
        environment = {"ALSA_CONFIG_PATH": str(alsa), "PULSE_COOKIE": first.cookie}
        environment |= {"PULSE_SERVER": second.server}
        yield first.process.pid, environment
        os.kill(first.process.pid, signal.SIGCONT)


def listened(places: tuple[int, dict[str, str]], when: str) -> dict[str, Any]:
    server, environment = places
    ended = subprocess.run(
        [sys.executable, "-c", LISTEN, str(server), when],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


@pytest.mark.parametrize(("when", "within_s"), [("opening", 8), ("reading", 15)])
def test_the_spare_has_its_turn_though_portaudio_hangs(places, when, within_s) -> None:
    found = listened(places, when)
    note(f"{when}: spare after {found['took']:.1f} s, stop {found['stopped']:.1f} s")
    assert [name == "firstmic" for name in found["opened"]] == [True, False][when == "opening" :]
    assert found["told"] == ["the spare microphone takes over"]
    assert found["hangs"]
    assert found["took"] < within_s
    assert found["stopped"] < 4
    assert found["again"] == "PortAudioMicrophone"
