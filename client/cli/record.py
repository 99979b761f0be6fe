"""`saijian record`: a recording without a contest, journal and seal included."""

from __future__ import annotations

import argparse
import os
import shutil
import uuid
from pathlib import Path
from typing import TextIO

from client.base.errors import BadInputError
from client.base.files import require_space
from client.base.text import Text
from client.capture.camera.turned import Turn
from client.capture.devices import require_devices
from client.capture.spares import lasting_name
from client.cli.live_line import Pace, live_line, size_of
from client.contest.plan import Recording, ScreenSettings
from client.evidence.keys import create_session_key
from client.evidence.layout import SessionFolder
from client.evidence.spare import require_spare, spare_root
from client.recorder.protocol import Message, Status
from client.recorder.setup import Devices, RecorderSetup, save_setup

RATES = range(1, 31)
EVERY_SECONDS = 10.0
WIDE = 200
"""Columns of a line that goes into a file."""


def prepare(args: argparse.Namespace) -> SessionFolder:
    """Make the session folder that the arguments describe; BadInputError makes nothing."""
    if args.seconds <= 0:
        raise _bad("--seconds", "应大于 0", "must be above 0")
    if args.fps is not None and args.fps not in RATES:
        raise _bad("--fps", "应为 1 到 30", "must be 1 to 30")
    if args.no_screen and args.no_camera and args.no_audio and not args.second_camera:
        raise _bad("--no-…", "至少保留一项", "must leave something to record")
    out: Path = args.out
    if out.exists() and any(out.iterdir() if out.is_dir() else [out]):
        raise _bad("--out", f"{out} 已有内容，请换一个新文件夹", f"{out} is not empty")
    require_space(out)
    spare: Path | None = args.spare_folder or spare_root()
    if spare is not None:
        require_spare(spare, out)
    devices = Devices(
        screen=not args.no_screen,
        camera="" if args.no_camera else lasting_name(args.camera),
        spare_camera=args.spare_camera,
        second_camera=lasting_name(args.second_camera or ""),
        camera_rotation=rotation_of(args),
        microphone="" if args.no_audio else args.microphone,
        spare_microphone=args.spare_microphone,
    )
    require_devices(
        devices.camera,
        devices.microphone,
        screen=devices.screen,
        spare=devices.spare_camera,
        second=devices.second_camera,
    )
    settings = Recording()
    if args.fps is not None:
        settings = settings.model_copy(update={"screen": ScreenSettings(fps=args.fps)})
    setup = RecorderSetup(
        session=str(uuid.uuid4()),
        purpose="recording",
        devices=devices,
        recording=settings,
        seconds=args.seconds,
        spare_folder=str(spare.absolute()) if spare else "",
    )
    folder = SessionFolder(out.absolute()).create()
    create_session_key(folder.key)
    save_setup(folder.setup, setup)
    return folder


def rotation_of(args: argparse.Namespace) -> Turn:
    """Return the degrees of `--rotate`; `auto` leaves what the camera delivers as it is."""
    degrees: dict[str, Turn] = {"90": 90, "180": 180, "270": 270}
    return degrees.get(args.rotate, 0)


class StatusLine:
    """Shows the recorder's status on one line of standard error that is written over.

    Where that is no terminal nothing is shown; with SAIJIAN_VERBOSE a line every 10 s.
    """

    wants_preview = wants_whole = False

    def __init__(self, stream: TextIO) -> None:
        """Show on `stream`."""
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._every = 0.0 if self._is_terminal else EVERY_SECONDS
        self._is_silent = not self._is_terminal and not os.environ.get("SAIJIAN_VERBOSE")
        self._pace = Pace()
        self._due = self._bell_due = 0.0
        self._ended = False

    def publish(self, message: Message) -> None:
        """Show a status; other messages say nothing here."""
        if not isinstance(message, Status):
            return
        rate = self._pace.saw(message.seconds, size_of(message))
        if self._is_silent or self._ended or message.seconds < self._due:
            return
        self._due = message.seconds + self._every
        self._ended = message.phase == "closing"
        self._show(message, rate)

    def _show(self, status: Status, rate: float) -> None:
        width = shutil.get_terminal_size().columns - 1 if self._is_terminal else WIDE
        line = live_line(status, rate, width)
        begin, end = ("\r", "\x1b[K") if self._is_terminal else ("", "\n")
        feed = "\n" if self._is_terminal and self._ended else self._bell(status)
        try:
            print(f"{begin}{line}{end}{feed}", end="", file=self._stream, flush=True)
        except OSError:  # the terminal is gone; the recording goes on
            self._is_silent = True

    def _bell(self, status: Status) -> str:
        """Return what rings a terminal's bell while a device is lost or muted."""
        is_due = self._is_terminal and status.seconds >= self._bell_due
        if not is_due or not any(source.alarm for source in status.sources):
            return ""
        self._bell_due = status.seconds + EVERY_SECONDS
        return "\a"


def _bad(argument: str, zh: str, en: str) -> BadInputError:
    return BadInputError(
        Text(f"参数 {argument} 有误：{zh}。", f"Argument {argument}: {en}."),
        Text("用 --help 查看示例。", "See the examples of --help."),
    )
