"""Tables go between their marks, and nowhere else."""

from pathlib import Path

import pytest

from tests.bench.__main__ import PARTS
from tests.bench.report import between_marks, write_into

ROOT = Path(__file__).resolve().parents[3]
PAGE = (
    "before\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nafter\n<!-- bench:b -->\n<!-- /bench:b -->\n"
)


def test_only_what_stands_between_the_marks_is_replaced(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    write_into(page, {"a": r"new \1 text"})
    assert page.read_text(encoding="utf-8") == PAGE.replace("old", r"new \1 text")


def test_a_page_without_marks_is_refused():
    with pytest.raises(LookupError):
        between_marks(PAGE, "c", "text")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_its_place_in_the_page(part: str):
    page = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    assert between_marks(page, part, "its table") != page
