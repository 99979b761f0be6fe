from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time

import pytest
import uvicorn

from client.base.serving import AnnouncingServer, listen
from client.organizer.connections import PatientProtocol

PATIENCE = 1.0


class Impatient(PatientProtocol):
    seconds = PATIENCE


async def app(scope, _receive, send):
    """Answer at once, after a while where the address is /slow; the body is never read."""
    if scope["path"] == "/slow":
        await asyncio.sleep(2 * PATIENCE)
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port():
    config = uvicorn.Config(
        app, http=Impatient, log_config=None, access_log=False, lifespan="off", ws="none"
    )
    listening = threading.Event()
    server = AnnouncingServer(config, listening.set)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        assert listening.wait(20)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(20)


def is_hung_up(connection, drip=b""):
    """Drip for a while, then tell whether nobody is there any more."""
    for _ in range(10):
        time.sleep(PATIENCE / 3)
        try:
            connection.sendall(drip)
            connection.settimeout(0.01)
            if connection.recv(1000) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


@pytest.mark.parametrize(
    ("begin", "drip"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"a"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX: ", b"a"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n", b"a"),
    ],
)
def test_who_sends_no_whole_request_in_time_is_hung_up_on(port, begin, drip):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(begin)
        assert is_hung_up(connection, drip)


def test_who_asks_now_and_then_or_waits_for_an_answer_is_not(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.connect()
    ours = connection.sock.getsockname()
    for path in ("/", "/slow", "/", "/slow", "/"):
        connection.request("GET", path)
        assert connection.getresponse().read() == b"ok"
        assert connection.sock.getsockname() == ours
        time.sleep(PATIENCE / 3)
    connection.close()
