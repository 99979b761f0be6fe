"""The control connection: only this user's app, only this version, never a wait for a reader."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Pipe
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.base.files import FileLock
from client.evidence.layout import SessionFolder
from client.recorder import supervisor
from client.recorder.child.control import QUEUE, ControlServer
from client.recorder.link import dial, hang_up
from client.recorder.protocol import (
    Ack,
    Advance,
    ControlAddress,
    Preview,
    ProtocolError,
    Refused,
    Status,
    Watch,
    decode,
    encode,
)
from tests.private import only_mine

STATUS = Status(
    phase="idle",
    seconds=0,
    on_disk_seconds=0,
    sources=(),
    tracks=(),
    gaps=0,
    journal_seq=0,
    free_bytes=1,
)


@pytest.fixture
def control_file(tmp_path: Path) -> Path:
    return tmp_path / "control.json"


@pytest.fixture
def server(control_file: Path) -> Iterator[ControlServer]:
    server = ControlServer(control_file, lambda r, answer: answer(Ack(id=r.id, seq=5)))
    yield server
    server.close()


def connect(control_file: Path):
    address = ControlAddress.load(control_file)
    assert address is not None
    return Client(address.address, authkey=bytes.fromhex(address.key_hex))


def test_a_request_is_answered_under_its_number(server, control_file: Path):
    with connect(control_file) as app:
        app.send_bytes(encode(Advance(id=41, step="identity")))
        assert decode(app.recv_bytes()) == Ack(id=41, seq=5)


def test_the_address_is_private(server, control_file: Path):
    assert only_mine(control_file)
    address = ControlAddress.load(control_file)
    assert address is not None
    if sys.platform != "win32":  # a pipe lies in no folder
        assert only_mine(Path(address.address).parent)
    assert address.pid == os.getpid()


def test_without_the_key_nobody_is_heard_and_others_still_are(server, control_file: Path):
    address = ControlAddress.load(control_file)
    assert address is not None
    with pytest.raises(AuthenticationError):
        Client(address.address, authkey=b"wrong")
    with connect(control_file) as app:
        app.send_bytes(encode(Watch(id=1)))
        assert decode(app.recv_bytes()) == Ack(id=1, seq=None)


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe has no raw bytes to send")
def test_rubbish_in_place_of_the_key_shuts_nobody_out(server, control_file: Path):
    address = ControlAddress.load(control_file)
    assert address is not None
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(address.address)
        stranger.sendall((5000).to_bytes(4, "big") + b"x" * 5000)
        stranger.settimeout(10)
        with contextlib.suppress(ConnectionResetError):
            while stranger.recv(4096):
                pass
    with connect(control_file) as app:
        app.send_bytes(encode(Watch(id=1)))
        assert decode(app.recv_bytes()) == Ack(id=1, seq=None)


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe is connected to otherwise")
def test_one_that_says_nothing_keeps_no_other_waiting(server, control_file: Path):
    address = ControlAddress.load(control_file)
    assert address is not None
    answers: list = []

    def ask() -> None:
        with connect(control_file) as app:
            app.send_bytes(encode(Watch(id=1)))
            answers.append(decode(app.recv_bytes()))

    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(address.address)
        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(10)
        assert answers == [Ack(id=1, seq=None)]


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe is connected to otherwise")
def test_a_window_closes_though_the_recorder_stands_still(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(supervisor, "LEAVES_S", 0.5)
    folder = SessionFolder(tmp_path / "session").create()
    lock = FileLock(folder.recorder_lock)
    assert lock.acquire()
    with socket.socket(socket.AF_UNIX) as still:
        still.bind(str(tmp_path / "still"))
        still.listen()
        known = ControlAddress(address=str(tmp_path / "still"), key_hex="0" * 64, pid=1)
        folder.control.write_text(known.model_dump_json(), "utf-8")
        looking = supervisor.RecorderSupervisor(folder)
        looking.start()
        connection, _ = still.accept()
        closing = threading.Thread(target=looking.close, daemon=True)
        closing.start()
        closing.join(10)
        assert not closing.is_alive()
        connection.close()
    lock.release()


def test_what_a_recorder_said_long_ago_is_no_present_state(server, control_file, monkeypatch):
    monkeypatch.setattr(supervisor, "SILENT_S", 0.4)
    folder = SessionFolder(control_file.with_name("session")).create()
    shutil.copy(control_file, folder.control)
    lock = FileLock(folder.recorder_lock)
    assert lock.acquire()
    looking = supervisor.RecorderSupervisor(folder)
    looking.start()
    deadline = time.monotonic() + 10
    while (said := looking.status) is None:
        assert time.monotonic() < deadline
        server.publish(STATUS)
        time.sleep(0.02)
    assert said == STATUS
    time.sleep(0.6)
    assert looking.is_alive()
    assert looking.status is None
    looking.close()
    lock.release()


def test_a_window_that_closes_while_it_connects_watches_no_more(server, control_file, monkeypatch):
    dials, may_go_on = threading.Event(), threading.Event()

    def slow(control: Path):
        link = dial(control)
        dials.set()
        may_go_on.wait(10)
        return link

    monkeypatch.setattr(supervisor, "dial", slow)
    folder = SessionFolder(control_file.with_name("session")).create()
    shutil.copy(control_file, folder.control)
    lock = FileLock(folder.recorder_lock)
    assert lock.acquire()
    looking = supervisor.RecorderSupervisor(folder, preview=True)
    looking.start()
    assert dials.wait(10)
    closing = threading.Thread(target=looking.close)
    closing.start()
    assert looking._stopping.wait(10)
    time.sleep(0.1)  # it hangs up what it has, which is nothing yet
    may_go_on.set()
    closing.join(10)
    time.sleep(0.2)
    deadline = time.monotonic() + 3
    while server.wants_preview:
        assert time.monotonic() < deadline, "pictures are made for nobody"
        time.sleep(0.02)
    lock.release()


@pytest.mark.parametrize(
    "message",
    [b"", b"{}", b'{"v":2,"type":"watch","id":1}', b'{"v":1,"type":"stop","id":1}', b"\xff"],
)
def test_what_is_not_understood_is_refused_and_the_connection_lives(
    server, control_file: Path, message: bytes
):
    with connect(control_file) as app:
        app.send_bytes(message or b" ")
        assert isinstance(decode(app.recv_bytes()), Refused)
        app.send_bytes(encode(Watch(id=2)))
        assert decode(app.recv_bytes()) == Ack(id=2, seq=None)


def test_a_reader_that_sleeps_is_let_go_and_holds_nobody_up(server, control_file: Path):
    sleepy, awake = connect(control_file), connect(control_file)
    for app in (sleepy, awake):
        app.send_bytes(encode(Watch(id=1)))
        assert decode(app.recv_bytes()) == Ack(id=1, seq=None)
    heard: list[bytes] = []

    def listen() -> None:
        try:
            while True:
                heard.append(awake.recv_bytes())
        except (OSError, EOFError):
            pass

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    while len(server._living()) < 2:  # an answer may come before the server has listed its client
        time.sleep(0.001)
    begun = time.monotonic()
    big = STATUS.model_copy(update={"phase": "contest"})
    while len(server._living()) == 2 and time.monotonic() - begun < 20:
        before = time.monotonic()
        server.publish(big)
        assert time.monotonic() - before < 1.0
        time.sleep(0.0005)
    assert len(server._living()) == 1
    server.close()
    listener.join(10)
    assert len(heard) > QUEUE  # it heard on while the queue of the other filled
    sleepy.close()
    awake.close()


def test_threads_that_hang_up_at_once_close_once():
    here, there = Pipe()
    close, closed = here._close, []

    def slowly() -> None:
        closed.append(threading.current_thread())
        time.sleep(0.3)
        close()

    here._close = slowly
    threads = [threading.Thread(target=hang_up, args=(here,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(closed) == 1
    with pytest.raises((EOFError, OSError)):
        there.recv_bytes()
    there.close()


def test_no_reader_is_forgotten_while_others_come_and_are_published_to(server, control_file: Path):
    stopping = threading.Event()

    def publish() -> None:
        while not stopping.is_set():
            server.publish(STATUS)

    publisher = threading.Thread(target=publish, daemon=True)
    publisher.start()
    apps = [connect(control_file) for _ in range(40)]
    deadline = time.monotonic() + 10
    while len(server._living()) < len(apps) and time.monotonic() < deadline:
        time.sleep(0.01)
    stopping.set()
    publisher.join(10)
    assert len(server._living()) == len(apps)
    for app in apps:
        app.close()


@given(st.binary(max_size=200))
def test_rubbish_is_a_protocol_error_and_nothing_else(data: bytes):
    with pytest.raises(ProtocolError):
        decode(data)


@given(st.integers(0, 2**40), st.sampled_from(["identity", "contest", "ended"]))
def test_what_is_encoded_is_decoded(number: int, step: str):
    request = Advance.model_validate({"id": number, "step": step})
    assert decode(encode(request)) == request


def test_whole_pictures_go_only_to_those_that_asked(server: ControlServer, control_file: Path):
    small, whole = connect(control_file), connect(control_file)
    small.send_bytes(encode(Watch(id=1, preview=True)))
    assert decode(small.recv_bytes()) == Ack(id=1, seq=None)
    assert not server.wants_whole
    whole.send_bytes(encode(Watch(id=1, whole=True)))
    assert decode(whole.recv_bytes()) == Ack(id=1, seq=None)
    assert server.wants_whole
    picture = Preview(source="camera", jpeg_base64="aGFsbG8=", whole=True)
    for message in (picture, STATUS):
        server.publish(message)
    assert decode(small.recv_bytes()) == STATUS
    assert [decode(whole.recv_bytes()) for _ in range(2)] == [picture, STATUS]
    assert picture.jpeg == b"hallo"
