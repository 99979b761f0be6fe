"""HLS: a playlist of short films. They arrive in bursts, and late."""

from __future__ import annotations

import http.client
import ssl
from urllib.parse import SplitResult, urljoin, urlsplit

from client.base.clock import SECOND_US
from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera.phone.battery import basic_authorization

_TIMEOUT_S = 3.0
_MOST_BYTES = 262_144
_SEGMENTS_BEHIND = 2
"""By how many segments FFmpeg begins before the end (`live_start_index`)."""
_DURATION = "#EXT-X-TARGETDURATION:"
STALL_US = SECOND_US // 2
"""A picture that is later than this was waited for: the pace is taken anew from it."""
LATE = Text(
    "此摄像头用 HLS 传送：画面比标注的时间晚约 {seconds} 秒。"
    "请尽量在手机上改用 MJPEG 或 RTSP 地址。",
    "This camera sends by HLS: its pictures are about {seconds} s older than they are dated. "
    "Prefer the app's MJPEG or RTSP address.",
)
ELSEWHERE = (
    Text(
        "摄像头的播放列表指向另一台主机，已拒绝。",
        "The camera's playlist points to another host; it is refused.",
    ),
    Text("请改用 MJPEG 或 RTSP 地址。", "Use its MJPEG or RTSP address."),
)


def is_hls(address: str) -> bool:
    """Tell by the path whether `address` is a playlist."""
    return urlsplit(address).path.casefold().endswith(".m3u8")


def lateness_s(address: str) -> int | None:
    """Return by how many seconds pictures will be late at least; None where it is not told.

    DeviceError where the playlist, or the one that it names, points to another host.
    """
    text = _playlist(address)
    require_same_host(address, text)
    inner = next((line for line in _places(text) if is_hls(urljoin(address, line))), None)
    if inner is not None:
        address = urljoin(address, inner)
        text = _playlist(address)
        require_same_host(address, text)
    for line in text.splitlines():
        if line.startswith(_DURATION) and line.removeprefix(_DURATION).strip().isdigit():
            return min(60, int(line.removeprefix(_DURATION))) * _SEGMENTS_BEHIND
    return None


def require_same_host(address: str, playlist: str) -> None:
    """Raise DeviceError where `playlist` names anything that is not at the host of `address`."""
    for place in _places(playlist):
        try:
            parts = urlsplit(urljoin(address, place))
        except ValueError:
            raise DeviceError(*ELSEWHERE) from None
        if parts.scheme not in ("http", "https") or parts.hostname != urlsplit(address).hostname:
            raise DeviceError(*ELSEWHERE)


def _places(playlist: str) -> list[str]:
    """Return the addresses in it: whole lines, and `URI="…"` of tags."""
    lines = [line.strip() for line in playlist.splitlines() if line.strip()]
    quoted = [line.split('URI="', 1)[1].split('"', 1)[0] for line in lines if 'URI="' in line]
    return [*(line for line in lines if not line.startswith("#")), *quoted]


def _playlist(address: str) -> str:
    """Fetch it, with the address's own password; empty where that fails: the opening tells why."""
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts)
    try:
        connection.request("GET", path, headers=basic_authorization(parts))
        answer = connection.getresponse()
        return answer.read(_MOST_BYTES).decode(errors="replace") if answer.status == 200 else ""  # noqa: PLR2004 - HTTP's OK
    except (OSError, ValueError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname = False  # a phone signs for itself; FFmpeg does not ask either
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(host, parts.port, timeout=_TIMEOUT_S, context=context)
    return http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT_S)


class BurstPace:
    """Spreads pictures that arrive in bursts over the time that their own stamps say."""

    def __init__(self) -> None:
        """Nothing was seen."""
        self._origin_us: int | None = None

    def wait_us(self, stamp_us: int, now_us: int) -> int:
        """Return how long to hold the picture stamped `stamp_us` (of the stream's own clock)."""
        due_us = now_us if self._origin_us is None else self._origin_us + stamp_us
        if not now_us - STALL_US <= due_us <= now_us + SECOND_US * 2:
            due_us = now_us
        if self._origin_us is None or due_us == now_us:
            self._origin_us = now_us - stamp_us
        return max(0, due_us - now_us)
