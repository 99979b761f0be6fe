"""A camera of this computer, by index or by the name its driver gives it."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera.live import LiveCamera, camera_held, camera_refused, quiet_cv2
from client.capture.holders import held_by, holders_of
from client.capture.origin import Origin, origin_of_camera_name

_V4L = Path("/sys/class/video4linux")


@dataclass(frozen=True)
class LocalCamera:
    """What the system says of a camera without opening it."""

    index: int
    name: str
    origin: Origin


def local_cameras() -> list[LocalCamera]:
    """Return the cameras of this computer in order of their index; nothing is opened."""
    if sys.platform == "win32":
        return _direct_show()
    return _video4linux(_V4L)


def open_local_camera(source: str, width: int, height: int, fps: int) -> LiveCamera:
    """Open the camera with this index or (part of a) name; DeviceError says who may hold it."""
    cameras = local_cameras()
    camera = find_camera(source, cameras)
    alike = [other for other in fitting(source, cameras) if other.name == camera.name]
    for other in alike[:-1]:  # of one name: whichever is not in use
        with contextlib.suppress(DeviceError):
            return _open(other, width, height, fps)
    return _open(alike[-1], width, height, fps)


def _open(camera: LocalCamera, width: int, height: int, fps: int) -> LiveCamera:
    quiet_cv2()
    import cv2

    backend = cv2.CAP_DSHOW if sys.platform == "win32" else cv2.CAP_V4L2
    capture = cv2.VideoCapture(camera.index, backend)
    if not capture.isOpened():
        capture.release()
        raise refused(camera)
    # MJPG first: uncompressed USB 2 cameras manage 10 fps at 1280x720
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    capture.set(cv2.CAP_PROP_FPS, fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    try:
        return LiveCamera(capture, camera.name, camera.origin, fps)
    except DeviceError:
        raise refused(camera) from None


def refused(camera: LocalCamera) -> DeviceError:
    """Return why it does not open, as far as that can be seen."""
    holders = holders_of(camera.index)
    return camera_held(camera.name, held_by(holders)) if holders else camera_refused(camera.name)


def find_camera(source: str, cameras: list[LocalCamera]) -> LocalCamera:
    """Choose by index, else by exact name, else by part of a name; DeviceError lists what exists.

    A name that fits several cameras takes the first: the listing shows them in the same order.
    """
    found = fitting(source, cameras)
    if found:
        return found[0]
    known = "、".join(f"{camera.index} {camera.name}" for camera in cameras)
    raise DeviceError(
        Text(f"没有找到摄像头“{source}”。", f"There is no camera “{source}”."),
        Text(
            f"可用的摄像头：{known}。" if known else "请接上摄像头，或填写手机摄像程序显示的地址。",
            f"Cameras here: {known}."
            if known
            else "Plug a camera in, or give the address that a phone's camera app shows.",
        ),
    )


def fitting(source: str, cameras: list[LocalCamera]) -> list[LocalCamera]:
    """Return those that `source` may mean: a number is an index and nothing else."""
    if source.isdecimal():
        return [camera for camera in cameras if camera.index == int(source)]
    if not source:
        return []
    wanted = source.casefold()
    exact = [camera for camera in cameras if camera.name.casefold() == wanted]
    return exact or [camera for camera in cameras if wanted in camera.name.casefold()]


def _video4linux(folder: Path) -> list[LocalCamera]:
    """Read sysfs; a camera's second node (`index` 1 and up) carries metadata, no pictures."""
    cameras = []
    for node in folder.glob("video*"):
        number = node.name.removeprefix("video")
        if not number.isdecimal() or _line(node / "index") not in {"", "0"}:
            continue
        name = _line(node / "name") or node.name
        made_up = "/devices/virtual/" in str(node.resolve())
        origin = "virtual" if made_up else origin_of_camera_name(name)
        cameras.append(LocalCamera(int(number), name, origin))
    return sorted(cameras, key=lambda camera: camera.index)


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _direct_show() -> list[LocalCamera]:
    """List DirectShow's cameras; OpenCV's DirectShow backend counts in the same order."""
    from av.device import enumerate_input_devices

    try:
        devices = enumerate_input_devices("dshow")
    except (OSError, ValueError):  # FFmpeg's errors are OSErrors; none plugged in is one of them
        return []
    cameras = [device for device in devices if "video" in device.media_types]
    return [
        LocalCamera(index, camera.description, origin_of_camera_name(camera.description))
        for index, camera in enumerate(cameras)
    ]
