"""`saijian play`: the tracks of a session side by side in this computer's own browser."""

from __future__ import annotations

import argparse
import threading
import webbrowser

from client.base.text import Text
from client.cli.say import show_json, tell
from client.review.serve import play

_HINT = Text(
    "浏览器没有打开时，请自己打开上面的地址；按 Ctrl-C 结束。",
    "If no browser opens, open the address above yourself. Ctrl-C ends.",
)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or for `--seconds`; errors for people are raised."""

    def announce(url: str) -> None:
        if args.json:
            show_json({"url": url})
        else:
            print(url, flush=True)
            tell(_HINT)
        if not args.no_browser:
            # a browser that starts slowly must not hold up its own first request
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    play(args.session, args.port, announce, args.seconds)
    return 0
