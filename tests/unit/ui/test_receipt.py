"""The receipt on the last page: the organizer's, or none; scanned from the screen and the file."""

import json
import os
import re
import tempfile
import time
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDesktopServices, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QLabel

from client.attempt.states import State
from client.contest.signed import public_key
from client.ui import printing
from client.ui.pages import receipt
from client.ui.pages.receipt import ReceiptCard
from client.ui.receipt import load_receipt
from client.ui.widgets import qr
from tests.private import only_mine
from tests.simulators.receipt import KEY, plan_signed_by, storage_receipt

KEYS = (public_key(KEY),)


def write(path, *lines):
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def test_it_is_found_among_other_lines(tmp_path):
    storage = json.dumps(storage_receipt()).encode()
    found = load_receipt(write(tmp_path / "r", b'{"kind":"x"}', storage, b'{"torn'), KEYS)
    assert (found.number, found.files, found.bytes) == ("0123456789AB", 2, 1000)
    assert found.time_us == 1_795_311_000_000_000


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        json.dumps(storage_receipt(Ed25519PrivateKey.generate())).encode(),
        json.dumps(storage_receipt() | {"time_us": 1}).encode(),
    ],
    ids=["empty", "list", "bytes", "deep", "another key", "changed"],
)
def test_anything_else_is_no_receipt(tmp_path, line):
    assert load_receipt(write(tmp_path / "r", line), KEYS) is None


def test_no_file_is_no_receipt(tmp_path):
    assert load_receipt(tmp_path / "none", KEYS) is None


CODE = "\n".join(
    (
        "SaiJian receipt 0123456789AB",
        "session 3f2b8c1e-5a77-4d0e-9a3b-000000000001",
        f"seal sha256 {'0123456789abcdef' * 4}",
        "stored 2026-11-22 09:30:00 +08:00",
    )
)


def scanned(image: QImage) -> str:
    """Return what OpenCV's detector reads in a picture of the screen."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    pixels = rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3)
    return cv2.QRCodeDetector().detectAndDecode(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[0]


def drawn_in(pdf: bytes) -> QImage:
    """Return the black rectangles that the page of a PDF by Qt draws."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    page = b"".join(zlib.decompress(part) for part in streams if part[:1] == b"\x78")
    drawn = QImage(3400, 5100, QImage.Format.Format_RGB888)
    drawn.fill(Qt.GlobalColor.white)
    painter = QPainter(drawn)
    for found in re.findall(rb"\n0 0 0 scn\n/GSa gs\n(\d+) (\d+) (\d+) (\d+) re\n", page):
        painter.fillRect(*map(int, found), Qt.GlobalColor.black)
    painter.end()
    return drawn


@pytest.fixture(scope="module", params=[("zh", "light"), ("en", "dark")], ids=["zh", "en"])
def manner(request):
    """Language and theme; of the module, so that the theme is changed once and not each time."""
    return request.param


@pytest.fixture
def card(manner, open_window, session_in, qtbot):
    """The last page of a session with a receipt."""
    session = session_in(State.STORED, plan=plan_signed_by(*KEYS))
    session.folder.path.mkdir(parents=True)
    write(session.folder.receipts, json.dumps(storage_receipt()).encode())
    language, theme = manner
    window = open_window(session, language=language, theme=theme)
    window.resize(1366, 700)
    qtbot.waitUntil(lambda: window.findChild(ReceiptCard) is not None)
    card = window.findChild(ReceiptCard)
    qtbot.waitUntil(lambda: card.isVisible() and card._code != ())
    return card


def test_a_judge_scans_it_from_the_screen(card):
    assert scanned(card.grab().toImage()) == CODE
    words = {label.text() for label in card.findChildren(QLabel)}
    assert {"0123456789AB", "2026-11-22 09:30:00"} <= words
    assert any("0.0 MB" in text and "2" in text for text in words)
    assert card.code.accessibleName() != ""


