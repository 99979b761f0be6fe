"""Buttons that must be held, lights with words, a level, a picture."""

from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage

from client.base.errors import StorageError
from client.base.text import Text
from client.base.tick import EVERY_US, number_at
from client.evidence.entries import SourceState
from client.recorder.child.tickfinder import find
from client.recorder.protocol import SourceStatus
from client.ui.trouble import trouble_of
from client.ui.widgets import hold, preview, tick
from client.ui.widgets.banner import Banner
from client.ui.widgets.hold import HoldButton
from client.ui.widgets.lights import WORDS, LevelMeter, Light
from client.ui.widgets.parts import label
from client.ui.widgets.preview import PreviewPicture
from client.ui.widgets.tick import Tick


@pytest.fixture
def button(look, qtbot):
    made = HoldButton(look)
    qtbot.addWidget(made)
    made.offer("do it", "a hint")
    made.show()
    qtbot.waitExposed(made)
    made.chosen_times = 0

    def count():
        made.chosen_times += 1

    made.chosen.connect(count)
    return made


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_plain_button_is_clicked_by_mouse_and_keyboard(button, qtbot, key):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, key)
    assert button.chosen_times == 2


def test_a_held_button_ignores_a_click_and_a_short_hold(button, qtbot):
    button.offer("end", hold=True)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: button.progress() > 0.05)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert (button.progress(), button.chosen_times) == (0.0, 0)


def test_three_seconds_are_asked(look):
    assert hold.HOLD_MS == 3000


@pytest.mark.parametrize("by", ["mouse", "space", "enter"])
def test_a_held_button_acts_once_while_still_pressed(button, qtbot, monkeypatch, by):
    monkeypatch.setattr(hold, "HOLD_MS", 150)
    button.offer("end", hold=True)
    if by == "mouse":
        qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    else:
        qtbot.keyPress(button, Qt.Key.Key_Space if by == "space" else Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: button.chosen_times == 1)
    assert not button.isDown()
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert button.chosen_times == 1


def test_holding_ends_when_the_button_is_switched_off(button, qtbot, monkeypatch):
    monkeypatch.setattr(hold, "HOLD_MS", 100)
    button.offer("end", hold=True)
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    button.setEnabled(False)
    qtbot.wait(150)  # longer than the hold: nothing may come
    assert button.chosen_times == 0


def test_a_held_button_tells_a_screen_reader_what_to_do(button):
    button.offer("end", "hold for three seconds", hold=True)
    assert (button.accessibleName(), button.accessibleDescription()) == (
        "end",
        "hold for three seconds",
    )


def test_every_light_differs_in_shape_or_word_and_is_named(look, qtbot):
    light = Light(look, "camera")
    qtbot.addWidget(light)
    seen = set()
    for state in WORDS:
        light.show_state(state, "the cause")
        assert light.accessibleName().startswith("摄像头: ")
        assert "the cause" in light.accessibleName()
        seen.add(light.accessibleName())
    assert len(seen) == len(WORDS)


def test_a_light_names_the_cause_what_was_lost_in_pieces_and_the_spare(look, qtbot):
    light = Light(look, "sound")
    qtbot.addWidget(light)
    told = {"source": "sound", "device": "M", "spare": "USB 麦克风", "lost_ms": 1260}
    light.show_source(SourceStatus(state="silence", cause="麦克风中断", **told))
    lines = light._cause.text().splitlines()
    assert lines == ["麦克风中断", "声音零星丢失约 1.3 秒", "备用：USB 麦克风"]
    assert "备用：USB 麦克风" in light.accessibleName()
    light.show_source(SourceStatus(source="sound", state="live", device="M"))
    assert not light._cause.isVisibleTo(light)


def test_lights_differ_without_colour(look):
    states = [*get_args(SourceState), "off", "unknown"]
    shapes = {state: look.picture(state, "text", 24).toImage() for state in states}
    images = list(shapes.values())
    assert all(a != b for n, a in enumerate(images) for b in images[n + 1 :])


@pytest.mark.parametrize(
    ("level", "fraction"), [(0.0, 0.0), (1.0, 1.0), (0.1, 2 / 3), (0.000_01, 0.0), (2.0, 1.0)]
)
def test_the_level_is_in_decibels(look, qtbot, level, fraction):
    meter = LevelMeter(look)
    qtbot.addWidget(meter)
    meter.set_level(level)
    assert meter.fraction == pytest.approx(fraction)
    assert f"{round(fraction * 100)}%" in meter.accessibleName()


def jpeg(colour):
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "JPG")
    return bytes(buffer.data())


def middle(widget):
    image = widget.grab().toImage()
    return image.pixelColor(image.rect().center())


def test_the_picture_is_drawn_until_it_is_old(look, qtbot, monkeypatch):
    picture = PreviewPicture(look)
    qtbot.addWidget(picture)
    picture.resize(192, 108)
    picture.set_open(is_open=True)
    picture.show_jpeg(b"no picture")
    assert not picture.has_picture()
    picture.show_jpeg(jpeg("#FF0000"))
    assert picture.has_picture()
    assert middle(picture).red() > 200
    assert middle(picture).blue() < 60
    monkeypatch.setattr(preview, "STALE_MS", 0)
    assert not picture.has_picture()


def test_a_closed_camera_shows_no_old_picture(look, qtbot):
    picture = PreviewPicture(look)
    qtbot.addWidget(picture)
    picture.set_open(is_open=True)
    picture.show_jpeg(jpeg("#00FF00"))
    picture.set_open(is_open=False)
    picture.set_open(is_open=True)
    assert not picture.has_picture()


def test_a_banner_shows_title_advice_and_code(look, qtbot):
    banner = Banner(look)
    qtbot.addWidget(banner)
    error = StorageError(Text("磁盘已满。", "Disk full."), Text("请清理磁盘。", "Free some space."))
    banner.show_trouble(trouble_of(error))
    assert banner.accessibleName() == "磁盘已满。 请清理磁盘。 [代码 E300]"
    assert not banner.isHidden()
    qtbot.mouseClick(banner.dismiss, Qt.MouseButton.LeftButton)
    assert banner.isHidden()


def test_a_fault_of_the_program_gets_words_too():
    trouble = trouble_of(ZeroDivisionError("x"))
    assert trouble.code == "E000 ZeroDivisionError"
    assert "录制不受影响" in trouble.advice.zh


def test_text_from_a_plan_is_never_markup(look):
    assert label("body", "<b>x</b>").textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_the_recorder_finds_the_tick_in_the_windows_picture(look, qtbot, monkeypatch, ratio):
    made = Tick(look)
    qtbot.addWidget(made)
    for at_us in (EVERY_US, 4711 * EVERY_US):
        monkeypatch.setattr(tick, "monotonic_us", lambda at_us=at_us: at_us)
        made.tick()
        picture = QImage(made.size() * ratio, QImage.Format.Format_Grayscale8)
        picture.setDevicePixelRatio(ratio)
        made.render(picture)
        rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
        assert find(rows[:, : picture.width()]) == [number_at(at_us)]
