"""Takes a photograph with a camera of this computer, in a process that is ended when it hangs."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from client.base.errors import DeviceError
from client.base.job import helper
from client.base.process import own_command
from client.base.text import Text
from client.preflight.reports.photo import read_photo

FIRST = "first"
LIMIT_S = 20.0


def take_photo(source: str = FIRST) -> bytes:
    """Return a JPEG; DeviceError where the camera gives none. The camera is closed again."""
    with tempfile.TemporaryDirectory(prefix="saijian-photo-") as scratch:
        file = Path(scratch) / "room.jpg"
        command = own_command("photo", source, str(file))
        with helper(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                raise _NONE from None
        if not file.exists():
            raise _NONE
        return read_photo(file)


_NONE = DeviceError(
    Text("摄像头没有拍成照片。", "The camera took no picture."),
    Text(
        "请关闭占用摄像头的程序再试，或选择一张照片文件。",
        "Close programs that use the camera and try again, or choose a file.",
    ),
)
