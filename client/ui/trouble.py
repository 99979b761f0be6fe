"""Any exception as what a person can read: title, advice, code."""

from __future__ import annotations

from dataclasses import dataclass

from client.base.errors import SaiJianError
from client.base.text import Text
from client.base.trouble import file_trouble

NO_BROWSER = Text("没能打开浏览器。", "The browser could not be opened.")


@dataclass(frozen=True)
class Trouble:
    """One problem as the window shows it."""

    title: Text
    advice: Text
    code: str


def trouble_of(error: BaseException) -> Trouble:
    """Return the words of an error of ours or of a file, or plain ones for a program's fault."""
    if isinstance(error, SaiJianError):
        return Trouble(error.title, error.advice, error.code)
    told = file_trouble(error) if isinstance(error, OSError) else None
    if told is not None:
        return Trouble(told.title, told.advice, told.code)
    return Trouble(
        Text("程序出了意外。", "Something unexpected happened in the program."),
        Text(
            "录制不受影响。请再试一次；还是不行，请致电组委会并说出这个代码。",
            "The recording is not affected. Try again; if it stays, call the organizer and tell "
            "this code.",
        ),
        f"E000 {type(error).__name__}",
    )
