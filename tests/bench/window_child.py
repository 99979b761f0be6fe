"""The window in a process of its own on a simulated session, measured from inside.

    python -m tests.bench.window_child start|walk|record FOLDER [SECONDS]

All but `painted_at` is processor time, so that what else this machine does changes little. Prints
JSON.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QBuffer, QEvent, QIODevice, QObject, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from client.attempt.states import Event, State
from client.contest.signed import public_key
from client.ui import app as application
from client.ui.settings import Settings
from client.ui.start import StartPoint, Wish
from client.ui.window import Window
from tests.simulators.receipt import KEY, plan_signed_by, storage_receipt
from tests.simulators.session import FakeSession

PICTURE = (640, 360)
SETTLES_MS = 2000
DAY = (
    Event.ENROL, Event.CONSENT, Event.PREFLIGHT, Event.BEGIN, Event.BEGIN_CONTEST, Event.LOGIN,
    Event.HAND_IN, Event.END, Event.CLOSE, Event.SEAL, Event.STORE,
)  # fmt: skip
"""A contestant's whole way."""
STEP_MS = 900
"""A state is shown so long: view, picture and clock come by, the big button is armed."""


@dataclass(frozen=True)
class Handled:
    """One event from the loop, with all that it set off; `ms` of the thread's processor time."""

    ms: float
    kind: str
    receiver: str
    during: str


class Measured(QApplication):
    """Notes what each event costs that the loop itself delivers."""

    def __init__(self, words: list[str]) -> None:
        """Note from now on."""
        super().__init__(words)
        self.handled: list[Handled] = []
        self.during = "start"
        self._depth = 0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Deliver; nested events belong to the one that set them off."""
        if self._depth:
            return bool(super().notify(receiver, event))
        kind, name = event.type(), type(receiver).__name__
        self._depth += 1
        before = time.thread_time()
        try:
            return bool(super().notify(receiver, event))
        finally:
            self._depth -= 1
            ms = (time.thread_time() - before) * 1000
            self.handled.append(Handled(round(ms, 2), kind.name, name, self.during))


class Painted(QObject):
    """Tells the process's processor time when the window was first painted."""

    def __init__(self, then: Callable[[float], None]) -> None:
        """Call `then` once."""
        super().__init__()
        self._then: Callable[[float], None] | None = then

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Look for the first update of a top window's pixels."""
        is_window = isinstance(watched, QWidget) and watched.isWindow()
        if self._then and is_window and event.type() == QEvent.Type.UpdateRequest:
            then, self._then = self._then, None
            QTimer.singleShot(0, lambda: then(time.process_time()))
        return False


def jpeg(number: int) -> bytes:
    """Return a picture as the recorder's preview sends it."""
    image = QImage(*PICTURE, QImage.Format.Format_RGB32)
    image.fill(QColor.fromHsv(number * 7 % 360, 120, 200))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")
    return bytes(buffer.data().data())


def start_point(session: FakeSession) -> StartPoint:
    """Return a window's beginning at `session`."""

    def refuse(*_: Any) -> Any:
        raise AssertionError("nobody enrols here")

    wish, settings = Wish(session.folder.path), Settings(language="zh", theme="light")
    return StartPoint(refuse, lambda: (), lambda _: session, wish, settings=settings)


def with_application(act: Callable[[QApplication], None]) -> None:
    """Call `act` as soon as there is an application: only then there are timers."""
    made = application.application

    def watched() -> QApplication:
        app = made()
        act(app)
        return app

    application.application = watched


def leave() -> None:
    """Close the window, though nobody is here to hold the button."""
    for window in QApplication.topLevelWidgets():
        if isinstance(window, Window):
            window._may_close = True
            window.close()


def start(_folder: Path, _seconds: float) -> dict[str, Any]:
    """Return what `saijian window` took until its first window was painted, and when that was."""
    from client.__main__ import main

    found: dict[str, Any] = {}

    def painted(seconds: float) -> None:
        found["cpu_s"] = round(seconds, 3)
        found["painted_at"] = time.time()
        leave()

    filter_ = Painted(painted)
    with_application(lambda app: app.installEventFilter(filter_))
    sys.argv = ["saijian", "window"]
    main()
    return found


def walk(folder: Path, seconds: float) -> dict[str, Any]:
    """Return the dearest events of all states in order, each shown for `seconds`."""
    application.QApplication = Measured
    session = FakeSession(folder, State.NEW, plan_signed_by(public_key(KEY)))
    session.folder.path.mkdir()
    session.folder.receipts.write_text(json.dumps(storage_receipt()) + "\n", encoding="utf-8")
    events = list(DAY)
    measured: list[Measured] = []

    def step() -> None:
        if not events:
            leave()
            return
        session.jpeg = jpeg(len(events))
        event = events.pop(0)
        measured[0].during = event.name
        session.happen(event)
        QTimer.singleShot(int(seconds * 1000), step)

    def begin(app: QApplication) -> None:
        assert isinstance(app, Measured)
        measured.append(app)
        QTimer.singleShot(int(seconds * 1000), step)

    with_application(begin)
    application.run(start_point(session))
    handled = measured[0].handled
    return {
        "events": len(handled),
        "during": sorted({one.during for one in handled}),
        "dearest": [asdict(one) for one in sorted(handled, key=lambda one: -one.ms)[:12]],
    }


def record(folder: Path, seconds: float) -> dict[str, Any]:
    """Return the share of one core, and the memory, of a window that watches a contest."""
    session = FakeSession(folder, State.CONTEST)
    session.happen(Event.LOGIN)
    marks: list[tuple[float, float]] = []
    frames = itertools.cycle([jpeg(number) for number in range(20)])
    begun_us, begun_s = session.now_us, time.monotonic()

    def come() -> None:
        session.jpeg = next(frames)
        session.now_us = begun_us + int((time.monotonic() - begun_s) * 1e6)

    def mark() -> None:
        marks.append((time.monotonic(), time.process_time()))

    def end() -> None:
        mark()
        leave()

    def begin(app: QApplication) -> None:
        timer = QTimer(app, interval=333)
        timer.timeout.connect(come)
        timer.start()
        QTimer.singleShot(SETTLES_MS, mark)
        QTimer.singleShot(SETTLES_MS + int(seconds * 1000), end)

    with_application(begin)
    application.run(start_point(session))
    (wall, cpu), (wall_end, cpu_end) = marks
    memory = psutil.Process().memory_info().rss
    return {"core": round((cpu_end - cpu) / (wall_end - wall), 4), "rss_mb": round(memory / 1e6, 1)}


WAYS = {"start": start, "walk": walk, "record": record}

if __name__ == "__main__":
    way, place, *rest = sys.argv[1:]
    figures = WAYS[way](Path(place), float(rest[0]) if rest else STEP_MS / 1000)
    sys.stdout.write(json.dumps(figures) + "\n")
