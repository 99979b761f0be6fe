"""Parts of the documentation that are made from the code."""

from __future__ import annotations


def with_part(page: str, begin: str, text: str, end: str) -> str:
    """Return `page` with `text` between the marks; ValueError where it has no place for it."""
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"the page has no place that begins with {begin!r}")
    return before + begin + text + end + after
