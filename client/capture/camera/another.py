"""A second camera: that it is not the first, and whichever is free where nobody named one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera import TEST, CameraSource
from client.capture.camera.local import LocalCamera, fitting, local_cameras

ANOTHER = "another"
"""The source name that asks for any camera here that is not taken."""
NONE_YET = Text(
    "没有第二个摄像头：请接上，接上后会自动开始录制",
    "there is no second camera: plug one in, it is recorded from then on",
)
HOW = Text(
    "请接上第二个摄像头；或用 --second-camera 给出手机摄像程序显示的地址。",
    "Plug a second camera in, or give the address that a phone's camera app shows: "
    "--second-camera.",
)

Taken = Callable[[list[LocalCamera]], Collection[str]]
"""Told which cameras are here, names those of the others; there may be two of one name."""


class AnotherCamera:
    """Opens the first camera of this computer that nobody else of this recording has or will have.

    It is looked for at each opening: one that is plugged in later is found then.
    """

    def __init__(
        self,
        taken: Taken,
        opener_of: Callable[[str], Callable[[], CameraSource]],
    ) -> None:
        """Remember; whichever thread opens asks what is here, for a driver may hang at that."""
        self._taken, self._opener_of = taken, opener_of
        self._openers: dict[str, Callable[[], CameraSource]] = {}

    def __call__(self) -> CameraSource:
        """Open it; DeviceError where there is none, or it gives nothing."""
        cameras = local_cameras()
        names = [camera.name for camera in cameras]
        for name in set(self._taken(cameras)) & set(names):
            names.remove(name)
        if not names:
            raise DeviceError(NONE_YET, HOW)
        name = names[0]
        self._openers[name] = self._openers.get(name) or self._opener_of(name)
        return self._openers[name]()


def require_distinct(second: str, others: Collection[str]) -> None:
    """Raise DeviceError where `second` means the device of one of `others` (first and spare)."""
    cameras = local_cameras()
    for other in others:
        if is_same(second, other, cameras):
            raise DeviceError(
                Text(
                    f"第二摄像头“{_shown(second)}”和“{_shown(other)}”是同一个设备。",
                    f"The second camera “{_shown(second)}” and “{_shown(other)}” are the same "
                    "device.",
                ),
                Text(
                    "请另选一个：用 saijian devices 查看序号，两个同名的摄像头请用序号区分。",
                    "Choose another: saijian devices lists their numbers, which tell two of one "
                    "name apart.",
                ),
            )


def is_same(one: str, other: str, cameras: list[LocalCamera]) -> bool:
    """Tell whether two source names mean one device. The simulation may be both."""
    if not one or not other or {one, other} & {TEST, ANOTHER}:
        return False
    if "://" in one or "://" in other:
        return _address(one) == _address(other)
    mine, theirs = fitting(one, cameras), fitting(other, cameras)
    if mine and theirs:
        return mine[0] == theirs[0]
    return one.casefold() == other.casefold()


def _shown(source: str) -> str:
    """Return the name without the password that an address may hold."""
    if "://" not in source:
        return source
    from client.capture.camera.network import public_name

    return public_name(source)


def _address(source: str) -> tuple[str, ...]:
    """Return what tells network cameras apart: not the password, and not how a host is written."""
    parts = urlsplit(source)
    host = parts.netloc.rpartition("@")[2].casefold()
    return (parts.scheme.casefold(), host, parts.path.rstrip("/"), parts.query)
