"""The parser behind every verb: it speaks Chinese first, guesses what was meant, and raises."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from client.base.errors import BadInputError
from client.base.text import Text

Verbs = argparse._SubParsersAction  # noqa: SLF001 (argparse gives the type no public name)
_SAYINGS = (
    (
        r"unrecognized arguments: (?P<given>.*)",
        Text("不认识的参数：{given}。", "Unknown arguments: {given}."),
    ),
    (
        r"the following arguments are required: VERB",
        Text("缺少命令。", "A command is missing."),
    ),
    (
        r"the following arguments are required: (?P<names>.*)",
        Text("缺少参数：{names}。", "Missing: {names}."),
    ),
    (
        r"argument VERB: invalid choice: (?P<given>.*) \(choose from (?P<known>.*)\)",
        Text("没有这个命令：{given}。", "There is no command {given}."),
    ),
    (
        r"argument (?P<name>.*?): invalid choice: (?P<given>.*) \(choose from (?P<known>.*)\)",
        Text("参数 {name} 不能是 {given}。", "{name} cannot be {given}."),
    ),
    (
        r"argument (?P<name>.*?): expected .*",
        Text("参数 {name} 后面缺少内容。", "A value is missing after {name}."),
    ),
    (
        r"argument (?P<name>.*?): invalid \S+ value: (?P<given>.*)",
        Text("参数 {name} 的值 {given} 不对。", "{given} is no value for {name}."),
    ),
    (
        r"argument (?P<name>.*?): not allowed with argument (?P<other>.*)",
        Text("{name} 和 {other} 不能同时使用。", "{name} and {other} exclude each other."),
    ),
    (
        r"argument (?P<name>.*?): ignored explicit argument (?P<given>.*)",
        Text("参数 {name} 后面不带值。", "{name} takes no value."),
    ),
    (
        r"ambiguous option: (?P<given>\S+) could match (?P<known>.*)",
        Text("参数 {given} 不够明确。", "{given} may mean several options."),
    ),
)
"""What argparse of Python 3.11 to 3.13 complains of, and how it is said here."""


class UsageError(BadInputError):
    """The command line is none of ours."""

    code = "E101"


def finite(text: str) -> float:
    """Return a number that somebody typed; ValueError for `nan` and `inf`, which are no length."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


class _Layout(argparse.RawDescriptionHelpFormatter):
    """Examples as they were written; headings in both languages."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:  # noqa: ANN401
        """Begin as argparse does, in Chinese first."""
        super().add_usage(usage, actions, groups, "用法 / usage: " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Raises UsageError where argparse would print in English and exit."""

    def __init__(self, **words: Any) -> None:  # noqa: ANN401 - those of ArgumentParser
        """Take argparse's own arguments; layout and `--help` are the same everywhere."""
        layout = {"formatter_class": _Layout, "add_help": False}
        super().__init__(**{**layout, **words})
        self.verbs: dict[str, Parser] = {}
        self._positionals.title = "参数 / arguments"
        self._optionals.title = "选项 / options"
        self.add_argument("-h", "--help", action="help", help="显示用法 / show this help")

    def error(self, message: str) -> NoReturn:
        """Raise UsageError for argparse's `message`."""
        raise _translated(self, message)

    def options(self) -> list[str]:
        """Return the options that this parser knows, the long ones only."""
        known = (name for action in self._actions for name in action.option_strings)
        return [name for name in known if name.startswith("--")]

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Return what `arguments` say; UsageError, with a guess, where they say nothing."""
        first = arguments[0] if arguments else ""
        if first.startswith("--") and not any(o.startswith(first) for o in self.options()):
            self.error(f"unrecognized arguments: {first}")
        args, unknown = self.parse_known_args(arguments)
        if unknown:
            _verb_of(self, arguments).error(f"unrecognized arguments: {' '.join(unknown)}")
        return args


def add_verbs(parser: Parser, dest: str) -> Verbs[Parser]:
    """Let `parser` have verbs; the one that was typed becomes `dest` of what was read."""
    verbs = parser.add_subparsers(dest=dest, required=True, metavar="VERB")
    parser.verbs = verbs.choices
    return verbs


def add_verb(
    verbs: Verbs[Parser], name: str, summary: str | None, examples: str = "", about: str = ""
) -> Parser:
    """Add a verb with its line in the list (None: not listed), and what its own help tells."""
    listed: dict[str, Any] = {} if summary is None else {"help": summary}
    epilog = f"例 / examples:\n{examples}" if examples else None
    return verbs.add_parser(name, description=about or summary, epilog=epilog, **listed)


def _verb_of(parser: Parser, arguments: Sequence[str]) -> Parser:
    """Return the parser of the verb, or of its own verb, that `arguments` name."""
    for word in arguments:
        parser = parser.verbs.get(word, parser)
    return parser


def _translated(parser: Parser, message: str) -> UsageError:
    title, found = Text(f"命令行有误：{message}。", f"Bad command line: {message}."), {}
    for pattern, saying in _SAYINGS:
        if (match := re.fullmatch(pattern, message, re.DOTALL)) is not None:
            found = match.groupdict()
            title = saying.format(**found)
            break
    choices = re.findall(r"[^\s,']+", found.get("known", ""))
    guess = _guess(found.get("given", ""), choices or parser.options())
    usage = Text(f"用法见：{parser.prog} --help", f"See: {parser.prog} --help")
    return UsageError(title, Text(*map("".join, zip(_hint(guess, choices), usage, strict=True))))


def _guess(given: str, known: Sequence[str]) -> str:
    """Return which of the known words the first given one may be a slip of, or nothing."""
    from difflib import get_close_matches

    word = given.strip("'\"").partition(" ")[0].partition("=")[0]
    return next(iter(get_close_matches(word, known, n=1)), "")


def _hint(guess: str, choices: Sequence[str]) -> Text:
    if guess:
        return Text(f"您要输入的是 {guess} 吗？", f"Did you mean {guess}? ")
    if choices:
        return Text(f"可以是：{'、'.join(choices)}。", f"It may be: {', '.join(choices)}. ")
    return Text("", "")
