r"""Names that Windows cannot keep, and the prefix `\\?\` that nobody should read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from client.base.errors import BadInputError
from client.base.paths import given_path, trouble_with, use_given_paths, verbatim
from client.base.text import Text, without_prefix

BAD = (
    "NUL",
    "con",
    "Aux.txt",
    "com1",
    "COM9 .log",
    "lpt³",
    "CONIN$",
    "prn.tar.gz",
    "x.",
    "x ",
    "录像:隐藏",
    "a?b",
    "a*",
    'a"',
    "a<b",
    "a|b",
    "a\tb",
    "nul:",
)
GOOD = ("录像 一", "张三😀", "console", "com", "com10", "nul-1", ".hidden", "a.b.c", "x" * 255)


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_windows_cannot_keep_is_refused_for_a_new_folder(name, tmp_path):
    assert trouble_with(name) is not None
    with pytest.raises(BadInputError) as refusal:
        given_path(tmp_path / name, is_new=True)
    assert name.strip() in refusal.value.title.zh


@pytest.mark.parametrize("name", GOOD)
def test_any_other_name_is_good(name, tmp_path):
    assert trouble_with(name) is None
    path = tmp_path / name
    assert without_prefix(str(given_path(path, is_new=True))) == str(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses these names everywhere")
def test_elsewhere_what_is_there_already_may_be_called_as_it_is():
    for text in ("2026-11-22T10:00/场次", "aux/x", "..", "."):
        assert given_path(Path(text)) == Path(text)
    assert given_path(Path(".."), is_new=True) == Path("..")


def test_only_the_paths_among_the_arguments_are_looked_at_and_only_the_new_one_by_its_name():
    arguments: dict[str, object] = {"session": Path("场次"), "out": Path("aux"), "plan": "con"}
    with pytest.raises(BadInputError):
        use_given_paths(arguments)
    arguments["out"] = Path("新")
    use_given_paths(arguments)
    assert arguments == {"session": Path("场次"), "out": Path("新"), "plan": "con"}


@pytest.mark.parametrize(
    ("plain", "prefixed"),
    [
        ("D:\\录像\\一", "\\\\?\\D:\\录像\\一"),
        ("\\\\server\\share\\录像", "\\\\?\\UNC\\server\\share\\录像"),
    ],
)
def test_the_prefix_is_never_read_by_anybody(plain, prefixed):
    assert verbatim(plain) == prefixed
    assert without_prefix(prefixed) == plain
    said = Text(f"请看 {prefixed}。", f"See {prefixed}, then {prefixed}.")
    assert said.say("zh") == f"请看 {plain}。"
    assert said.say("en") == f"See {plain}, then {plain}."
