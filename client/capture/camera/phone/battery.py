"""How full a phone's battery is, where its app tells (IP Webcam)."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from urllib.parse import SplitResult, unquote, urlsplit

from client.base.text import Text
from client.capture.camera import CameraFrame, CameraSource, Tell
from client.capture.camera.phone.apps import APPS
from client.capture.delay import Delay

LOW_PERCENT = 20
EVERY_S = 60.0
_TIMEOUT_S = 2.0
_MOST_BYTES = 65_536
LOW = Text(
    "手机电量只剩 {percent}%：请接上充电器，否则摄像头会断。",
    "The phone's battery is down to {percent}%: plug its charger in, or the camera will be lost.",
)


def tells_battery(address: str) -> str:
    """Return the path at which the app behind `address` tells its battery, empty where none."""
    parts = urlsplit(address)
    for app in APPS:
        if app.battery_path and parts.port == app.port and parts.path in app.paths:
            return app.battery_path
    return ""


def battery_percent(address: str) -> int | None:
    """Ask the app at `address`; None where it does not say."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port or 80, timeout=_TIMEOUT_S
    )
    path = f"{tells_battery(address)}?sense=battery_level"
    try:
        connection.request("GET", path, headers=basic_authorization(parts))
        answer = connection.getresponse()
        return percent_of(answer.read(_MOST_BYTES)) if answer.status == http.client.OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def percent_of(said: bytes) -> int | None:
    """Read `{"battery_level": {"data": [[time, [82.0]], …]}}`; None for anything else."""
    try:
        newest = json.loads(said)["battery_level"]["data"][-1][1][0]
        percent = round(float(newest))
    except (ValueError, KeyError, IndexError, TypeError, OverflowError, RecursionError):
        return None
    return percent if 0 <= percent <= 100 else None  # noqa: PLR2004 - percent


def basic_authorization(parts: SplitResult) -> dict[str, str]:
    """Return the header that carries the address's own user name and password, if it has any."""
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode("ascii")}


class BatteryWatch:
    """A camera whose phone's battery is asked for once a minute until it is closed."""

    def __init__(self, source: CameraSource, address: str, tell: Tell) -> None:
        """Begin to ask; `tell` hears of it once each time the level has come below 20%."""
        self._source, self._address, self._tell = source, address, tell
        self.name, self.origin, self.fps = source.name, source.origin, source.fps
        self.width, self.height = source.width, source.height
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="phone-battery", daemon=True).start()

    def read(self) -> CameraFrame | None:
        """Return the camera's newest picture."""
        return self._source.read()

    def delay(self) -> Delay:
        """Return the camera's delay."""
        return self._source.delay()

    def close(self) -> None:
        """Let the camera go; a question under way ends within its time-out."""
        self._closed.set()
        self._source.close()

    def _watch(self) -> None:
        was_low = False
        while not self._closed.is_set():
            percent = battery_percent(self._address)
            is_low = percent is not None and percent < LOW_PERCENT
            if is_low and not was_low:
                self._tell(LOW.format(percent=percent))
            was_low = is_low if percent is not None else was_low
            self._closed.wait(EVERY_S)
