"""One recording whose microphone is unplugged and whose sound server is killed; both come back.

The machine has a PulseAudio of its own, whose source (a tone) Wine's sound driver gives PortAudio.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.base.process import own_command
from client.evidence.entries import Device, Part, State
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.evidence.verify import verify
from tests.windows.outside import linux
from tests.windows.program import ROOT

pytestmark = pytest.mark.timeout(400)
STARTS_S, PATIENCE_S = 120, 40
SOCKET = "/tmp/sound/socket"  # noqa: S108 - a machine of the lab, thrown away afterwards
PLUG = """
    pactl load-module module-null-sink sink_name=room rate=48000
    pactl load-module module-sine sink=room frequency=1000
    setsid parec --latency-msec=20 -d room.monitor >/dev/null 2>&1 &
"""
"""A room with a tone in it and its monitor, the microphone, which `parec` keeps ticking every 20 ms
as hardware does: by itself it would sleep for 2 s at a time."""
UNPLUG = "pactl unload-module module-null-sink"
START = f"""
    rm -rf /tmp/sound; mkdir -p /tmp/sound; cd /tmp/sound; export HOME=/tmp/sound
    setsid pulseaudio -n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes \
      -L 'module-native-protocol-unix auth-anonymous=1 socket={SOCKET}' \
      >/tmp/sound/said 2>&1 &
    echo $! >/tmp/sound/pid
    for n in $(seq 100); do test -S {SOCKET} && break; sleep 0.1; done
    {PLUG}
"""
LOUD, QUIET = 0.02, 0.0005


@dataclass
class Shaken:
    """The recording, and when what was done to its microphone."""

    folder: SessionFolder
    done_us: dict[str, int] = field(default_factory=dict)

    def do(self, name: str, deed: Callable[[], str]) -> None:
        deed()
        self.done_us[name] = monotonic_us()

    def lines(self) -> list[Line]:
        """The lines of how the sound was doing; that it was being opened is none of them."""
        if not self.folder.journal.exists():
            return []
        found = [line for line in read_journal(self.folder.journal) if isinstance(line, Line)]
        states = [line for line in found if isinstance(line.entry, State)]
        live = next((n for n, line in enumerate(states) if line.entry.state == "live"), len(states))
        return states[live:]

    def reach(self, count: int, seconds: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + seconds
        while len(self.lines()) < count:
            assert time.monotonic() < deadline, self.lines()
            time.sleep(0.05)


@contextlib.contextmanager
def recording(out: Path) -> Iterator[subprocess.Popen[bytes]]:
    words = ("--no-screen", "--no-camera", "--microphone", "default", "--seconds", "300")
    environment = {**os.environ, "SAIJIAN_LANG": "zh"}
    command = own_command("record", "--out", str(out), *words)
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to close, as the task manager does."""
    if sys.platform == "win32":
        from tests.windows.test_processes import WM_CLOSE, hidden_window, user

        user.PostMessageW(hidden_window(), WM_CLOSE, 0, 0)
    assert process.wait(PATIENCE_S) == 0


@pytest.fixture(scope="module")
def shaken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shaken]:
    made = Shaken(SessionFolder(tmp_path_factory.mktemp("sound") / "录像"))
    # not by the environment: Wine gives programs one of its own
    linux(f"echo default-server = unix:{SOCKET} >> /etc/pulse/client.conf")
    linux(START)
    with recording(made.folder.path) as process:
        made.reach(1, STARTS_S)
        time.sleep(2)
        made.do("unplugged", lambda: linux(UNPLUG))
        made.reach(2)
        time.sleep(2)
        made.do("plugged", lambda: linux(PLUG))
        made.reach(3)
        time.sleep(2)
        made.do("killed", lambda: linux("kill -9 $(cat /tmp/sound/pid)"))
        made.reach(4)
        time.sleep(2)
        made.do("started", lambda: linux(START))
        made.reach(5)
        time.sleep(2)
        end(process)
    yield made
    linux("kill $(cat /tmp/sound/pid)")


def test_each_loss_is_a_line_and_silence_within_a_second(shaken, capsys):
    lines = shaken.lines()
    assert [line.entry.state for line in lines] == ["live", "silence", "live", "silence", "live"]
    for deed, lost in (("unplugged", lines[1]), ("killed", lines[3])):
        since, told = (
            (at_us - shaken.done_us[deed]) / SECOND_US for at_us in (lost.entry.at_us, lost.mono_us)
        )
        with capsys.disabled():
            sys.stdout.write(f"{deed}: silence from {since:.2f} s on, said after {told:.2f} s\n")
        assert "麦克风" in lost.entry.cause
        assert since < 1.0
        assert told < 2.0


def test_it_is_recorded_again_when_it_is_back(shaken, capsys):
    lines = shaken.lines()
    for deed, live in (("plugged", lines[2]), ("started", lines[4])):
        back = (live.entry.at_us - shaken.done_us[deed]) / SECOND_US
        with capsys.disabled():
            sys.stdout.write(f"{deed}: heard again after {back:.2f} s\n")
        assert back < 8.0
    found = (line.entry for line in read_journal(shaken.folder.journal) if isinstance(line, Line))
    opened = [entry for entry in found if isinstance(entry, Device)]
    assert len(opened) >= 3


def test_the_tone_is_in_the_track_where_the_microphone_was_there(shaken):
    (film,) = shaken.folder.tracks()
    entries = [line.entry for line in read_journal(shaken.folder.journal) if isinstance(line, Line)]
    (part,) = (entry for entry in entries if isinstance(entry, Part))
    times, levels = _levels(film)
    assert np.diff(times).max() < 0.1  # no hole
    done = {name: (at - part.epoch_us) / SECOND_US for name, at in shaken.done_us.items()}
    live = [(x.entry.at_us - part.epoch_us) / SECOND_US for x in shaken.lines()[::2]]
    heard = ((live[0] + 1, done["unplugged"] - 1), (live[1] + 0.7, done["killed"] - 1))
    for begin, finish in (*heard, (live[2] + 0.7, times[-1] - 0.5)):
        within = levels[(times > begin) & (times < finish)]
        assert within.size
        assert within.min() > LOUD
    for begin, finish in ((done["unplugged"], done["plugged"]), (done["killed"], done["started"])):
        within = levels[(times > begin + 1) & (times < finish)]
        assert within.size
        assert within.max() < QUIET


def test_verify_names_what_is_missing(shaken):
    report = verify(shaken.folder.path, None)
    assert [gap.source for gap in report.gaps] == ["sound", "sound"]
    assert all("麦克风不再送来声音" in gap.cause for gap in report.gaps)


def _levels(film: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the track's loudness (root of the mean square) and its moments, 20 ms each."""
    times, levels = [], []
    with av.open(str(film)) as media:
        for frame in media.decode(audio=0):
            times.append(float(frame.pts * frame.time_base))
            levels.append(float(np.sqrt(np.square(frame.to_ndarray()).mean())))
    return np.array(times), np.array(levels)
