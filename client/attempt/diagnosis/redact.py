"""Taking out of a text what names a person or opens a door: names, numbers, addresses, keys.

In doubt a piece goes: whoever helps can ask for it on the telephone. What stays is what a program
is mended by: times, levels, modules, sentences of ours in English, and addresses that nobody can
reach from outside.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

_KNOWN = "~known~"
"""In the place of a known secret; no sign that ends a path."""
_LOCAL = [
    *map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")),
    *map(ipaddress.ip_network, ("169.254.0.0/16", "0.0.0.0/32", "::/127", "fc00::/7", "fe80::/10")),
]
SHORTEST = 3
"""A known secret of fewer letters would tear words apart."""
_OURS = re.compile(
    r"(?:screen|identity|contest|second|foreign)-\d{2,4}(?:\.[a-z0-9]{2,4})?"
    r"|(?:utf|sha|x86|h)-\d+|part-\d+|thread-\d+",
    re.IGNORECASE,
)
_OUR_FILES = re.compile(
    r"(?:plan|seal|setup|token|upload|control)\.json|(?:journal|receipts|attachments|uploaded|"
    r"attachment-receipts)\.jsonl|(?:recorder|uploader|app)\.(?:log|out)|"
    r"(?:screen|identity|contest|second|foreign)-\d{2,4}\.[a-z0-9]{2,4}"
)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,6})?(?!\d)")
_LONG_NAME = re.compile(
    r"(?:[A-Z][a-z]{1,11}){2,5}(?:Error|Exception|Warning)|[a-z]{1,14}(?:[_-][a-z]{1,14})+"
)
_SOURCE = re.compile(r"(?:client|site-packages)[/\\][\w./\\-]+\.py")
_HAN = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_STREETS = r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|District|Village|Building|Room)"
_WORDS = r"(?:[A-Z][a-z]+[ ,]+){1,4}"

_NAME = r"""[^\s/\\"'<>|,;:)\]]"""
_FOLDER = rf"""{_NAME}(?:[^/\\"'<>|,;:)\]\n]{{0,120}}{_NAME})?"""
"""Between two marks of a path there may be spaces: `Li Lei`."""

Act = Callable[[re.Match[str]], str]
"""Returns what stays of a match; that is final."""


def _always(word: str) -> Act:
    return lambda _: f"[{word}]"


def _as_it_is(match: re.Match[str]) -> str:
    return match[0]


def _is_local(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address means something in its own network only."""
    return any(address in network for network in _LOCAL if network.version == address.version)


def _address(match: re.Match[str]) -> str:
    try:
        address = ipaddress.ip_address(match[0].partition("%")[0])
    except ValueError:
        return match[0] if ":" not in match[0] else "[address]"
    return match[0] if _is_local(address) else "[address]"


def _url(match: re.Match[str]) -> str:
    try:
        parts = urlsplit(match[0])
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "[url]"
    try:
        is_local = host == "localhost" or _is_local(ipaddress.ip_address(host))
    except ValueError:
        is_local = False
    tail = f":{port}" if port else ""
    return f"{parts.scheme}://{host if is_local else '[host]'}{tail}"


def _path(match: re.Match[str]) -> str:
    return _place(match[0])


def _place(path: str) -> str:
    """Keep where in the program, or which of our own files, never where on the disk."""
    source = _SOURCE.search(path)
    if source is not None:
        return source[0]
    name = re.split(r"[/\\]", path)[-1]
    return f"[path]/{name}" if _OUR_FILES.fullmatch(name) else "[path]"


def _quoted(match: re.Match[str]) -> str:
    inner, mark = match[2], match[1]
    if "/" in inner or "\\" in inner:
        return mark + _place(inner) + mark
    return match[0] if re.fullmatch(r"[a-z_.-]{1,30}", inner) else f"{mark}[text]{mark}"


def _mixed(match: re.Match[str]) -> str:
    """Take out what looks like a ticket, a code or a key: letters and digits in one word."""
    return match[0] if _OURS.fullmatch(match[0]) else "[code]"


def _long(match: re.Match[str]) -> str:
    """Keep the name of an error or of a function; any other word of this length may be a key."""
    return match[0] if _LONG_NAME.fullmatch(match[0]) else "[key]"


_ARMOUR = re.compile(r"-----BEGIN[^-]*-----.*?(?:-----END[^-]*-----|\Z)", re.DOTALL)
_RULES: tuple[tuple[re.Pattern[str], Act], ...] = (
    (re.compile(r"\[key\]"), _as_it_is),
    (_TIME, _as_it_is),
    (
        re.compile(
            r"(?i)\b(token|code|ticket|password|passwd|pwd|secret|authorization|bearer|api_?key|"
            r"name|姓名|证件号?|身份证号?|手机号?|电话|地址|考号|准考证号?)"
            r"(['\"]?\s*[=:：]\s*)(?:bearer\s+)?(\"[^\"\n]*\"|'[^'\n]*'|[^\s,;]+)"
        ),
        lambda m: f"{m[1]}{m[2]}[secret]",
    ),
    (re.compile(r"(?i)\bbearer\s+\S+"), _always("key")),
    (re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s'\"<>\]]+"), _url),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), _always("e-mail")),
    (re.compile(r"(?<![\w])([\"'])([^\"'\n]{1,400})\1"), _quoted),
    (re.compile(rf"(?:[A-Za-z]:|\\\\[^\s\\]+)\\(?:{_FOLDER}\\)*[^\s\"'<>|,;)]*"), _path),
    (re.compile(rf"(?<![\w./\[])~?/(?:{_FOLDER}/)+[^\s/\"'<>|,;:)\]]*"), _path),
    (re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"), _always("mac")),
    (re.compile(r"(?<![\w:.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]?\d)"), _address),
    (
        re.compile(
            r"(?<![\w:])(?=[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:)[0-9A-Fa-f:.]{3,45}(?:%\w+)?(?!\w)"
        ),
        _address,
    ),
    (re.compile(rf"\b(?:No\.? ?)?\d{{1,5}}[,]? {_WORDS}?{_STREETS}\b\.?"), _always("place")),
    (re.compile(rf"\b{_WORDS}{_STREETS}\b\.?(?: ?(?:No\.? ?)?\d+)?"), _always("place")),
    (re.compile(rf"[{_HAN}]+(?:[·{_HAN}\w]*[{_HAN}]+)*[\d\w-]*"), _always("text")),
    (re.compile(r"\b\w+['’]s (?:iPhone|iPad|Phone|phone|Mac\w*)"), _always("device")),
    (re.compile(r"[A-Za-z0-9+/_=-]{20,}"), _long),
    (re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])\w+(?:-\w+)+\b"), _mixed),
    (re.compile(r"\b(?=[a-f0-9]*\d)[a-fA-F0-9]{12,}\b"), _always("hex")),
    (re.compile(r"(?<![\w.])\+?\d(?:[ \-().]{0,2}\d){5,}[Xx]?"), _always("number")),
    (re.compile(r"\d{6,}[Xx]?"), _always("number")),
)
"""In this order: what one has decided on, no later one sees."""


class Redactor:
    """Takes out what the rules know by its look, and `secrets` by themselves."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Know these secrets; ones too short to be told from words are left to the rules."""
        known = {secret.strip() for secret in secrets if len(secret.strip()) >= SHORTEST}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = (
            re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if known else None
        )

    def text(self, said: str) -> str:
        """Return `said` without what must not leave this computer."""
        return "\n".join(self._line(line) for line in self._whole(said).split("\n"))

    def name(self, said: str) -> str:
        """Return the name of a device, which may be Chinese, without what it says of a person."""
        whose = re.sub(rf"[\w·{_HAN}]+\s*(?:的|'s|’s)\s*", "[…] ", said)
        pieces = re.split(rf"([{_HAN}（）]+)", self._whole(whose))
        return "".join(p if re.match(rf"[{_HAN}（）]", p) else self._line(p) for p in pieces)

    def _whole(self, said: str) -> str:
        """Do what reaches over the ends of lines: known secrets, and keys in their armour."""
        known = self._known.sub(_KNOWN, said) if self._known is not None else said
        return _ARMOUR.sub("[key]", known)

    def _line(self, line: str) -> str:
        """Let each rule decide on what no earlier one has decided on."""
        pieces = [_Piece(line)]
        for pattern, act in _RULES:
            pieces = [new for piece in pieces for new in _applied(pattern, act, piece)]
        return "".join(piece.text for piece in pieces)


class _Piece(NamedTuple):
    text: str
    is_decided: bool = False


def _applied(pattern: re.Pattern[str], act: Act, piece: _Piece) -> Iterator[_Piece]:
    if piece.is_decided:
        yield piece
        return
    at = 0
    for match in pattern.finditer(piece.text):
        yield _Piece(piece.text[at : match.start()])
        yield _Piece(act(match), is_decided=True)
        at = match.end()
    yield _Piece(piece.text[at:])
