"""The search on loopback: what is found, what is not believed, that it ends in time."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from client.base.text import Text
from client.capture.camera.phone import battery
from client.capture.camera.phone.apps import App, Kind
from client.capture.camera.phone.find import Search, find
from client.capture.camera.phone.nets import Net
from client.capture.camera.unreachable import NO_APP, why_not

HERE = ipaddress.IPv4Address("127.0.0.1")
NET = Net("lo", ipaddress.IPv4Address("127.0.0.2"), ipaddress.IPv4Network("127.0.0.0/29"), (HERE,))
JPEG = b"\xff\xd8\xff\xc0\x00\x11\x08\x01\x68\x02\x80" + bytes(20)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace\r\n\r\n--x\r\n\r\n"
RTSP = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
SDP = b"v=0\r\nm=video 0 RTP/AVP 96\r\n"
DESCRIBED = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: %d\r\n\r\n" % len(SDP) + SDP


@contextlib.contextmanager
def answering(*answers: bytes) -> Iterator[int]:
    """Serve on loopback: one of `answers` for each request of a connection, then nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=talk, args=(connection,), daemon=True).start()

        def talk(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                for answer in answers:
                    if not connection.recv(4096):
                        return
                    connection.sendall(answer)
                connection.settimeout(5)
                connection.recv(4096)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        with contextlib.suppress(OSError):  # Windows shuts no listener down: closing wakes it
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def search(port: int, kind: Kind = "mjpeg", limit_s: float = 8.0) -> Search:
    return find([NET], (App(Text("一", "one"), kind, port, ("/no", "/video")),), limit_s=limit_s)


@pytest.mark.parametrize(
    ("answers", "kind", "size"),
    [((OK + JPEG,), "mjpeg", (640, 360)), ((RTSP, DESCRIBED), "rtsp", (0, 0))],
)
def test_a_camera_is_found_with_its_whole_address(answers, kind, size) -> None:
    with answering(*answers) as port:
        result = search(port, kind)
    (found,) = result.found
    scheme = "rtsp" if kind == "rtsp" else "http"
    assert found.address == f"{scheme}://127.0.0.1:{port}/no"
    assert (found.width, found.height) == size
    assert found.gateway
    assert (result.places, result.looked_at, result.complete) == (5, 5, True)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", "mjpeg"),
        (b"RTSP/1.0 401 Unauthorized\r\n\r\n", "rtsp"),
    ],
)
def test_one_with_a_password_is_named_as_locked(answer: bytes, kind: Kind) -> None:
    with answering(answer) as port:
        (found,) = search(port, kind).found
    assert found.locked


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", "mjpeg"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/video\r\n\r\n", "mjpeg"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "mjpeg"),
        (b"x" * 200_000, "mjpeg"),
        (RTSP, "rtsp"),
    ],
)
def test_what_shows_no_picture_is_no_camera_and_takes_no_longer(answer: bytes, kind: Kind) -> None:
    with answering(answer) as port:
        begun = time.monotonic()
        result = search(port, kind, limit_s=2.0)
        assert time.monotonic() - begun < 5
    assert result.found == []


def test_the_battery_is_asked_of_the_phone_alone(monkeypatch) -> None:
    monkeypatch.setattr(battery, "tells_battery", lambda _: "/sensors.json")
    said = b'{"battery_level":{"data":[[1,[17.0]]]}}'
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(said) + said) as port:
        assert battery.battery_percent(f"http://127.0.0.1:{port}/video") == 17
    with answering(b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\n\r\n") as port:
        assert battery.battery_percent(f"http://127.0.0.1:{port}/video") is None


def test_a_closed_door_is_told_apart() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = why_not(f"http://u:secret@127.0.0.1:{closed.getsockname()[1]}/v", "camera")
    assert error.advice == NO_APP[1]
    assert "secret" not in error.sentence("en") + error.sentence("zh")
