"""A camera or phone in the local network: MJPEG over HTTP, RTSP, or HLS, through OpenCV's FFmpeg.

A picture is dated when it has arrived: seen 0 to 5 ms after it was sent. Servers that do not state
`Content-Length` are dated one picture later, since FFmpeg then waits for the next one to begin.
HLS delivers whole segments of some seconds; its pictures are that much older than they are dated
(`hls.py`). Redirects are not followed, and no other protocol is spoken.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera.hls import is_hls
from client.capture.camera.live import LiveCamera, quiet_cv2
from client.capture.camera.unreachable import no_picture, why_not
from client.capture.origin import origin_of_address

TIMEOUT_MS = 3000
"""Longest wait for the connection, and for each picture."""
HLS_TIMEOUT_MS = 12_000
"""The same for HLS, whose next segment may be so far away."""
SCHEMES = ("http", "https", "rtsp")
_SAFE = "max_redirects;0|protocol_whitelist;http,https,tcp,tls,rtsp,rtp,udp,crypto,data"
_OPTIONS = f"fflags;nobuffer|flags;low_delay|rtsp_transport;tcp|analyzeduration;0|{_SAFE}"
_HLS_OPTIONS = f"live_start_index;-2|{_SAFE}"


def open_network_camera(address: str, fps: int) -> LiveCamera:
    """Connect to `address`; DeviceError, with the reason, when no picture comes.

    That takes at most 6 s, and as long again until the reason is known; four times that by HLS.
    """
    name = public_name(address)
    quiet_cv2()
    import cv2

    hls = is_hls(address)
    timeout_ms = HLS_TIMEOUT_MS if hls else TIMEOUT_MS
    # read by OpenCV at each opening
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _HLS_OPTIONS if hls else _OPTIONS
    wishes = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        timeout_ms,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        timeout_ms,
        cv2.CAP_PROP_N_THREADS,  # one decodes 15 pictures a second in 5% of a core
        1,
    ]
    capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, wishes)
    if not capture.isOpened():
        capture.release()
        raise why_not(address, name)
    try:
        return LiveCamera(capture, name, origin_of_address(address), fps, in_bursts=hls)
    except DeviceError:
        raise no_picture(name) from None


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
