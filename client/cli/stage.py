"""What a rehearsal needs on a machine without a display: a virtual screen with something moving."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator

from client.base.errors import DeviceError
from client.base.text import Text

SIZE = "1280x720x24"
STARTS_S, ENDS_S = 20.0, 5.0
"""So long may the virtual screen take to start, and to end."""
MOVING = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=5", "-loglevel", "quiet", "-noborder"]


def lacks_display() -> bool:
    """Tell whether this is a Linux session without any screen."""
    return (
        sys.platform == "linux"
        and not os.environ.get("DISPLAY")
        and not os.environ.get("WAYLAND_DISPLAY")
    )


@contextlib.contextmanager
def stage() -> Iterator[None]:
    """Give this process a virtual screen with a moving picture for as long as the block lasts."""
    if shutil.which("Xvfb") is None:
        raise DeviceError(
            Text("没有显示器，也没有安装 Xvfb。", "There is no display, and no Xvfb."),
            Text("请在桌面环境中运行，或安装 xvfb。", "Run it on a desktop, or install xvfb."),
        )
    with contextlib.ExitStack() as things:
        os.environ["DISPLAY"] = _virtual_screen(things)
        things.callback(os.environ.pop, "DISPLAY", None)
        if (player := shutil.which("ffplay")) is not None:
            _run(things, [player, *MOVING])
        yield


def _virtual_screen(things: contextlib.ExitStack) -> str:
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp"]
    _run(things, command, pass_fds=(writing,))
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], STARTS_S)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip() if ready else ""
    if not number:
        raise DeviceError(
            Text("虚拟屏幕 Xvfb 没有启动。", "The virtual screen Xvfb did not start."),
            Text("请再试一次，或在桌面环境中运行。", "Try once more, or run it on a desktop."),
        )
    return f":{number}"


def _run(things: contextlib.ExitStack, command: list[str], pass_fds: tuple[int, ...] = ()) -> None:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=pass_fds,
    )
    things.callback(_end, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(ENDS_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
