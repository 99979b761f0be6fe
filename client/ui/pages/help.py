"""Help (帮助), offline: type a word or an error code, read the article."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QVBoxLayout, QWidget

from client.base.text import Text
from client.ui.help.articles import Article
from client.ui.help.search import find
from client.ui.look import Look
from client.ui.widgets.parts import box, button, copyable, label, phone_line, scroller
from client.ui.widgets.work_page import BACK

TITLE = Text("帮助", "Help")
SEARCH = Text("输入几个字或错误代码，如 黑屏、E200", "Type a word or an error code: black, E200")
FOUND = Text("找到的文章", "Articles found")
NOTHING = Text("没有找到", "Nothing found")
CALL = Text("请换一个词，或致电组委会：{phone}", "Try another word, or call the organizer: {phone}")
NO_PHONE = Text("号码见组委会的通知", "the number is in the organizer's notice")
_TO_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class HelpPage(QWidget):
    """The list follows what is typed; the arrow keys choose while the field keeps the focus."""

    left = Signal()

    def __init__(self, look: Look, phone: str) -> None:
        """Show all articles; `phone` is the organizer's number, empty before there is a plan."""
        super().__init__()
        self._look = look
        self._phone = phone
        self._found: list[Article] = []
        self.back = button(look.say(BACK))
        self.back.clicked.connect(self.left)
        self.search, self.found = QLineEdit(), QListWidget()
        self.search.setPlaceholderText(look.say(SEARCH))
        self.search.setAccessibleName(look.say(SEARCH))
        self.search.textChanged.connect(self._look_up)
        self.search.installEventFilter(self)
        self.found.setAccessibleName(look.say(FOUND))
        self.found.setWordWrap(True)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.currentRowChanged.connect(self._show)
        self.title, self.body = label("clock"), copyable(label("body"))
        self._arrange()
        self.first = self.search
        self._look_up("")

    def stop(self) -> None:
        """Nothing is ever under way here."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys choose an article while the person types."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and event.key() in _TO_LIST:
            self.found.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _arrange(self) -> None:
        say = self._look.say
        article = QVBoxLayout()
        article.addWidget(self.title)
        article.addWidget(self.body)
        article.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(14)
        middle.addWidget(self.found, 2)
        middle.addWidget(scroller(box("card", article, margin=18, spacing=10)), 3)
        head = QHBoxLayout()
        head.addWidget(label("title", say(TITLE)), 1)
        head.addWidget(phone_line(self._look, self._phone))
        foot = QHBoxLayout()
        foot.addWidget(self.back)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 16, 28, 16)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.search)
        column.addLayout(middle, 1)
        column.addLayout(foot)

    def _look_up(self, query: str) -> None:
        self._found = find(query)
        self.found.clear()
        self.found.addItems([self._look.say(article.title) for article in self._found])
        self.found.setCurrentRow(0 if self._found else -1)
        if not self._found:
            self._show(-1)

    def _show(self, row: int) -> None:
        say = self._look.say
        if 0 <= row < len(self._found):
            self.title.setText(say(self._found[row].title))
            self.body.setText(say(self._found[row].body))
        else:
            self.title.setText(say(NOTHING))
            self.body.setText(say(CALL.format(phone=self._phone or say(NO_PHONE))))
