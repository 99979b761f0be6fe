"""What could be recorded here: screens, cameras, microphones. Nothing stays open."""

from __future__ import annotations

from dataclasses import dataclass

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.audio.inputs import find_input, sound_inputs
from client.capture.camera import TEST
from client.capture.camera.another import ANOTHER, require_distinct
from client.capture.camera.local import find_camera, local_cameras
from client.capture.origin import Origin
from client.capture.screen import open_screen


@dataclass(frozen=True)
class ScreenInfo:
    """The whole desktop, all monitors together."""

    name: str
    origin: Origin
    width: int
    height: int


@dataclass(frozen=True)
class CameraInfo:
    """A camera of this computer; its sizes are known only to who opens it."""

    index: int
    name: str
    origin: Origin


@dataclass(frozen=True)
class MicrophoneInfo:
    """A sound input of this computer."""

    name: str
    """What `--microphone` takes."""
    label: str
    """What a person knows it by."""
    origin: Origin
    rate: int
    """Samples a second, 0 where it is not told."""


@dataclass(frozen=True)
class DeviceListing:
    """Everything found, and for each kind without any the reason."""

    screens: tuple[ScreenInfo, ...]
    cameras: tuple[CameraInfo, ...]
    microphones: tuple[MicrophoneInfo, ...]
    problems: tuple[Text, ...]


def require_devices(
    camera: str, microphone: str, *, screen: bool, spare: str = "", second: str = ""
) -> None:
    """Raise the DeviceError of the first device that is not here; no picture or sound is taken.

    Names as `open_camera` and `open_microphone` take them; an empty one is not asked for. A network
    camera is left to the recorder, which tries again when it does not answer. A `second` camera
    must be neither `camera` nor its `spare`, which itself may still be missing.
    """
    if screen:
        open_screen().close()
    for name in (camera, second):
        if name not in ("", TEST, ANOTHER) and "://" not in name:
            find_camera(name, local_cameras())
    require_distinct(second, (camera, spare))
    if microphone not in ("", TEST):
        find_input(microphone)


def list_devices() -> DeviceListing:
    """Look for devices. A kind that cannot be looked for is a problem in the listing, no error."""
    problems: list[Text] = []
    screens = _screens(problems)
    microphones = _microphones(problems)
    cameras = tuple(CameraInfo(c.index, c.name, c.origin) for c in local_cameras())
    if not cameras:
        problems.append(
            Text(
                "没有找到本机摄像头：可以用手机摄像程序显示的地址。",
                "No camera here: the address that a phone's camera app shows can be used.",
            )
        )
    return DeviceListing(screens, cameras, microphones, tuple(problems))


def _screens(problems: list[Text]) -> tuple[ScreenInfo, ...]:
    try:
        screen = open_screen()
    except DeviceError as error:
        problems.append(_joined(error))
        return ()
    screen.close()
    return (ScreenInfo(screen.name, screen.origin, screen.width, screen.height),)


def _microphones(problems: list[Text]) -> tuple[MicrophoneInfo, ...]:
    try:
        inputs = sound_inputs()
    except DeviceError as error:
        problems.append(_joined(error))
        return ()
    if not inputs:
        problems.append(
            Text("没有找到麦克风：请接上后再试。", "No microphone here: plug one in, try again.")
        )
    return tuple(MicrophoneInfo(i.pulse or i.name, i.name, i.origin, i.rate) for i in inputs)


def _joined(error: DeviceError) -> Text:
    return Text(error.title.zh + error.advice.zh, f"{error.title.en} {error.advice.en}")