def test_it_fits_a_small_screen(card, qtbot):
    area = card.window().page.area
    qtbot.wait(50)
    assert area.verticalScrollBar().maximum() == 0


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_every_module_has_the_same_whole_number_of_pixels(qtbot, scale):
    modules = qr.modules_of(CODE)
    picture = qr.QrPicture("code")
    qtbot.addWidget(picture)
    picture.show_modules(modules)
    drawn = QImage(QSize(qr.SIDE, qr.SIDE) * scale, QImage.Format.Format_RGB888)
    drawn.setDevicePixelRatio(scale)
    picture.render(drawn)
    grey = {drawn.pixelColor(x, x).lightness() for x in range(drawn.width())}
    assert grey <= {0, 255} | {drawn.pixelColor(0, 0).lightness()}
    assert scanned(drawn) == CODE


def test_it_is_kept_as_a_file_that_can_be_printed(card, tmp_path, qtbot):
    card.save.click()
    assert isinstance(card.dialog, QFileDialog)
    (suggested,) = card.dialog.selectedFiles()
    assert suggested.endswith("/saijian-receipt-0123456789AB.pdf")
    place = tmp_path / "回执.pdf"
    card.dialog.fileSelected.emit(str(place))
    card.dialog.close()
    qtbot.waitUntil(lambda: str(place) in card.outcome.text())
    assert card.save.isEnabled()
    assert card.outcome.property("tone") == "good"
    assert place.read_bytes().startswith(b"%PDF-")
    assert scanned(drawn_in(place.read_bytes())) == CODE


def test_a_place_that_takes_no_file_is_said(card, tmp_path, qtbot):
    card.save_to(str(tmp_path / "no such folder" / "receipt.pdf"))
    qtbot.waitUntil(lambda: card.outcome.property("tone") == "bad")
    assert card.outcome.text()
    assert card.save.isEnabled()


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """What the system was asked to open; it has a viewer for it."""
    files = []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def open_url(url):
        files.append(Path(url.toLocalFile()))
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return files


def test_it_is_printed_by_what_the_system_shows_it_with(card, opened, qtbot):
    card.print.click()
    assert not card.print.isEnabled()
    assert not card.save.isEnabled()
    qtbot.waitUntil(lambda: card.outcome.property("tone") == "good")
    assert card.outcome.text() == card._look.say(receipt.OPENED)
    (place,) = opened
    assert place.name == "saijian-receipt-0123456789AB.pdf"
    assert only_mine(place.parent)
    assert only_mine(place)
    assert scanned(drawn_in(place.read_bytes())) == CODE
    assert card.print.isEnabled()


def test_a_second_enter_on_print_does_not_close_the_window(card, opened, qtbot):
    window = card.window()
    card.print.setFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(opened) == 1 and card.print.isEnabled())
    assert window.isVisible()
    assert window.focusWidget() is card.print


def test_without_a_viewer_it_is_offered_to_be_saved(card, opened, qtbot, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    card.print.click()
    qtbot.waitUntil(lambda: card.outcome.property("tone") == "warn")
    assert card.outcome.text() == card._look.say(receipt.NO_VIEWER)
    assert card.save.isEnabled()


def test_a_full_temporary_disk_is_said(card, opened, qtbot, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    card.print.click()
    qtbot.waitUntil(lambda: card.outcome.property("tone") == "bad")
    assert opened == []
    assert card.print.isEnabled()


def test_pages_of_another_day_are_cleared_away_those_of_today_stay(opened, tmp_path):
    old, young = (printing.lay_out("page.pdf", b"x").parent for _ in range(2))
    day_ago = time.time() - printing.KEPT_S - 60
    os.utime(old, (day_ago, day_ago))
    printing.lay_out("page.pdf", b"x")
    assert not old.exists()
    assert young.exists()


def test_without_a_code_the_receipt_is_still_there(card):
    card._not_coded(RuntimeError("no OpenCV"))
    assert not card.code.isVisible()
    assert card.save.isVisible()
