"""What opened the window: an address, a `saijian:` link of a web page, or a plan file (方案).

A link is untrusted: any web page may make one. It only fills the form's plan field in.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from client.base.errors import PlanError
from client.base.text import Text

LONGEST = 1000
_FILES = (".saijian", ".json")
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
"""Of two letters at least: one letter is a drive."""
_GRAPHIC = re.compile(r"[!-~]*")


class UnknownPlanError(PlanError):
    """What the window was opened with is neither an https address nor a plan file."""

    code = "E112"

    def __init__(self) -> None:
        """Say what may be done; the refused text itself is not repeated."""
        super().__init__(
            Text(
                "这个链接或文件不是赛鉴的竞赛方案，没有打开。",
                "This link or file is no contest plan of SaiJian and was not opened.",
            ),
            Text(
                "请使用组委会公布的 https 地址、saijian 链接或 .saijian 方案文件。",
                "Use the https address, the saijian link or the .saijian file of the organizer.",
            ),
        )


def plan_source(untrusted: str) -> str:
    """Return the https address or the absolute path that `untrusted` names; "" for "".

    `saijian:https://host/plan` and `saijian://host/plan` are https://host/plan. UnknownPlanError
    for anything else: other schemes, other files, an address with a user name in it.
    """
    scheme, colon, rest = untrusted.partition(":")
    match scheme.lower() if colon else "":
        case "https":
            return _address(untrusted)
        case "saijian":
            return _address(f"https:{rest}" if rest.startswith("//") else rest)
        case _:
            return _file(untrusted) if untrusted else ""


def _address(untrusted: str) -> str:
    try:
        parts = urlsplit(untrusted)
        named = parts.port is None or parts.port > 0
    except ValueError:
        raise UnknownPlanError from None
    host = parts.netloc.removesuffix(f":{parts.port}")
    plain = _GRAPHIC.fullmatch(untrusted) and _HOST.fullmatch(host) and len(untrusted) <= LONGEST
    if parts.scheme != "https" or not plain or not named:
        raise UnknownPlanError
    return untrusted


def _file(untrusted: str) -> str:
    path = Path(untrusted)
    if not untrusted.isprintable() or _SCHEME.match(untrusted) or path.suffix.lower() not in _FILES:
        raise UnknownPlanError
    return str(path.absolute())
