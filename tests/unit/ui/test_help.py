"""Help: every article is found, every code explained, all by keyboard; the guides' pictures."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from client.attempt.states import State
from client.base.codes import MEANINGS
from client.ui.help.articles import ARTICLES
from client.ui.help.search import find
from client.ui.pages.help import HelpPage
from tests.screenshots import GUIDE_WIDTH, GUIDES, IN_GUIDES

ROOT = Path(__file__).resolve().parents[3]
GUIDE_PAGES = [ROOT / "docs" / f"guide-{who}.md" for who in ("contestants", "technicians")]
MOST_BYTES = 60_000


def codes_in_classes():
    """Return every code that a class of the program carries."""
    found = set()
    for path in (ROOT / "client").rglob("*.py"):
        for made in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(made, ast.ClassDef):
                assigned = [line for line in made.body if isinstance(line, ast.Assign)]
                words = "\n".join(map(ast.unparse, assigned))
                found |= set(re.findall(r"^code = '(E\d+)'", words, re.MULTILINE))
    return found


def test_every_code_is_explained_and_no_other():
    assert "E510" in codes_in_classes()
    assert codes_in_classes() == set(MEANINGS)


@pytest.mark.parametrize("code", MEANINGS)
@pytest.mark.parametrize("typed", [str, str.lower, lambda code: f"  {code} "])
def test_a_code_is_found_first(code, typed):
    assert find(typed(code))[0].title.zh.startswith(code)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.title.en)
def test_an_article_is_found_first_by_its_own_title(article):
    assert find(article.title.zh)[0] is article
    assert find(article.title.en.upper())[0] is article
    assert all(article.words)
    assert all(article.body)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("黑屏", "摄像头黑屏或没有画面"),
        ("静音", "麦克风没有声音"),
        ("断网", "断网了"),
        ("蓝屏", "电脑重启或死机了"),
        ("迟到", "我迟到了"),
        ("muted", "麦克风没有声音"),
        ("wifi", "断网了"),
        ("拼音", "输入法打不出字"),
        ("双屏", "第二个显示器"),
        ("\uff25\uff15\uff11\uff10", f"E510 · {MEANINGS['E510'].title.zh}"),
    ],
)
def test_what_people_type_leads_to_the_right_article(typed, expected):
    assert find(typed)[0].title.zh == expected


def test_every_word_must_occur():
    assert find("camera zebra") == []
    assert find("   ") == list(ARTICLES)


# ---- the page ------------------------------------------------------------------------------------
@pytest.fixture
def opened(open_window, session_in, qtbot):
    """Return a function that opens help by its button."""

    def show(state=State.CONTEST, **changes):
        window = open_window(session_in(state) if state else None, **changes)
        if state:
            qtbot.waitUntil(lambda: bool(window.page.rail.phone()))
        window.page.rail.asides["help"].click()
        assert isinstance(window.aside.page, HelpPage)
        return window.aside.page

    return show


def test_the_list_follows_the_typing_and_the_arrows_choose(opened, qtbot):
    page = opened()
    assert page.window().focusWidget() is page.search
    assert page.found.count() == len(ARTICLES)
    qtbot.keyClicks(page.search, "e51")
    assert page.title.text().startswith("E510")
    page.search.clear()
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.title.text() == ARTICLES[1].title.zh
    assert page.body.text() == ARTICLES[1].body.zh
    assert page.window().focusWidget() is page.search
    qtbot.keyClick(page.search, Qt.Key.Key_Up)
    assert page.title.text() == ARTICLES[0].title.zh


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_match_names_the_telephone(opened, qtbot, language):
    page = opened(language=language)
    qtbot.keyClicks(page.search, "zebra")
    assert page.found.count() == 0
    assert page._phone
    assert page._phone in page.body.text()


def test_before_there_is_a_plan_it_says_where_the_number_is(opened, qtbot):
    page = opened(None)
    qtbot.keyClicks(page.search, "zebra")
    assert "组委会的通知" in page.body.text()


def test_the_keyboard_reaches_everything(opened, qtbot):
    page = opened()
    seen = set()
    for _ in range(8):
        seen.add(page.window().focusWidget())
        qtbot.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
    assert {page.search, page.found, page.back} <= seen
    window = page.window()
    page.back.setFocus()
    qtbot.keyClick(page.back, Qt.Key.Key_Return)
    assert window.aside.page is None


# ---- the guides ----------------------------------------------------------------------------------
def test_the_guides_show_only_pictures_that_are_drawn_and_small():
    named = set()
    for page in GUIDE_PAGES:
        named |= set(re.findall(r"!\[[^\]]+\]\(pictures/([\w-]+)\.png\)", page.read_text("utf-8")))
    assert named == set(IN_GUIDES) == {path.stem for path in GUIDES.glob("*")}
    assert len(named) <= 10
    for path in GUIDES.glob("*.png"):
        assert path.stat().st_size <= MOST_BYTES, path.name
        assert 0 < QImage(str(path)).width() <= GUIDE_WIDTH
