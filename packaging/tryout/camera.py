"""A camera of our own at 127.0.0.1: MJPEG whose pictures carry their numbers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
from tryout.counter import FPS, draw_number

BOUNDARY = "picture"


@dataclass
class CountingCamera:
    """The camera; all readers see the same numbers, which go on while nobody looks."""

    address: str = ""
    sent: list[tuple[float, int]] = field(default_factory=list)
    """Moment (seconds, UTC) and number of each picture sent to a reader."""
    begun: float = field(default_factory=time.monotonic)

    def number(self) -> int:
        """Return the number of now."""
        return int((time.monotonic() - self.begun) * FPS)

    def numbers(self, begins: float, ends: float) -> list[int]:
        """Return the numbers sent between two moments (seconds, UTC)."""
        return [number for moment, number in list(self.sent) if begins <= moment <= ends]


@contextmanager
def counting_camera() -> Iterator[CountingCamera]:
    """Serve one until the block ends."""
    camera = CountingCamera()
    leaving = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self.end_headers()
            try:
                self._send_pictures()
            except OSError:  # the reader left
                self.close_connection = True

        def _send_pictures(self) -> None:
            last = -1
            while not leaving.is_set():
                number = camera.number()
                if number == last:
                    leaving.wait(max(0.001, camera.begun + (last + 1) / FPS - time.monotonic()))
                    continue
                last = number
                self._send(number)

        def _send(self, number: int) -> None:
            jpeg = cv2.imencode(".jpg", draw_number(number), (cv2.IMWRITE_JPEG_QUALITY, 80))[1]
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {jpeg.size}\r\n"
            moment = time.time()
            self.wfile.write(f"{head}\r\n".encode() + jpeg.tobytes() + b"\r\n")
            camera.sent.append((moment, number))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    camera.address = f"http://127.0.0.1:{server.server_address[1]}/cam.mjpg"
    try:
        yield camera
    finally:
        leaving.set()
        server.shutdown()
        server.server_close()
