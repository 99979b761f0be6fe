"""A network camera whose pictures a test chooses while it is watched: MJPEG over HTTP, loopback.

    with MoodyCamera() as camera:
        record(camera.address)
        camera.mood = "black"

Its sensor is noisy, as a real one is: no two pictures are alike, but for the mood `frozen`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self

import cv2
import numpy as np

Mood = Literal["moving", "black", "frozen", "stalled"]
FPS = 15
_EDGE = "moody"
_DICE = np.random.default_rng(3)


def _jpeg(light: int) -> bytes:
    """Return a noisy picture; `light` is how bright its middle is."""
    image = _DICE.integers(0, 10, (360, 640, 3), np.uint8)
    image[90:270, 160:480] += np.uint8(light)
    return bytes(cv2.imencode(".jpg", image)[1])


class MoodyCamera:
    """Serves from `with` to its end; `close` takes it off the network at once."""

    def __init__(self, light: int = 120) -> None:
        """Prepare; its pictures are as bright as `light`, 0 to 240."""
        self.mood: Mood = "moving"
        self.shows = b""
        """A JPEG to show instead, where a test gives one."""
        self._light = light
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._gone = threading.Event()
        self.address = f"http://127.0.0.1:{self._server.server_port}/video"

    def __enter__(self) -> Self:
        """Begin to serve."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self.close()

    def close(self) -> None:
        """Hang up on everybody and answer nobody."""
        if not self._gone.is_set():
            self._gone.set()
            self._server.shutdown()
            self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        film = self._film

        class Request(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                kind = f"multipart/x-mixed-replace; boundary={_EDGE}"
                self.send_header("Content-Type", kind)
                self.end_headers()
                for jpeg in film():
                    head = f"--{_EDGE}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                    try:
                        self.wfile.write(f"{head}\r\n\r\n".encode() + jpeg + b"\r\n")
                    except OSError:
                        return

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Request

    def _film(self) -> Iterator[bytes]:
        still = _jpeg(self._light)
        while not self._gone.wait(1 / FPS):
            if self.shows:
                yield self.shows
            elif self.mood == "moving":
                yield (still := _jpeg(self._light))
            elif self.mood == "black":
                yield _jpeg(0)
            elif self.mood == "frozen":
                yield still
