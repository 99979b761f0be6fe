"""The apps and cameras that people use, as data: where each of them serves its picture.

Apps that need a driver of their own (iVCam, Iriun) appear as a camera of this computer; those that
speak with their maker's servers only (Alfred, Mi Home) cannot be used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from client.base.text import Text

Kind = Literal["mjpeg", "rtsp", "hls"]
SCHEMES: dict[Kind, str] = {"mjpeg": "http", "hls": "http", "rtsp": "rtsp"}


@dataclass(frozen=True)
class App:
    """One app or make of camera."""

    name: Text
    kind: Kind
    port: int
    paths: tuple[str, ...]
    """Tried in this order."""
    battery_path: str = ""
    """Where it tells the battery's level as JSON, as IP Webcam does; empty where it does not."""


APPS = (
    App(Text("IP Webcam", "IP Webcam"), "mjpeg", 8080, ("/video",), "/sensors.json"),
    App(Text("网页摄像程序", "web camera app"), "mjpeg", 8080, ("/stream", "/video.mjpg")),
    App(Text("网页摄像程序", "web camera app"), "hls", 8080, ("/live.m3u8", "/index.m3u8")),
    App(Text("DroidCam", "DroidCam"), "mjpeg", 4747, ("/video", "/mjpegfeed?640x480")),
    App(Text("IP Camera Lite", "IP Camera Lite"), "mjpeg", 8081, ("/video",)),
    App(Text("手机 RTSP 程序", "RTSP app"), "rtsp", 8554, ("/live", "/live.sdp", "/stream", "/")),
    App(
        Text("网络摄像机（萤石、海康、TP-LINK 等）", "network camera (EZVIZ, Hikvision, TP-Link)"),
        "rtsp",
        554,
        ("/h264/ch1/main/av_stream", "/Streaming/Channels/101", "/stream1", "/onvif1", "/live"),
    ),
)


def ports(apps: tuple[App, ...]) -> tuple[int, ...]:
    """Return the ports to look at, each once, the most usual first."""
    return tuple(dict.fromkeys(app.port for app in apps))
