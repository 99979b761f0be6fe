"""How old a picture of a network camera is when it is dated: measured against a scripted phone."""

from __future__ import annotations

import socketserver
import statistics
import threading
import time

import cv2
import numpy as np
import pytest

from client.base.clock import monotonic_us
from client.capture.camera import open_camera

FPS = 15
FRAMES = 45


def jpeg(level: int) -> bytes:
    good, data = cv2.imencode(".jpg", np.full((360, 640, 3), level, np.uint8))
    assert good
    return data.tobytes()


class Phone(socketserver.ThreadingTCPServer):
    """Sends pictures whose brightness tells their number, and remembers when each was sent."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, says_length: bool) -> None:
        super().__init__(("127.0.0.1", 0), Stream)
        self.says_length = says_length
        self.sent_us: list[int] = []

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.shutdown()
        self.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/video"


class Stream(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(
            b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=f\r\n\r\n--f\r\n"
        )
        for number in range(FRAMES):
            picture = jpeg(5 * number)
            length = f"Content-Length: {len(picture)}\r\n" if self.server.says_length else ""
            head = f"Content-Type: image/jpeg\r\n{length}\r\n".encode()
            self.server.sent_us.append(monotonic_us())
            try:
                self.wfile.write(head + picture + b"\r\n--f\r\n")
            except OSError:
                return
            time.sleep(1 / FPS)  # the phone's own frame time


@pytest.mark.parametrize(("says_length", "limit_ms"), [(True, 30), (False, 30 + 1000 / FPS)])
def test_a_picture_is_dated_soon_after_it_was_sent(limit_ms: float, *, says_length: bool) -> None:
    ages_us = []
    with Phone(says_length=says_length) as phone:
        camera = open_camera(phone.address, 640, 360, FPS)
        for _ in range(20):
            frame = camera.read()
            number = round(float(frame.image.mean()) / 5)
            ages_us.append(frame.at_us - phone.sent_us[number])
        camera.close()
    assert min(ages_us) > 0
    assert statistics.median(ages_us) < limit_ms * 1000
