"""Tables go between their marks, and nowhere else."""

import pytest

from tests.bench.report import between_marks, write_into

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
