"""What changed around the screen, from readings as the systems give them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from client.capture.screen.grabber import Box
from client.capture.screen.monitors import Monitor, Surroundings, news, outside, why_none
from client.capture.screen.winmonitors import cover_of

ONE = Monitor("DUMMY0", Box(0, 0, 1280, 720))
TWO = Monitor("DUMMY1", Box(1280, 0, 1024, 768))
ALONE = Surroundings(Box(0, 0, 1280, 720), (ONE,))
BOTH = Surroundings(Box(0, 0, 2304, 768), (ONE, TWO))
"""Read from an Xorg with the dummy driver."""


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (ALONE, ALONE, []),
        (ALONE, BOTH, ["接上了显示器 DUMMY1（1024x768），现在有 2 个"]),
        (BOTH, ALONE, ["显示器 DUMMY1 被拔掉或关掉了，现在有 1 个"]),
        (
            ALONE,
            replace(ALONE, monitors=(Monitor("DUMMY0", Box(0, 0, 720, 1280), 90),)),
            ["显示器 DUMMY0 被旋转到 90 度"],
        ),
        (
            ALONE,
            replace(ALONE, monitors=(Monitor("DUMMY0", Box(0, 0, 800, 600)),)),
            ["显示器 DUMMY0 的分辨率改为 800x600"],
        ),
        (
            ALONE,
            replace(ALONE, monitors=(replace(ONE, scale=150),)),
            ["显示器 DUMMY0 的缩放改为 150%"],
        ),
        (
            BOTH,
            replace(BOTH, monitors=(ONE, replace(TWO, box=Box(0, 720, 1024, 768)))),
            ["显示器 DUMMY1 换了位置"],
        ),
        (replace(ALONE, lit=True), replace(ALONE, lit=False), ["所有显示器都关了（黑屏节能）"]),
        (replace(ALONE, lit=False), replace(ALONE, lit=True), ["显示器又亮了"]),
        (ALONE, replace(ALONE, lit=True), []),
        (ALONE, replace(ALONE, cover="locked"), ["电脑锁屏了"]),
        (replace(ALONE, cover="locked"), ALONE, ["锁屏或安全桌面已结束"]),
    ],
)
def test_each_change_is_one_plain_sentence(before, now, said) -> None:
    assert [text.zh for text in news(before, now)] == said
    assert all(text.en for text in news(before, now))


def test_a_monitor_that_is_not_in_the_picture_is_named() -> None:
    assert outside(BOTH) == []
    assert [t.zh for t in outside(replace(BOTH, desktop=ALONE.desktop))] == [
        "显示器 DUMMY1 不在录制的画面里"
    ]


def test_why_there_may_be_no_picture() -> None:
    assert why_none(ALONE) is None
    causes = (
        why_none(replace(ALONE, cover="secure")),
        why_none(replace(ALONE, cover="locked", lit=False)),
        why_none(replace(ALONE, lit=False)),
        why_none(replace(ALONE, monitors=())),
    )
    assert ["安全桌面" in causes[0].zh, "锁屏" in causes[1].zh] == [True, True]
    assert ["关了" in causes[2].zh, "没有接显示器" in causes[3].zh] == [True, True]


@pytest.mark.parametrize(
    ("desktop", "is_locked", "cover"),
    [
        ("Default", False, ""),
        ("Winlogon", True, "locked"),
        ("", True, "locked"),
        ("", False, "secure"),
        ("Winlogon", False, "secure"),
        ("Screen-saver", False, "locked"),
    ],
)
def test_what_a_desktop_of_windows_means(desktop, is_locked, cover) -> None:
    assert cover_of(desktop, is_locked=is_locked) == cover
