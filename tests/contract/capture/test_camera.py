"""Every camera source keeps the same promises: the test picture and a real MJPEG stream."""

from __future__ import annotations

import contextlib
import gc
import signal
import threading
import time

import pytest

from client.base.clock import SECOND_US, monotonic_us
from client.base.errors import DeviceError
from client.capture.camera import open_camera
from client.capture.delay import UNKNOWN, Delay
from tests import devices

FPS = 15


@contextlib.contextmanager
def simulated():
    yield "test", "simulated"


@contextlib.contextmanager
def stream():
    with devices.mjpeg_camera(640, 360, FPS) as camera:
        yield camera.address, "loopback"


@pytest.fixture(params=[simulated, stream])
def place(request):
    with request.param() as (source, origin):
        yield source, origin


@pytest.fixture
def camera(place):
    source = open_patiently(place[0])
    yield source
    source.close()


def open_patiently(source: str):
    """Open a camera whose server may be starting again: ffmpeg serves one reader at a time."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return open_camera(source, 640, 360, FPS)
        except DeviceError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def read_to_the_end(camera) -> None:
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        camera.read()


def test_it_says_what_it_is(place, camera) -> None:
    assert camera.origin == place[1]
    assert camera.name
    assert (camera.width, camera.height) == (640, 360)
    assert 1 <= camera.fps <= 120


def test_only_the_simulation_knows_its_delay(place, camera) -> None:
    for _ in range(FPS * 2):
        camera.read()
    known = Delay(0, "simulation") if place[1] == "simulated" else UNKNOWN
    assert camera.delay() == known


def test_pictures_come_in_time_with_their_moments(camera) -> None:
    camera.read()
    frames = [camera.read() for _ in range(FPS)]
    assert None not in frames
    assert all(frame.image.shape == (360, 640, 3) for frame in frames)
    moments = [frame.at_us for frame in frames]
    assert moments == sorted(set(moments))
    assert 0.7 < (moments[-1] - moments[0]) / SECOND_US < 1.3  # 14 frame times of 1/15 s
    assert 0 <= monotonic_us() - moments[-1] < SECOND_US // 10


def test_the_picture_moves(camera) -> None:
    first = camera.read().image
    kept = first.copy()
    second = camera.read().image
    assert (first != second).any()
    assert (first == kept).all()  # it belongs to the caller


def test_a_slow_reader_misses_pictures_but_never_lags(camera) -> None:
    camera.read()
    threading.Event().wait(1.0)  # a second in which nobody reads
    camera.read()
    assert monotonic_us() - camera.read().at_us < SECOND_US // 5


def test_close_returns_at_once_while_another_thread_reads(camera) -> None:
    reading = threading.Event()
    ended = []

    def read() -> None:
        with contextlib.suppress(DeviceError):
            while (frame := camera.read()) is not None:
                reading.set()
                assert frame.image.any()
        ended.append(True)

    thread = threading.Thread(target=read)
    thread.start()
    assert reading.wait(5)
    begun = time.monotonic()
    camera.close()
    camera.close()
    assert time.monotonic() - begun < 0.1
    thread.join(2)
    assert ended


def test_opening_again_and_again_leaves_nothing_behind(place) -> None:
    def use() -> None:
        camera = open_patiently(place[0])
        assert camera.read() is not None
        camera.close()

    def settled() -> tuple[int, int]:
        deadline = time.monotonic() + 5
        while any(t.name == "camera-reader" for t in threading.enumerate()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        gc.collect()
        return devices.open_files(), threading.active_count()

    use()
    before = settled()
    for _ in range(5):
        use()
    assert settled() == before


def test_a_stream_that_stalls_is_lost_and_comes_back() -> None:
    with devices.mjpeg_camera(320, 240, FPS) as server:
        camera = open_patiently(server.address)
        camera.read()
        stalled = server.processes[-1]
        stalled.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(DeviceError, match="was lost"):
            read_to_the_end(camera)
        assert time.monotonic() - begun < 4
        camera.close()
        stalled.kill()
        again = open_patiently(server.address)
        assert again.read() is not None
        again.close()


def test_nothing_new_within_half_a_second_is_none() -> None:
    with devices.mjpeg_camera(320, 240, FPS) as server:
        camera = open_patiently(server.address)
        server.processes[-1].send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        while camera.read() is not None:  # what was under way
            assert time.monotonic() < begun + 2
        assert time.monotonic() - begun < 1.2
        camera.close()
        server.processes[-1].send_signal(signal.SIGCONT)


def test_opencv_says_nothing_on_standard_error(capfd) -> None:
    with devices.mjpeg_camera(320, 240, FPS) as server:
        camera = open_patiently(server.address)
        camera.read()
        server.processes[-1].kill()
        with pytest.raises(DeviceError):
            read_to_the_end(camera)
        camera.close()
    with pytest.raises(DeviceError):
        open_camera(server.address, 320, 240, FPS)
    assert capfd.readouterr().err == ""
