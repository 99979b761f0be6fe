"""A camera or phone in the local network: MJPEG over HTTP, or RTSP, through OpenCV's FFmpeg.

A picture is dated when it has arrived: seen 0 to 5 ms after it was sent. Servers that do not state
`Content-Length` are dated one picture later, since FFmpeg then waits for the next one to begin.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera.live import LiveCamera, camera_refused, quiet_cv2
from client.capture.origin import origin_of_address

TIMEOUT_MS = 3000
"""Longest wait for the connection, and for each picture."""
SCHEMES = ("http", "https", "rtsp")
_OPTIONS = "fflags;nobuffer|flags;low_delay|rtsp_transport;tcp|analyzeduration;0"


def open_network_camera(address: str, fps: int) -> LiveCamera:
    """Connect to `address`; DeviceError when nobody answers or no picture comes within 6 s."""
    name = public_name(address)
    quiet_cv2()
    import cv2

    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _OPTIONS  # read by OpenCV at each opening
    wishes = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        TIMEOUT_MS,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        TIMEOUT_MS,
        cv2.CAP_PROP_N_THREADS,  # one decodes 15 pictures a second in 5% of a core
        1,
    ]
    capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, wishes)
    if not capture.isOpened():
        capture.release()
        raise camera_refused(name)
    return LiveCamera(capture, name, origin_of_address(address), fps)


def public_name(address: str) -> str:
    """Return `address` without user name, password and query, fit for journal and log."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in SCHEMES:
        raise DeviceError(
            Text("摄像头地址不可用。", "The camera's address cannot be used."),
            Text(
                "请填写以 http:// 或 rtsp:// 开头的完整地址，例如手机摄像程序里显示的那一行。",
                "Give the complete address as the phone's camera app shows it: http:// or rtsp://.",
            ),
        )
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}{f':{port}' if port else ''}{parts.path}"
