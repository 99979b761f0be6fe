"""What runs where: tests of Linux parts are skipped on Windows and the other way round, by name."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")
"""A run tries what the run before tried, however slow the machine is; `make test
ARGS="--hypothesis-profile search"` tries what nobody has."""

HERE = Path(__file__).resolve().parent
ON_WINDOWS = sys.platform == "win32"

_WIDE = "the lab's offscreen fonts draw Latin letters twice as wide as Windows' own"
LINUX_ONLY = {
    "architecture": "looks at the sources, which are the same",
    "contract/capture": "devices made of Xvfb, PulseAudio and ffmpeg; tests/windows has the others",
    "e2e": "strace, signals and network namespaces; the smoke test shows the program on Windows",
    "unit/bench": "the benchmark: X11, /proc, Debian's recorders",
    "unit/capture/test_choosing.py::test_video4linux": "Video4Linux",
    "unit/capture/test_own_time.py": "Video4Linux",
    "unit/capture/test_holders.py::test_the_process": "a device file of /dev",
    "unit/capture/test_holders.py::test_the_camera_s_error": "a device file of /dev",
    "unit/capture/test_choosing.py::test_wayland": "Wayland",
    "unit/capture/test_choosing.py::test_no_display": "X11",
    "unit/capture/test_choosing.py::test_the_default_is_never": "PulseAudio",
    "unit/capture/test_choosing.py::test_what_the_computer_plays": "PulseAudio",
    "unit/capture/test_choosing.py::test_with_nothing_but_what": "PulseAudio",
    "unit/capture/test_choosing.py::test_a_microphone_by_name": "PulseAudio",
    "unit/capture/test_choosing.py::test_an_unknown_microphone": "PulseAudio",
    "unit/bench/test_drift.py": "what it measures with needs PulseAudio and FIFOs",
    "unit/ui/test_budgets.py": "the lab's processor time is Wine's, not Windows'",
    "unit/ui/test_bar.py::test_it_fits": "without a screen there are no fonts in the lab",
    "unit/ui/test_times.py::test_clocks_show_beijing_time": "sets the time zone by time.tzset",
    "unit/packaging/test_build.py::test_a_build_knows": "asks git, which the lab's Windows lacks",
    "unit/packaging/test_digests.py::test_a_fresh_list": "sha256sum",
    "unit/packaging/test_suite.py": "make test, which has no Windows",
    "unit/packaging/test_streams.py": "a POSIX shell closes the streams",
    "unit/preflight/test_fixes.py::test_staying_awake": "logind on a bus of our own",
    "unit/preflight/test_fixes.py::test_a_system_that_does_not": "no bus",
    "unit/preflight/test_fixes.py::test_a_program_that_is": "a desktop's program, as a script",
    "unit/preflight/test_typing.py::test_the_framework": "programs of input methods, as scripts",
    "unit/ui/test_preflight_page.py::test_it_fits_and_leaves_no_empty_space_below[en]": _WIDE,
    "unit/ui/test_technician.py::test_it_fits_a_small_screen[en]": _WIDE,
    "unit/ui/test_fits.py::test_a_page_fits[en": _WIDE,
    "unit/organizer/test_serve.py::test_a_signal": "POSIX signals; Windows has Ctrl-Break",
}
"""Beginnings of test names, and why those cannot run on Windows."""
WINDOWS_ONLY = {"windows": "Windows; make windows-test runs it in the lab"}


def reason_to_skip(name: str, *, on_windows: bool) -> str | None:
    """Return why the test `name` (`unit/base/test_x.py::test_y`) cannot run on this system."""
    elsewhere = LINUX_ONLY if on_windows else WINDOWS_ONLY
    system = "Linux" if on_windows else "Windows"
    for beginning, reason in elsewhere.items():
        if name.startswith(beginning):
            return f"{system} only: {reason}"
    return None


MOST_AGAIN = 3
"""Failures in so many files may be the machine's bad luck; more are ours."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option by which `make test` and the lab run what failed once more."""
    parser.addoption(
        "--second-chance",
        action="store_true",
        help=f"run only what failed in the run before; more than {MOST_AGAIN} files are refused",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A second chance is pytest's `--lf`, for failures that there were."""
    if config.getoption("second_chance"):
        config.option.lf, config.option.last_failed_no_failures = True, "none"


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse a second chance to many."""
    files = {item.path for item in session.items}
    if session.config.getoption("second_chance") and len(files) > MOST_AGAIN:
        raise pytest.UsageError(f"tests of {len(files)} files failed: too many for bad luck")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while tests are collected, nor later in what was loaded for them.

    It was a third of the time, on each worker, and there was none.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)  # the lab has no xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """With three workers, let those that wait run beside those that compute."""
    from tests import lanes

    return lanes.scheduler(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, visibly and with the reason, what belongs to the other system."""
    for item in items:
        place = item.path.relative_to(HERE).as_posix()
        reason = reason_to_skip(f"{place}::{item.name}", on_windows=ON_WINDOWS)
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))
