"""`saijian record`: a recording without a contest, journal and seal included."""

from __future__ import annotations

import argparse
import sys
import uuid
from pathlib import Path

from client.base.errors import BadInputError
from client.base.files import require_space
from client.base.text import Text
from client.capture.devices import require_devices
from client.contest.plan import Recording, ScreenSettings
from client.evidence.keys import create_session_key
from client.evidence.layout import SessionFolder
from client.recorder.protocol import Message, Status
from client.recorder.setup import Devices, RecorderSetup, save_setup

RATES = range(1, 31)


def prepare(args: argparse.Namespace) -> SessionFolder:
    """Make the session folder that the arguments describe; BadInputError makes nothing."""
    if args.seconds <= 0:
        raise _bad("--seconds", "应大于 0", "must be above 0")
    if args.fps is not None and args.fps not in RATES:
        raise _bad("--fps", "应为 1 到 30", "must be 1 to 30")
    if args.no_screen and args.no_camera and args.no_audio:
        raise _bad("--no-…", "至少保留一项", "must leave something to record")
    out: Path = args.out
    if out.exists() and any(out.iterdir() if out.is_dir() else [out]):
        raise _bad("--out", f"{out} 已有内容，请换一个新文件夹", f"{out} is not empty")
    require_space(out)
    devices = Devices(
        screen=not args.no_screen,
        camera="" if args.no_camera else args.camera,
        microphone="" if args.no_audio else args.microphone,
    )
    require_devices(devices.camera, devices.microphone, screen=devices.screen)
    settings = Recording()
    if args.fps is not None:
        settings = settings.model_copy(update={"screen": ScreenSettings(fps=args.fps)})
    setup = RecorderSetup(
        session=str(uuid.uuid4()),
        purpose="recording",
        devices=devices,
        recording=settings,
        seconds=args.seconds,
    )
    folder = SessionFolder(out.absolute()).create()
    create_session_key(folder.key)
    save_setup(folder.setup, setup)
    return folder


class StatusLine:
    """Shows the recorder's status on one line of standard error that is written over."""

    wants_preview = False

    def publish(self, message: Message) -> None:
        """Show a status; other messages say nothing here."""
        if not isinstance(message, Status):
            return
        size = sum(track.bytes for track in message.tracks) / 1e6
        lights = " ".join(f"{s.source}:{s.state}" for s in message.sources)
        line = f"{message.seconds:6.1f} s  {size:7.1f} MB  {lights}  {message.free_bytes >> 30} GB"
        end = "\n" if message.phase == "closing" else ""
        if sys.stderr.isatty():
            print(f"\r{line}\x1b[K", end=end, file=sys.stderr, flush=True)


def _bad(argument: str, zh: str, en: str) -> BadInputError:
    return BadInputError(
        Text(f"参数 {argument} 有误：{zh}。", f"Argument {argument}: {en}."),
        Text("用 --help 查看示例。", "See the examples of --help."),
    )
