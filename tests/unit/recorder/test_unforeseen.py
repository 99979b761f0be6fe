"""What nobody foresaw ends no source, no journal and no evidence: it is named and tried again."""

from __future__ import annotations

import errno
import threading
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.base import files
from client.base.errors import DeviceError
from client.base.text import Text
from client.contest.plan import Recording
from client.evidence.entries import Consent, State
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.recorder.child import ear, eye, screentrack, track
from client.recorder.child.chronicle import Chronicle as RealChronicle
from client.recorder.child.ear import Ear
from client.recorder.child.eye import Eye
from client.recorder.child.pace import Rate
from client.recorder.child.patience import Patient
from client.recorder.child.recovery import Past
from client.recorder.child.screentrack import ScreenTrack
from client.recorder.child.session import RecorderSession
from client.recorder.child.track import TrackThread
from client.recorder.child.trackfile import TrackWriter
from tests.unit.recorder.test_screentrack import Chronicle, Screen, eventually
from tests.unit.recorder.test_session import NO_PLAN, Running, Stage
from tests.unit.recorder.test_slow_disk import BOX


@pytest.mark.parametrize(("module", "kind"), [(eye, Eye), (ear, Ear)])
@pytest.mark.parametrize(
    ("error", "cause", "is_traced"),
    [
        (ZeroDivisionError("a driver's own"), "an error of the program (ZeroDivisionError)", True),
        (DeviceError(Text("没有", "there is none"), Text("", "")), "there is none", False),
    ],
)
def test_a_device_that_raises_anything_is_opened_again(
    monkeypatch, caplog, module, kind, error, cause, is_traced
):
    monkeypatch.setattr(module, "REOPEN_S", 0.01)
    opened: list[int] = []

    def fails():
        opened.append(1)
        raise error

    device = kind(fails, Chronicle())
    device.start()
    eventually(lambda: len(opened) > 2)
    device.stop()
    assert device.cause.en == cause
    assert ("Traceback" in caplog.text) is is_traced  # a log has no room for one every 2 s


def test_an_opener_that_raises_anything_opens_the_next_time():
    answers = [ZeroDivisionError("a driver's own arithmetic"), Screen(2, 2)]

    def opener():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    patient = Patient(opener, limit_s=5.0)
    with pytest.raises(ZeroDivisionError):
        patient()
    assert isinstance(patient(), Screen)


class Failing(TrackThread):
    """A track that fails at once with each of `errors`, then records nothing."""

    def __init__(self, folder: Path, *errors: Exception) -> None:
        super().__init__("camera", Chronicle(), Rate(10), folder)
        self.errors = list(errors)

    def _run(self) -> None:
        self._is_live("camera", "a camera")
        if self.errors:
            raise self.errors.pop(0)
        self._stopping.wait()

    def let_go(self) -> None:
        pass


def test_a_track_outlives_any_error_and_names_it_without_a_path(tmp_path, monkeypatch):
    monkeypatch.setattr(track, "RETRY_S", 0.01)
    home = f"/home/zhang-san/{errno.EIO}"
    failing = Failing(
        tmp_path, ZeroDivisionError("/home/zhang-san"), OSError(errno.EIO, "io", home)
    )
    failing.start()
    eventually(lambda: not failing.errors and failing.sources()[0].state == "live")
    assert failing.stop()
    causes = [state.why for state in failing._chronicle.of(State) if state.state == "slate"]
    assert [cause.en for cause in causes] == [
        "an error of the program (ZeroDivisionError)",
        "the disk fails",
    ]
    assert "zhang" not in "".join(cause.zh + cause.en for cause in causes)


def test_a_screen_that_opens_and_cannot_be_read_is_not_opened_without_a_pause(
    tmp_path, monkeypatch
):
    class Locked(Screen):
        def read(self):
            raise DeviceError(Text("锁屏", "locked"), Text("", ""))

    opened: list[Locked] = []

    def open_screen() -> Locked:
        opened.append(Locked(320, 240))
        return opened[-1]

    monkeypatch.setattr(screentrack, "REOPEN_S", 60.0)
    screen = ScreenTrack(tmp_path, 1, Recording(), open_screen, Chronicle())
    screen.start()
    eventually(lambda: opened)
    time.sleep(0.3)
    assert len(opened) == 1
    assert screen.stop()


def test_a_screen_that_was_read_is_opened_again_at_once(tmp_path, monkeypatch):
    class Lost(Screen):
        def read(self):
            if self.number:
                raise DeviceError(Text("断开", "lost"), Text("", ""))
            return super().read()

    opened: list[Lost] = []

    def open_screen() -> Lost:
        opened.append(Lost(320, 240))
        return opened[-1]

    monkeypatch.setattr(screentrack, "REOPEN_S", 60.0)
    screen = ScreenTrack(tmp_path, 1, Recording(), open_screen, Chronicle())
    screen.start()
    eventually(lambda: len(opened) > 2)
    assert screen.stop()


def test_no_byte_comes_after_what_the_close_record_will_name(tmp_path, monkeypatch):
    moves = threading.Event()
    write = files.os.write

    class Slow:
        def __getattr__(self, name: str):
            return getattr(files_os, name)

        def write(self, descriptor, data) -> int:
            assert moves.wait(20)
            return write(descriptor, data)

    files_os = files.os
    monkeypatch.setattr(files, "os", Slow())
    writer = TrackWriter(tmp_path / "screen-01.mp4", 0)
    for _ in range(50):
        writer.write(BOX)
    hanging = Failing(tmp_path)  # its muxer is never closed
    hanging._parts.append(writer)
    cutting = threading.Thread(target=hanging.cut_off)
    cutting.start()
    cutting.join(0.3)
    assert cutting.is_alive()  # what was taken is not in the file yet
    moves.set()
    cutting.join(20)
    size = (tmp_path / "screen-01.mp4").stat().st_size
    taken = writer.take_range()
    assert taken is not None
    assert (size, taken.bytes) == (len(BOX) * 50, (0, len(BOX) * 50))
    with pytest.raises(TimeoutError):
        writer.write(BOX)
    writer.close()


def test_a_track_that_does_not_end_is_cut_off_before_the_end_is_written(tmp_path: Path):
    running = Running(tmp_path, NO_PLAN)
    order: list[str] = []

    class Hanging(Failing):
        def stop(self, timeout_s: float = 0) -> bool:
            order.append("stop")
            return False

        def cut_off(self) -> None:
            order.append("cut off")

    running.session._threads = [Hanging(running.folder.path)]
    cover = running.chronicle.cover
    running.chronicle.cover = lambda: (order.append("cover"), cover())
    running.end()
    assert order[-3:] == ["stop", "cut off", "cover"]


@pytest.mark.parametrize("error", [OSError(errno.EIO, "io"), ZeroDivisionError()])
def test_a_journal_that_fails_is_left_open_for_the_next_recorder(tmp_path: Path, error):
    folder = SessionFolder(tmp_path / "session").create()
    chronicle, stage = RealChronicle(folder, Ed25519PrivateKey.generate()), Stage()
    chronicle.append(Consent(items=("recording",)))
    session = RecorderSession(folder, chronicle, NO_PLAN, stage, Past())

    def fails() -> None:
        raise error

    chronicle.cover = fails
    with pytest.raises(type(error)):
        session.run(stage, "stopped")
    kinds = [type(line.entry) for line in read_journal(folder.journal) if isinstance(line, Line)]
    assert kinds == [Consent]  # nothing says that it ended
