"""What `make screenshots` draws: each page on a simulated session, in the order of a contest."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from client.ui.window import Window


def wait(app: QApplication, seconds: float = 0.15) -> None:
    """Let everything that is due happen."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.01)


Scene = Callable[..., Any]
LOST = {"camera": ("slate", "摄像头没有新画面")}


def scenes() -> dict[str, Scene]:
    """Return what is drawn, in the order in which a contestant comes by."""
    from client.attempt.states import State
    from client.ui.guide import Memory
    from client.ui.widgets.ribbon import TRIAL

    read, known = Memory(rules_read=True), Memory(logged_in=True)
    return {
        "01-start": start,
        "02-rules": session(State.ENROLLED),
        "03-consent": session(State.ENROLLED, read),
        "04-declined": session(State.ENROLLED, Memory(rules_read=True, declined=True)),
        "05-check": session(State.CONSENTED),
        "05-checking": session(State.CONSENTED, then=checking(2.0)),
        "05-checked": session(State.CONSENTED, then=checking(9.0)),
        "06-early": session(State.PREFLIGHTED, minutes=-70),
        "07-begin": session(State.PREFLIGHTED),
        "08-late": session(State.PREFLIGHTED, minutes=20),
        "09-identity": session(State.IDENTITY, then=coached),
        "09-identity-early": session(State.IDENTITY, then=pressed_early),
        "10-open-site": session(State.CONTEST),
        "11-login": session(State.CONTEST, Memory(site_opened=True)),
        "12-wait": session(State.CONTEST, known, minutes=12),
        "13-work": session(State.CONTEST, known, minutes=60, then=filmed),
        "13-unsubmitted": session(State.CONTEST, known, minutes=60, then=ending),
        "13-closing": session(State.CONTEST, known, minutes=60, then=closing),
        "14-camera-lost": session(State.CONTEST, known, minutes=60, sources=LOST),
        "15-handed-in": session(State.HANDED_IN, minutes=100, then=filmed),
        "16-sealing": session(State.SEALING, minutes=130),
        "17-uploading": session(State.UPLOADING, minutes=130),
        "17-upload-away": session(State.UPLOADING, minutes=130, then=away),
        "18-stored": session(State.STORED, minutes=131),
        "20-bar": bar(),
        "21-bar-incident": bar("note"),
        "22-bar-folded": bar("fold"),
        "23-display": display,
        "24-help": aside("help"),
        "25-retention": aside("retention"),
        "26-emergency": aside("emergency"),
        "27-technician": technician,
        "28-room": on_site("room"),
        "29-typing": on_site("typing"),
        "30-trial-ready": trial_ready,
        "31-trial-consent": trial(State.ENROLLED, read),
        "32-trial-identity": trial(State.IDENTITY),
        "32-trial-leaving": trial(State.IDENTITY, then=leaving),
        "32-trial-bar": bar(kind=TRIAL),
        "33-trial-tried": trial(State.STORED, minutes=131),
        "34-trial-watched": trial(State.STORED, Memory(watched=True), minutes=131),
    }


def a_session(
    state: Any, minutes: float, sources: dict[str, tuple[str, str]], plan: Any = None
) -> Any:
    """Return a simulated session, `minutes` after filming must run; a stored one has a receipt."""
    from client.attempt.states import State
    from client.attempt.view import Sent
    from client.contest.signed import public_key
    from tests.simulators.receipt import KEY, plan_signed_by, storage_receipt
    from tests.simulators.session import FakeSession

    folder = Path(tempfile.mkdtemp(prefix="saijian-shots-"))
    made = FakeSession(folder, state, plan_signed_by(public_key(KEY), plan=plan))
    made.now_us = made.schedule.filming_us + round(minutes * 60_000_000)
    made.sources, made.alarms = sources, set(sources)
    if path_is_behind(state):
        made.sent = Sent(recorded_bytes=412_000_000, sent_bytes=398_000_000, address="203.0.113.45")
    if state is State.STORED:
        made.sent = replace(made.sent, sent_bytes=made.sent.recorded_bytes)
        made.folder.path.mkdir()
        made.folder.receipts.write_text(json.dumps(storage_receipt()) + "\n", "utf-8")
    return made


def path_is_behind(state: Any) -> bool:
    """Tell whether something was recorded before `state`."""
    from client.ui.widgets.recording import BEFORE

    return state not in BEFORE


