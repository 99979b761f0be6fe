"""How a verb that shows a page of this computer tells where it is."""

from __future__ import annotations

import argparse
import threading
import webbrowser
from collections.abc import Callable

from client.base.text import Text
from client.cli.say import show_json, tell

_HINT = Text(
    "浏览器没有打开时，请自己打开上面的地址；按 Ctrl-C 结束。",
    "If no browser opens, open the address above yourself. Ctrl-C ends.",
)


def announcing(args: argparse.Namespace) -> Callable[[str], None]:
    """Return what prints the address, as JSON where asked, and opens a browser where wanted."""

    def announce(url: str) -> None:
        if args.json:
            show_json({"url": url})
        else:
            print(url, flush=True)
            tell(_HINT)
        if not args.no_browser:
            # a browser that starts slowly must not hold up its own first request
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    return announce
