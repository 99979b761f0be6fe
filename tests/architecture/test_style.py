"""Colours are chosen in one place: our pages have those of `assets/style/tokens.json`."""

from __future__ import annotations

import re

import pytest

from assets.style import make
from client.base.assets import asset


def test_the_pages_have_the_colours_of_the_tokens() -> None:
    assert make.PAGE.read_text("utf-8") == make.written(), "python assets/style/make.py"


@pytest.mark.parametrize("page", ["board", "player"])
def test_a_page_chooses_no_colour_of_its_own(page: str) -> None:
    style = asset(page, f"{page}.css").read_text("utf-8")
    assert re.findall(r"#[0-9a-f]{3,8}\b(?=[^{}]*[;}])", style) in ([], ["#000"])  # behind a film
    known = set(re.findall(r"(--[\w-]+):", asset("style", "page.css").read_text("utf-8") + style))
    assert set(re.findall(r"var\((--[\w-]+)", style)) <= known | {"--columns"}