def a_picture() -> bytes:
    """Return what the camera sees: somebody with an invented card, a JPEG."""
    import cv2

    from tests.identity_scenes.scene import scene

    chosen = replace(scene(3), card_width=520, ground="person", light=0.95, glare="none", blur=0.0)
    (picture,) = chosen.pictures(1, compressed=False)
    small = cv2.resize(picture, (640, 360), interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", small)[1].tobytes())


# ---- what happens on a page ------------------------------------------------------------------
def filmed(app: QApplication, window: Window, made: Any) -> None:
    """Let the camera deliver a picture, and the upload run for some minutes."""
    made.jpeg = a_picture()
    now_s, total = time.monotonic() - 210, made.sent.sent_bytes - 40 * 500_000
    for number in range(40):
        total += (9 + number % 7) * 30_000
        window.page.panel.rate.heard(total, now_s + number * 5)
    wait(app, 1.2)


def away(app: QApplication, window: Window, made: Any) -> None:
    """Let the organizer not answer."""
    from client.base.text import Text

    said = Text("连不上组委会服务器，会自动重试。", "The organizer cannot be reached; tried again.")
    made.sent = replace(made.sent, problem=said)
    wait(app, 1.2)


def coached(app: QApplication, window: Window, made: Any) -> None:
    """Let the coach say what is wrong, for longer than it is patient."""
    from client.identity.coach import Coaching
    from client.identity.faults import Fault
    from client.identity.steps import Walk, steps_of

    walk = Walk(steps_of(back=False, sentence=True), at=1, lacking=Fault.GLARE)
    card = ((0.3, 0.4), (0.7, 0.4), (0.7, 0.8), (0.3, 0.8))
    made.coaching = Coaching(walk, may_skip=True, is_working=True, card=card)
    filmed(app, window, made)


def pressed_early(app: QApplication, window: Window, made: Any) -> QWidget:
    """Press the big button before the coach is content."""
    coached(app, window, made)
    window.page.big.click()
    return window.page.question


def closing(app: QApplication, window: Window, made: Any) -> QWidget:
    """Close the window while it records."""
    window.close()
    return window.dialog


def ending(app: QApplication, window: Window, made: Any) -> QWidget:
    """End the recording before the paper is over."""
    from client.ui.guide import Call

    window.page.quiet.buttons[Call.END].chosen.emit()
    return window.page.question


def leaving(app: QApplication, window: Window, made: Any) -> QWidget:
    """Leave a trial while it records."""
    from client.ui.trying import Trying

    window.trying = Trying(window, _Trials())
    window.trying.leave()
    return window.trying.question


def checking(seconds: float) -> Callable[..., None]:
    """Return what starts the checks of this machine and waits so long."""

    def act(app: QApplication, window: Window, made: Any) -> None:
        made.checks_here = real_checks()
        window.page.big.chosen.emit()
        wait(app, seconds)

    return act


def real_checks() -> Any:
    """Return the checks of a computer; they open no device."""
    from client.preflight.standard import full_checks
    from tests.simulators.session import make_plan

    folder = Path(tempfile.mkdtemp(prefix="saijian-shots-"))
    return full_checks(make_plan(), folder, None, None, devices_allowed=False)


@contextmanager
def a_window(
    app: QApplication, look: Any, settings: Any, shown: Any = None, **more: Any
) -> Iterator[Window]:
    """Show a window on a session, or the start page, until it was drawn."""
    from client.ui.start import StartPoint, Wish
    from client.ui.window import Window

    def nobody(*_: object) -> Any:
        raise AssertionError("nobody enrols here")

    start = StartPoint(nobody, lambda: (), nobody, Wish(), settings=settings, **more)
    window = Window(start, look)
    window.show()
    if shown is not None:
        window.show_session(*shown)
    wait(app, 0.4)
    try:
        yield window
    finally:
        window._may_close = True
        window.close()


def session(
    state: Any,
    memory: Any = None,
    *,
    minutes: float = -10,
    sources: dict[str, tuple[str, str]] | None = None,
    then: Callable[..., QWidget | None] | None = None,
) -> Scene:
    """Return the scene of a session in `state`; `then` may lead to a dialog."""

    @contextmanager
    def scene(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
        from client.ui.guide import NOTHING_YET

        made = a_session(state, minutes, sources or {})
        shown = (made, memory or NOTHING_YET)
        with a_window(app, look, settings, shown, trials=_Trials()) as window:
            wait(app, 0.3)
            yield (then(app, window, made) if then else None) or window

    return scene


class _Trials:
    """Trials for the pictures: one is never ready."""

    def clear(self) -> int:
        return 0

    def hindrance(self) -> None:
        return None

    def begin(self, _wish: Any, tally: Any) -> Any:
        import time

        while True:
            tally.look()
            time.sleep(0.05)


def trial(
    state: Any,
    memory: Any = None,
    *,
    minutes: float = -10,
    then: Callable[..., QWidget] | None = None,
) -> Scene:
    """Return the scene of a trial, 试一遍, in `state`."""

    @contextmanager
    def scene(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
        from client.ui.guide import NOTHING_YET
        from tests.simulators.session import make_plan

        name = {
            "zh": "试一遍：2026 年电子商务师职业技能大赛初赛",
            "en": "Trial run: E-commerce 2026",
        }
        made = a_session(state, minutes, {}, make_plan(rehearsal=True, name=name))
        known = replace(memory or NOTHING_YET, is_trial=True)
        with a_window(app, look, settings, (made, known)) as window:
            wait(app)
            yield then(app, window, made) if then else window

    return scene


@contextmanager
def trial_ready(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
    """A trial that is made ready."""
    with a_window(app, look, settings, trials=_Trials()) as window:
        window.page.trial.button.click()
        wait(app, 0.5)
        yield window
        window.trying.leave()
        wait(app, 0.3)


@contextmanager
def start(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
    """The form."""
    with a_window(app, look, settings, trials=_Trials()) as window:
        wait(app)
        yield window


@contextmanager
def display(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
    """The dialog for language, colours and type."""
    from client.ui.pages.display import DisplayDialog

    with a_window(app, look, settings) as window:
        dialog = DisplayDialog(look, settings, window)
        dialog.show()
        yield dialog


def aside(name: str) -> Scene:
    """Return the scene of a page that the rail opens, before a session in the contest."""

    @contextmanager
    def scene(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
        from client.attempt.states import State
        from client.ui.guide import Memory
        from tests.builders import Script, build_session

        made = a_session(State.CONTEST, 60, {})
        home = made.folder.path.parent / "home"
        if name != "help":
            build_session(home / "sessions", Script(seconds=6))
        shown = None if name == "emergency" else (made, Memory(logged_in=True))
        with a_home(home), a_window(app, look, settings, shown) as window:
            window.page.rail.asides[name].click()
            wait(app, 1.0)
            yield window

    return scene


@contextmanager
def a_home(folder: Path) -> Iterator[None]:
    """Let this user's sessions lie in `folder` for a while."""
    before = os.environ.get("SAIJIAN_HOME")
    os.environ["SAIJIAN_HOME"] = str(folder)
    try:
        yield
    finally:
        del os.environ["SAIJIAN_HOME"]
        if before is not None:
            os.environ["SAIJIAN_HOME"] = before


@contextmanager
def technician(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
    """The page that checks a computer without a session, with its real results."""
    from client.preflight.checkup import Checkup
    from client.preflight.reports.own import OwnRuns

    class Room:
        def checkup(self, _plan: str, *, devices: bool) -> Checkup:
            return Checkup(real_checks, OwnRuns(Path(tempfile.mkdtemp(prefix="saijian-shots-"))))

    with a_window(app, look, settings, technician=Room()) as window:
        window.page.check_only.click()
        wait(app)
        window.page.big.chosen.emit()
        wait(app, 9.0)
        yield window


def on_site(name: str) -> Scene:
    """Return the scene of a dialog for what somebody has to do at the computer."""

    @contextmanager
    def scene(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
        from client.attempt.states import State
        from client.ui.guide import NOTHING_YET

        made = a_session(State.CONSENTED, -10, {})
        with a_window(app, look, settings, (made, NOTHING_YET)) as window:
            wait(app)
            row = window.page.checks.on_site
            {"room": row.room_button, "typing": row.type_button}[name].click()
            wait(app, 0.5)
            yield getattr(row, name)

    return scene


def bar(how: str = "", kind: Any = None) -> Scene:
    """Return the scene of the bar, asking for words or folded."""

    @contextmanager
    def scene(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
        from client.attempt.states import State
        from client.ui.widgets.bar import ContestBar

        made = ContestBar(look, kind)
        made.show_view(replace(a_session(State.CONTEST, 60, {}).view()))
        made.place(app.primaryScreen().availableGeometry())
        made.show()
        if how == "note":
            made.ask_for_words("09:42:34")
        elif how == "fold":
            made.set_folded(folded=True)
        try:
            yield made
        finally:
            made.close()

    return scene
