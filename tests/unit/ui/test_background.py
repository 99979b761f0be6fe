"""Work off the window's thread: outcome on it, lanes apart, nothing left after closing."""

import threading

import pytest
from PySide6.QtCore import QThread, QTimer

from client.ui.background import Background, Lane


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    assert made.close()


def ignore(_):
    pass


def test_the_result_arrives_on_the_windows_thread(background, qtbot):
    seen = []
    background.run(
        Lane.STEP,
        threading.get_ident,
        lambda worked_in: seen.append((worked_in, threading.get_ident())),
        ignore,
    )
    qtbot.waitUntil(lambda: bool(seen))
    ((worked_in, told_in),) = seen
    assert worked_in != told_in == threading.get_ident()


def test_an_error_arrives_on_the_windows_thread(background, qtbot):
    seen = []

    def work():
        raise OSError("no")

    background.run(
        Lane.STEP, work, ignore, lambda error: seen.append((error, QThread.currentThread()))
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0][0], OSError)
    assert seen[0][1] is QThread.currentThread()


def test_a_lane_does_one_thing_at_a_time_and_in_order(background, qtbot):
    at_once, most, order = [], [], []

    def work(number):
        at_once.append(number)
        most.append(len(at_once))
        at_once.remove(number)
        return number

    for number in range(20):
        background.run(Lane.VIEW, lambda n=number: work(n), order.append, ignore)
    assert background.is_busy(Lane.VIEW)
    qtbot.waitUntil(lambda: len(order) == 20)
    assert order == list(range(20))
    assert set(most) == {1}
    assert not background.is_busy(Lane.VIEW)


def test_a_hanging_lane_stops_neither_the_window_nor_another_lane(background, qtbot):
    gate, seen, ticks = threading.Event(), [], []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(10)
    background.run(Lane.VIEW, gate.wait, seen.append, ignore)
    background.run(Lane.STEP, lambda: "step", seen.append, ignore)
    qtbot.waitUntil(lambda: len(ticks) >= 10)
    assert seen == ["step"]
    gate.set()
    qtbot.waitUntil(lambda: seen == ["step", True])


def test_closing_drops_what_waits_runs_the_last_word_and_ends_the_threads(qapp, qtbot):
    background, gate, done = Background(), threading.Event(), []
    background.run(Lane.STEP, lambda: done.append("running") or gate.wait(), done.append, ignore)
    background.run(Lane.STEP, lambda: done.append("never"), done.append, ignore)
    qtbot.waitUntil(lambda: done == ["running"])
    threading.Timer(0.05, gate.set).start()
    assert background.close(lambda: done.append("last"))
    qapp.processEvents()
    assert done == ["running", "last"]
    background.run(Lane.STEP, lambda: done.append("late"), ignore, ignore)
    assert done == ["running", "last"]
    assert [t for t in threading.enumerate() if t.name.startswith("window-")] == []


def test_a_call_that_never_returns_is_left_behind(qapp):
    background, gate, started = Background(), threading.Event(), threading.Event()
    background.run(Lane.VIEW, lambda: started.set() or gate.wait(), ignore, ignore)
    assert started.wait(5)
    assert not background.close(seconds=0.05)
    (thread,) = (t for t in threading.enumerate() if t.name.startswith("window-"))
    assert thread.daemon
    gate.set()
    thread.join(5)
    assert not thread.is_alive()
