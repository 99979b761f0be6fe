"""One window: a later start reaches the first, and what a killed one left is no obstacle."""

import json
import queue
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from client.base import single
from client.base.errors import SaiJianError
from client.base.single import Single
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 20

FIRST = """
import sys
from pathlib import Path
from client.base.single import Single

first = Single(Path(sys.argv[1]))
assert first.hold()
first.listen(lambda message: print(message, flush=True))
print("ready", flush=True)
sys.stdin.read()
first.close()
"""


@pytest.fixture
def home(tmp_path):
    return tmp_path / "张 三" / "SaiJian"


@pytest.fixture
def first(home):
    """Give another process that holds the right and prints what it hears."""
    command = [sys.executable, "-X", "utf8", "-c", FIRST, str(home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        assert process.stdout.readline().strip() == b"ready"
        yield process
        process.kill()


def test_a_later_start_tells_the_first_what_was_asked_for(home, first):
    assert Single(home).hold_or_tell('{"folder": "D:\\\\录像 一"}') is False
    assert Single(home).hold_or_tell("x" * 60_000) is False
    said = [first.stdout.readline().decode("utf-8").strip() for _ in range(2)]
    assert said == ['{"folder": "D:\\\\录像 一"}', "x" * 60_000]


class SlowAtFirst:
    """A lock that whoever comes first gets late."""

    def __init__(self) -> None:
        self._lock, self._waits = threading.Lock(), [0.5]

    def __enter__(self) -> None:
        time.sleep(self._waits.pop() if self._waits else 0.0)
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_who_starts_after_another_was_heard_is_not_heard_before_it(home):
    first, heard = Single(home), []
    assert first.hold()
    first._hearing = SlowAtFirst()
    first.listen(heard.append)
    assert Single(home).tell("one")
    assert Single(home).tell("two")
    eventually(lambda: len(heard) == 2)
    first.close()
    assert heard == ["one", "two"]


def test_after_kill_9_the_next_is_the_first(home, first):
    first.kill()
    first.wait(PATIENCE)
    left = home / "window.json"
    assert left.exists()
    next_one = Single(home)
    assert next_one.hold_or_tell("hello") is True
    next_one.close()


def test_when_the_first_ends_the_next_is_the_first_and_nothing_is_left(home, first):
    assert not Single(home).hold()
    first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    assert not (home / "window.json").exists()
    next_one = Single(home)
    assert next_one.hold()
    next_one.close()


def test_another_user_s_folder_is_another_window(home, first, tmp_path):
    other = Single(tmp_path / "李四")
    assert other.hold()
    other.close()


def test_one_that_neither_answers_nor_ends_is_said(home, monkeypatch):
    monkeypatch.setattr(single, "STARTS_S", 0.3)
    silent = Single(home)
    assert silent.hold()
    with pytest.raises(SaiJianError, match="does not answer"):
        Single(home).hold_or_tell("hello")
    silent.close()


@pytest.mark.parametrize("left", [b"", b"[]", b"{}", b'{"pid": 1, "address": "x", "key": "zz"}'])
def test_a_damaged_note_is_none(home, left):
    silent = Single(home)
    assert silent.hold()
    (home / "window.json").write_bytes(left)
    assert Single(home).tell("hello") is False
    silent.close()


def test_a_stranger_without_the_key_is_not_heard_and_keeps_nobody_out(home):
    heard = queue.SimpleQueue()
    first = Single(home)
    assert first.hold()
    first.listen(heard.put)
    note = home / "window.json"
    known = json.loads(note.read_bytes())
    note.write_text(json.dumps({**known, "key": "00" * 32}), encoding="ascii")
    assert Single(home).tell("stranger") is False
    note.write_text(json.dumps(known), encoding="ascii")
    assert Single(home).tell("friend") is True
    assert heard.get(timeout=PATIENCE) == "friend"
    first.close()
    assert "single" not in [thread.name for thread in threading.enumerate()]


def test_it_closes_though_the_last_message_is_just_being_heard(home):
    """The thread that heard it waits for no other connection, so nobody answers the waking one."""
    one = Single(home)
    assert one.hold()

    def hear(_):
        while one._listener is not None:
            time.sleep(0.01)

    one.listen(hear)
    assert Single(home).tell("a wish")
    closing = threading.Thread(target=one.close, daemon=True)
    closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert Single(home).hold()


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe is connected to otherwise")
def test_one_that_says_nothing_keeps_no_other_start_waiting(home, first):
    known = json.loads((home / "window.json").read_text("utf-8"))
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(known["address"])
        telling = threading.Thread(target=Single(home).tell, args=("hello",), daemon=True)
        telling.start()
        telling.join(PATIENCE / 2)
        assert not telling.is_alive()
        assert first.stdout.readline().strip() == b"hello"
        first.communicate(timeout=PATIENCE)
        assert first.returncode == 0
