"""The desk that is recorded: Xvfb, openbox, Chromium with three pages of our own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.proc import tree_of
from tests.bench.script import REST
from tests.devices import Display, NotReadyError, display, running

PAGES = Path(__file__).resolve().parent / "pages"
Size = tuple[int, int]
SIZE: Size = (1920, 1080)
OPENBOX = """\
<openbox_config xmlns="http://openbox.org/3.4/rc">
<applications><application class="*"><decor>no</decor><position force="yes"><x>0</x><y>0</y>
</position></application></applications></openbox_config>
"""
CHROMIUM = (
    "chromium",
    "--no-sandbox",  # the user may be root; the pages are our own
    "--test-type",  # no banner about it
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-gpu",
    "--disable-features=Translate,MediaRouter",
    "--password-store=basic",
    "--force-device-scale-factor=1",
    "--lang=zh-CN",
    "--window-position=0,0",
)
SETTLES_S = 4.0


@dataclass(frozen=True)
class Desk:
    """A display with the browser on it."""

    screen: Display
    server: int
    """The X server's process."""

    @property
    def environment(self) -> dict[str, str]:
        """What a recorder or xdotool needs."""
        return {**os.environ, **self.screen.environment}

    def xdotool(self, *words: object) -> str:
        """Do something and return what xdotool said."""
        return subprocess.run(
            ["xdotool", *map(str, words)],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def rest(self) -> None:
        """Put every page back to its beginning, the pointer aside, nothing focused."""
        for tab in (3, 2, 1):
            self.xdotool("key", f"ctrl+{tab}", "sleep", 0.5, "key", "F2", "sleep", 0.1)
        self.xdotool("mousemove", *REST)


@contextlib.contextmanager
def desk(size: Size = SIZE, window: Size = SIZE) -> Iterator[Desk]:
    """Start all of it at rest: a display of `size`, at its upper left the browser's window."""
    before = _servers()
    with contextlib.ExitStack() as stack:
        screen = stack.enter_context(display(*size, moving=False))
        (server,) = _servers() - before
        home = Path(tempfile.mkdtemp(prefix="saijian-bench-"))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        (home / "rc.xml").write_text(OPENBOX, encoding="utf-8")
        here = {**screen.environment, "HOME": str(home), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        stack.enter_context(
            running("openbox", "--config-file", str(home / "rc.xml"), environment=here)
        )
        pages = [(PAGES / name).as_uri() for name in ("form.html", "products.html", "sheet.html")]
        place = [f"--user-data-dir={home / 'profile'}", f"--window-size={window[0]},{window[1]}"]
        browser = stack.enter_context(running(*CHROMIUM, *place, *pages, environment=here))
        made = Desk(screen, server)
        _wait_for_window(made, browser)
        made.rest()
        yield made


def _wait_for_window(made: Desk, browser: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if browser.poll() is not None:
            raise NotReadyError(f"chromium: exit code {browser.returncode}")
        with contextlib.suppress(subprocess.CalledProcessError):
            found = made.xdotool("search", "--onlyvisible", "--name", "答题|商品|数据").split()
            if found:
                made.xdotool("windowactivate", "--sync", found[-1])
                time.sleep(SETTLES_S)
                return
        time.sleep(0.3)
    raise NotReadyError("chromium shows no window")


def _servers() -> set[int]:
    """Return the X servers that this process started."""
    return {stat.pid for stat in tree_of(os.getpid()) if stat.name == "Xvfb"}


def end_as_on_ctrl_c() -> None:
    """Let a SIGTERM clean up as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
