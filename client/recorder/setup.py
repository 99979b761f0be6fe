"""What a recorder is told once, at its first start; a restarted one reads the same file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from client.base.errors import RecorderError
from client.base.files import read_file, write_atomically
from client.base.text import Text
from client.contest.plan import Recording
from client.contest.values import AddressRanges, HexDigest, Slug, Uuid, Value
from client.evidence.entries import Purpose


class Devices(Value):
    """What to open. An empty name leaves a source out; `test` is the labelled simulation."""

    screen: bool = True
    camera: Annotated[str, Field(max_length=500)] = "0"
    """Index, device name, address (MJPEG, RTSP, HLS), or `test`."""
    spare_camera: Annotated[str, Field(max_length=500)] = ""
    """Taken when `camera` cannot be opened twice in a row; none if empty."""
    second_camera: Annotated[str, Field(max_length=500)] = ""
    """Another one, recorded beside `camera` as a track of its own; `another`: any that is free."""
    camera_rotation: Literal[0, 90, 180, 270] = 0
    """By how many degrees clockwise the pictures of `camera` are turned."""
    microphone: Annotated[str, Field(max_length=200)] = "default"
    """Device name or part of it, `default`, or `test`."""
    spare_microphone: Annotated[str, Field(max_length=200)] = ""


X264 = "libx264"
EncoderName = Annotated[str, Field(pattern=r"^(libx264|h264_(nvenc|qsv|amf))$")]


class Encoders(Value):
    """What encodes each picture, as the try-out of `saijian bench` chose it."""

    screen: EncoderName = X264
    camera: EncoderName = X264


class Choices(Value):
    """What this computer was found to do best (`saijian bench`); the defaults work everywhere."""

    encoders: Encoders = Encoders()
    capture: Literal["usual", "duplication"] = "usual"
    """How the desktop is fetched (`capture/screen`)."""


class RecorderSetup(Value):
    """One session as its recorder needs it; kept in the session's private folder."""

    session: Uuid
    purpose: Purpose
    devices: Devices
    recording: Recording = Recording()
    paper: Slug | None = None
    role: Annotated[str, Field(pattern="^(primary|backup)$")] | None = None
    ticket_digest: HexDigest | None = None
    """Finds the session of a ticket again after a restart of the program."""
    choices: Choices = Choices()
    enrolment: dict[str, Any] | None = None
    seconds: Annotated[float, Field(gt=0, strict=False)] | None = None
    """A plain recording ends by itself after this long; None with a plan."""
    spare_folder: Annotated[str, Field(max_length=1000)] = ""
    """On another drive; parts go on there when the session's own fills. None if empty."""
    addresses: AddressRanges = ()
    """Where the organizer has the contestant registered; empty where nothing is."""
    clock_offset_us: int = 0
    """Organizer's clock minus this computer's, at least: its answer to enrolment had to come here.

    Too small by the answer's way, so that a session never ends before the plan's last moment.
    """


def save_setup(path: Path, setup: RecorderSetup) -> None:
    """Write the setup for this user alone."""
    write_atomically(path, setup.model_dump_json(indent=1).encode(), private=True)


def save_choices(path: Path, choices: Choices) -> None:
    """Note them for devices that are opened from now on; RecorderError as `load_setup`."""
    save_setup(path, load_setup(path).model_copy(update={"choices": choices}))


def load_setup(path: Path) -> RecorderSetup:
    """Read it back; RecorderError where it is missing or damaged."""
    try:
        return RecorderSetup.model_validate_json(read_file(path))
    except (OSError, ValidationError) as error:
        raise RecorderError(
            Text(f"录制设置读不出：{path}。", f"The recorder's setup cannot be read: {path}."),
            Text("请重新开始本场次。", "Start this session again."),
        ) from error
