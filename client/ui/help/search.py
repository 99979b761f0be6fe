"""Finds articles: every word must occur, in either language; where it stands decides the order."""

from __future__ import annotations

import unicodedata

from client.base.text import Text
from client.ui.help.articles import ARTICLES, Article

_EXACT, _BEGINNING, _TITLE, _WORDS, _BODY = 16, 8, 4, 2, 1


def find(query: str) -> list[Article]:
    """Return the articles that hold every word of `query`, the best first; all for no query."""
    whole = _plain(query)
    scored = [(_score(article, whole), article) for article in ARTICLES]
    kept = [pair for pair in scored if pair[0] or not whole]
    return [article for _, article in sorted(kept, key=lambda pair: -pair[0])]


def _score(article: Article, whole: str) -> int:
    words = [_word_score(article, word) for word in whole.split()]
    if not words or not all(words):
        return 0
    titles = _both(article.title)
    bonus = _EXACT if whole in titles else _BEGINNING if _begins(titles, whole) else 0
    return min(words) * _EXACT + bonus


def _word_score(article: Article, word: str) -> int:
    places = ((article.title, _TITLE), (article.words, _WORDS), (article.body, _BODY))
    return next((score for text, score in places if any(word in t for t in _both(text))), 0)


def _begins(titles: tuple[str, str], whole: str) -> bool:
    return any(title.startswith(whole) for title in titles)


def _both(text: Text) -> tuple[str, str]:
    return _plain(text.zh), _plain(text.en)


def _plain(text: str) -> str:
    """Return `text` without differences of case, width (full or half) and spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
