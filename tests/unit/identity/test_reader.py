"""The reader reads what a card shows, quietly and without the network."""

import socket
import subprocess
import sys

import cv2
import numpy as np
import pytest

from client.identity.reader import Line, Reader

NUMBER = "11010519491231002X"  # the example in the standard GB 11643, nobody's


@pytest.fixture(scope="module")
def reader():
    return Reader()


def picture_of(text, *, turned=False):
    paper = np.full((200, 900, 3), 235, np.uint8)
    cv2.putText(paper, text, (40, 120), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (30, 30, 30), 4, cv2.LINE_AA)
    return cv2.rotate(paper, cv2.ROTATE_180) if turned else paper


@pytest.mark.parametrize("turned", [False, True])
def test_an_eighteen_digit_number_is_read(reader, turned):
    (line,) = reader.read(picture_of(NUMBER, turned=turned))
    assert line.text.replace(" ", "") == NUMBER
    assert line.score > 0.8
    xs = [x for x, _ in line.corners]
    assert len(line.corners) == 4
    assert max(xs) - min(xs) > 600


def test_lines_come_from_top_to_bottom(reader):
    both = np.vstack([picture_of("314159265"), picture_of("271828182")])
    assert [line.text.replace(" ", "") for line in reader.read(both)] == ["314159265", "271828182"]


def test_an_empty_picture_has_no_lines(reader):
    assert reader.read(np.full((300, 400, 3), 200, np.uint8)) == []


def test_reading_says_nothing_and_asks_nobody(monkeypatch, capfd):
    def refuse(*_):
        raise AssertionError("the reader opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    lines = Reader().read(picture_of(NUMBER))
    assert isinstance(lines[0], Line)
    assert capfd.readouterr() == ("", "")


def test_nothing_else_loads_the_reader():
    code = (
        "import sys, pkgutil, importlib, client\n"
        "for name in ('client.wiring', 'client.recorder.child.build', 'client.upload.process',"
        " 'client.ui.app'): importlib.import_module(name)\n"
        "print([m for m in sys.modules if m.partition('.')[0] in ('rapidocr', 'onnxruntime')])"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "[]"
