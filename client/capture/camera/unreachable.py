"""Why a network camera gives no picture, and what to do: OpenCV does not say, PyAV does."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import av
from av.error import (
    ConnectionRefusedError,  # noqa: A004 - FFmpeg's
    FFmpegError,
    HTTPClientError,
    HTTPForbiddenError,
    HTTPNotFoundError,
    HTTPUnauthorizedError,
    InvalidDataError,
)

from client.base.errors import DeviceError
from client.base.text import Text

PATIENCE_S = (3.0, 3.0)
"""To open, and to read."""
KNOCK_S = 1.0
_PORTS = {"http": 80, "https": 443, "rtsp": 554}
_OPTIONS = {
    "rtsp_transport": "tcp",
    "max_redirects": "0",
    "protocol_whitelist": "http,https,tcp,tls,rtsp,rtp,udp,crypto,data",
}
_BEGINNING = Text("摄像头打不开：{name}：", "Camera {name} cannot be opened: ")

PASSWORD = (
    Text("没有密码，或密码不对。", "no password, or a wrong one."),
    Text(
        "请把用户名和密码写进地址：http://用户名:密码@地址；密码在手机摄像程序的设置里，"
        "萤石等摄像机是机身标签上的验证码。",
        "Put both into the address: http://name:password@address. They are in the settings of the "
        "phone's camera app; with EZVIZ it is the code on the camera's label.",
    ),
)
NO_APP = (
    Text("手机在，但摄像程序没有运行。", "the phone is there, its camera app is not running."),
    Text(
        "请在手机上打开摄像程序并点“开始”，核对端口号。",
        "Open the camera app on the phone and press its start; compare the port.",
    ),
)
NOBODY = (
    Text(
        "没有应答：手机休眠、关了 Wi-Fi，或换了地址。",
        "nobody answers: the phone sleeps, is off the Wi-Fi, or has another address.",
    ),
    Text(
        "请点亮手机屏幕，确认与电脑在同一网络；用 saijian phone 查找新地址；"
        "校园网互不相通时用数据线共享网络，或连手机热点。",
        "Wake the phone, see that it is in the same network; saijian phone finds its address. "
        "Where the network keeps devices apart: USB tethering, or the phone's own hotspot.",
    ),
)
WRONG_PATH = (
    Text("那里没有画面（地址的后半段不对）。", "no picture at that path."),
    Text(
        "请照手机摄像程序显示的填写，或用 saijian phone 查找。",
        "Copy the address that the app shows, or find it: saijian phone.",
    ),
)
NO_CAMERA = (
    Text("那里不是摄像头。", "what answers there is no camera."),
    WRONG_PATH[1],
)
ASLEEP = (
    Text("已连上，但没有画面：手机可能锁屏了。", "connected, but no picture: is the phone locked?"),
    Text(
        "请解锁手机，让摄像程序留在前台，把屏幕设为常亮，关闭省电模式。",
        "Unlock it, keep the camera app in front and the screen on, switch power saving off.",
    ),
)
_REASONS: tuple[tuple[type[Exception], tuple[Text, Text]], ...] = (
    (HTTPUnauthorizedError, PASSWORD),
    (HTTPForbiddenError, PASSWORD),
    (HTTPNotFoundError, WRONG_PATH),
    (HTTPClientError, WRONG_PATH),
    (ConnectionRefusedError, NO_APP),
    (InvalidDataError, NO_CAMERA),
)


def why_not(address: str, name: str) -> DeviceError:
    """Return the error for a camera that OpenCV could not open, by trying once more (1 to 5 s)."""
    try:
        _knock(address)
    except OSError as error:
        return _refused(name, NO_APP if isinstance(error, ConnectionError) else NOBODY)
    try:
        av.open(address, options=_OPTIONS, timeout=PATIENCE_S).close()
    except (FFmpegError, OSError, ValueError) as error:
        return _refused(name, reason_of(error))
    return _refused(name, ASLEEP)


def _knock(address: str) -> None:
    """Connect and leave again; OSError where nobody answers."""
    parts = urlsplit(address)
    port = parts.port or _PORTS[parts.scheme]
    socket.create_connection((parts.hostname or "", port), KNOCK_S).close()


def no_picture(name: str) -> DeviceError:
    """Return the error for a camera that is connected and delivers nothing."""
    return _refused(name, ASLEEP)


def reason_of(error: Exception) -> tuple[Text, Text]:
    """Return what happened and what to do, for a camera whose port can be connected to."""
    return next((told for kind, told in _REASONS if isinstance(error, kind)), ASLEEP)


def _refused(name: str, reason: tuple[Text, Text]) -> DeviceError:
    begins, (what, advice) = _BEGINNING.format(name=name), reason
    return DeviceError(Text(begins.zh + what.zh, begins.en + what.en), advice)
