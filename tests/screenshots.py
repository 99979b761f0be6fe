"""Pictures of every page, to be looked at: `make screenshots`, or `python -m tests.screenshots`.

Both languages, all colours, 100% and 200%, plain and large type, on a screen of 1366 x 768 (twice
that at 200%). The session behind them is simulated. One process a look: Qt takes its scale once.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from client.ui.window import Window

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "screenshots" / "pages"
LANGUAGES, THEMES, SCALES = ("zh", "en"), ("light", "dark", "contrast"), ("1", "2")
GUIDES = ROOT / "docs" / "pictures"
GUIDE_WIDTH = 720
IN_GUIDES = (
    "01-start",
    "03-consent",
    "05-check",
    "09-identity",
    "13-work",
    "15-handed-in",
    "18-stored",
    "24-help",
    "25-retention",
    "27-technician",
)
WIDTH, HEIGHT = 1366, 728
"""A notebook's screen without the taskbar."""
LOOKS = [
    *(
        (language, theme, scale, False)
        for language, theme, scale in itertools.product(LANGUAGES, THEMES[:2], SCALES)
    ),
    *((language, "contrast", "1", False) for language in LANGUAGES),
    *((language, "light", "1", True) for language in LANGUAGES),
]


def main() -> int:
    """Draw all looks, or the one that is asked for; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--docs", action="store_true", help="only the guides' pictures, in place")
    parser.add_argument("--one", nargs=4, help="language theme scale large(0/1)")
    args = parser.parse_args()
    if args.one:
        language, theme, _, large = args.one
        draw_all(args.out, language, theme, large=large == "1")
        return 0
    if args.docs:
        return draw_guides()
    for language, theme, scale, large in LOOKS:
        name = f"{language}-{theme}-{scale}00" + ("-large" if large else "")
        draw_apart(args.out / name, language, theme, scale, large=large)
        count = len(list((args.out / name).glob("*.png")))
        sys.stdout.write(f"{name}: {count} 张 / pictures\n")
    sys.stdout.write(f"→ {args.out}\n")
    return 0


def draw_apart(out: Path, language: str, theme: str, scale: str, *, large: bool) -> None:
    """Draw every page in one look into `out`, in a process of its own."""
    here = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": scale,
        "PYTHONPATH": str(ROOT),
    }
    one = ["--one", language, theme, scale, str(int(large)), "--out", str(out)]
    subprocess.run([sys.executable, "-m", "tests.screenshots", *one], env=here, check=True)


def draw_guides() -> int:
    """Draw the pictures of the guides again, small and with few colours; return an exit code."""
    from PIL import Image

    GUIDES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as drawn:
        draw_apart(Path(drawn), "zh", "light", "1", large=False)
        for name in IN_GUIDES:
            with Image.open(Path(drawn) / f"{name}.png") as whole:
                height = round(whole.height * GUIDE_WIDTH / whole.width)
                small = whole.convert("RGB").resize((GUIDE_WIDTH, height), Image.Resampling.LANCZOS)
            target = GUIDES / f"{name}.png"
            small.quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)
            sys.stdout.write(f"{target.name}: {target.stat().st_size / 1000:.0f} kB\n")
    return 0


def draw_all(out: Path, language: str, theme: str, *, large: bool) -> None:
    """Draw every page in one look into `out`."""
    from client.ui.app import application, dress
    from client.ui.pages import status
    from client.ui.settings import Settings

    out.mkdir(parents=True, exist_ok=True)
    status.ARM_MS = 1  # nobody double-clicks here
    app = application()
    settings = Settings.model_validate({"language": language, "theme": theme, "large": large})
    look = dress(app, settings)
    for name, scene in scenes().items():
        with scene(app, look, settings) as shown:
            wait(app)
            shown.grab().save(str(out / f"{name}.png"))


def wait(app: QApplication, seconds: float = 0.15) -> None:
    """Let everything that is due happen."""
    import time

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.01)


Scene = Callable[..., Any]


def scenes() -> dict[str, Scene]:
    """Return what is drawn, in the order in which a contestant comes by."""
    from client.attempt.states import State
    from client.ui.guide import Memory

    read = Memory(rules_read=True)
    lost = {"camera": ("slate", "摄像头没有新画面")}
    return {
        "01-start": start,
        "02-rules": session(State.ENROLLED),
        "03-consent": session(State.ENROLLED, read),
        "04-declined": session(State.ENROLLED, Memory(rules_read=True, declined=True)),
        "05-check": session(State.CONSENTED),
        "06-early": session(State.PREFLIGHTED, minutes=-70),
        "07-begin": session(State.PREFLIGHTED),
        "08-late": session(State.PREFLIGHTED, minutes=20),
        "09-identity": session(State.IDENTITY),
        "10-open-site": session(State.CONTEST),
        "11-login": session(State.CONTEST, Memory(site_opened=True)),
        "12-wait": session(State.CONTEST, Memory(logged_in=True), minutes=12),
        "13-work": session(State.CONTEST, Memory(logged_in=True), minutes=60),
        "14-camera-lost": session(State.CONTEST, Memory(logged_in=True), minutes=60, sources=lost),
        "15-handed-in": session(State.HANDED_IN, minutes=100),
        "16-sealing": session(State.SEALING, minutes=130),
        "17-uploading": session(State.UPLOADING, minutes=130),
        "18-stored": session(State.STORED, minutes=131),
        "20-bar": bar(),
        "21-bar-incident": bar("note"),
        "22-bar-folded": bar("fold"),
        "23-display": display,
        "24-help": aside("help"),
        "25-retention": aside("retention"),
        "26-emergency": aside("emergency"),
        "27-technician": technician,
        "28-trial-ready": trial_ready,
        "29-trial-consent": trial(State.ENROLLED, read),
        "30-trial-identity": trial(State.IDENTITY),
        "31-trial-tried": trial(State.STORED, minutes=131),
        "32-trial-watched": trial(State.STORED, Memory(watched=True), minutes=131),
    }


def a_session(
    state: Any, minutes: float, sources: dict[str, tuple[str, str]], plan: Any = None
) -> Any:
    """Return a simulated session, `minutes` after filming must run."""
    from client.attempt.view import Sent
    from tests.simulators.session import FakeSession

    made = FakeSession(Path(tempfile.mkdtemp(prefix="saijian-shots-")), state, plan)
    made.now_us = made.schedule.filming_us + round(minutes * 60_000_000)
    made.sources = sources
    made.sent = Sent(recorded_bytes=412_000_000, sent_bytes=398_000_000, address="203.0.113.45")
    return made


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
    window.setGeometry(63, 32, min(1240, WIDTH), min(680, HEIGHT))
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
) -> Scene:
    """Return the scene of a session in `state`."""

    @contextmanager
    def scene(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
        from client.ui.guide import NOTHING_YET

        made = a_session(state, minutes, sources or {})
        shown = (made, memory or NOTHING_YET)
        with a_window(app, look, settings, shown, trials=_Trials()) as window:
            wait(app)
            yield window

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


def trial(state: Any, memory: Any = None, *, minutes: float = -10) -> Scene:
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
            yield window

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
        if name == "retention":
            build_session(home / "sessions", Script(seconds=6))
        with a_home(home), a_window(app, look, settings, (made, Memory(logged_in=True))) as window:
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
    """The page that checks a computer without a session, with made-up results."""
    from client.preflight.checkup import Checkup
    from client.preflight.reports.own import OwnRuns
    from tests.simulators.session import made_check

    class Room:
        def checkup(self, _plan: str, *, devices: bool) -> Checkup:
            checks = (made_check("disk", "fail"), made_check("clock"))
            return Checkup(lambda: checks, OwnRuns(Path(tempfile.mkdtemp(prefix="saijian-shots-"))))

    with a_window(app, look, settings, technician=Room()) as window:
        window.page.check_only.click()
        wait(app)
        window.page.big.chosen.emit()
        wait(app, 1.0)
        yield window


def bar(how: str = "") -> Scene:
    """Return the scene of the bar, asking for words or folded."""

    @contextmanager
    def scene(app: QApplication, look: Any, settings: Any) -> Iterator[QWidget]:
        from client.attempt.states import State
        from client.ui.widgets.bar import ContestBar

        made = ContestBar(look)
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


if __name__ == "__main__":
    sys.exit(main())
