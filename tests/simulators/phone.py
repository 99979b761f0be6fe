"""A phone's camera app: `python phone.py HOST PORT [--battery N] [--password P]`.

    /video           MJPEG, 15 pictures a second, 640x360, as IP Webcam serves it
    /card?blur=S     the same at 1280x720: a hand holds a printed card, blurred by S pixels
    /card?lines=N    a card with N lines of print
    /sensors.json    the battery, as IP Webcam tells it
    /asleep          answers as a camera and sends no picture
    /elsewhere       a redirect to another host
    /live.m3u8       a playlist whose films lie on another host

Prints each request's path on standard output, flushed.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import time
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

FPS = 15
STRAY = "http://192.0.2.1/stray"


def picture(number: int) -> bytes:
    """Return a JPEG, red at the top and blue below, with a white square that moves."""
    image = np.zeros((360, 640, 3), np.uint8)
    image[:180], image[180:] = (0, 0, 200), (200, 0, 0)
    left = number * 8 % 600
    image[170:190, left : left + 20] = 255
    return bytes(cv2.imencode(".jpg", image)[1])


PRINT = ("SPECIMEN CARD OF NOBODY", "NUMBER 31415926535897", "VALID UNTIL 2030.01.01")
ROOM = np.random.default_rng(7).integers(90, 130, (45, 80, 3), np.uint8)


def card(number: int, blur: float, lines: int) -> bytes:
    """Return a JPEG of a room with a card before the camera; the hand trembles a little."""
    image = cv2.resize(ROOM, (1280, 720), interpolation=cv2.INTER_CUBIC)
    for at in range(60, 1280, 170):
        cv2.rectangle(image, (at + number % 5, 20), (at + 90, 700), (60, 90, 120), -1)  # a shelf
    left, top = 240 + number % 5, 180 + number % 3
    if lines:
        cv2.rectangle(image, (left, top), (left + 800, top + 380), (235, 238, 240), -1)
    for at, text in enumerate(PRINT[:lines]):
        place = (left + 40, top + 100 + 90 * at)
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.3, (40, 30, 30), 3, cv2.LINE_AA)
    if blur:
        image = cv2.GaussianBlur(image, (0, 0), blur)
    return bytes(cv2.imencode(".jpg", image)[1])


class Phone(BaseHTTPRequestHandler):
    battery = 80
    password = ""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        sys.stdout.write(f"{self.path}\n")
        sys.stdout.flush()
        if self.password and self.headers.get("Authorization") != self._expected():
            self._answer(401, {"WWW-Authenticate": 'Basic realm="phone"'})
        elif path == "/video":
            self._film(picture)
        elif path == "/card":
            asked = dict(urllib.parse.parse_qsl(query))
            blur, lines = float(asked.get("blur", 0)), int(asked.get("lines", len(PRINT)))
            self._film(lambda number: card(number, blur, lines))
        elif path == "/asleep":
            self._begin_film()
            time.sleep(30)
        elif path == "/sensors.json":
            data = {"battery_level": {"unit": "%", "data": [[1, [float(self.battery)]]]}}
            self._answer(200, {}, json.dumps(data).encode())
        elif path == "/elsewhere":
            self._answer(302, {"Location": STRAY})
        elif path == "/live.m3u8":
            self._answer(200, {}, f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n{STRAY}.ts\n".encode())
        else:
            self._answer(404, {})

    def _expected(self) -> str:
        return "Basic " + base64.b64encode(f"admin:{self.password}".encode()).decode()

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _begin_film(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=Ba4oTvQMY8ew04N8")
        self.end_headers()

    def _film(self, picture: Callable[[int], bytes]) -> None:
        self._begin_film()
        number = 0
        try:
            while True:
                jpeg = picture(number)
                head = (
                    f"--Ba4oTvQMY8ew04N8\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                )
                self.wfile.write(f"{head}\r\n\r\n".encode() + jpeg + b"\r\n")
                number += 1
                time.sleep(1 / FPS)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--battery", type=int, default=80)
    parser.add_argument("--password", default="")
    args = parser.parse_args()
    Phone.battery, Phone.password = args.battery, args.password
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer((args.host, args.port), Phone).serve_forever()


if __name__ == "__main__":
    main()
