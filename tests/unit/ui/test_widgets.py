"""Buttons that must be held, lights with words, a level, a picture."""

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage

from client.base.errors import StorageError
from client.base.text import Text
from client.evidence.entries import CheckResult
from client.preflight.checks.recording import BenchRun
from client.preflight.standard import standard_checks
from client.ui.pages.details import CHECKS, ChecksDetail
from client.ui.trouble import trouble_of
from client.ui.widgets import hold, preview
from client.ui.widgets.banner import Banner
from client.ui.widgets.hold import HoldButton
from client.ui.widgets.lights import WORDS, LevelMeter, Light
from client.ui.widgets.parts import label
from client.ui.widgets.preview import PreviewPicture


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


def test_lights_differ_without_colour(look):
    shapes = {state: look.picture(state, "text", 24).toImage() for state in
              ("live", "slate", "silence", "off", "unknown")}  # fmt: skip
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


def test_every_standard_check_has_its_own_words(tmp_path):
    for check in standard_checks(None, tmp_path, None, BenchRun(tmp_path)):
        assert CHECKS[check.name][0] == check.title


def test_checks_are_listed_worst_first_and_counted(look, qtbot):
    detail = ChecksDetail(look)
    qtbot.addWidget(detail)
    detail.show_checks(
        (
            CheckResult(check="clock", verdict="pass"),
            CheckResult(check="disk-space", verdict="fail"),
            CheckResult(check="a-new-one", verdict="unknown"),
        )
    )
    column = detail._column
    names = [column.itemAt(n).widget().accessibleName() for n in range(1, column.count())]
    assert names == [
        "磁盘可用空间: 未通过 请删除或移走不用的文件，清空回收站。",
        "检测项 a-new-one: 没有测出 请致电组委会。",
        "电脑时间: 通过",
    ]
    assert "2" in column.itemAt(0).widget().text()
    detail.show_checks((CheckResult(check="disk-space", verdict="pass"),))
    assert column.itemAt(0).widget().text() == "全部通过。"
