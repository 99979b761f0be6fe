"""Input methods that plans may ask for, and by what each is known.

A profile of Windows' text services is named by two GUIDs, a class and a profile. Sources:
- Microsoft Pinyin, Wubi, QuanPin 6.0: learn.microsoft.com "Default input locales for Windows
  language packs" (input profiles); mozilla-central `widget/windows/TSFStaticSink.cpp`; Pinyin of
  Windows 7 {F3BA9077-...} and ABC style {FCA121D2-...}: the same.
- 搜狗 {E7EA138E-69F8-11D7-A6EA-00065B844310}: outputs of Get-WinUserLanguageList in public reports;
  a profile of 华宇 differs in the last digits only (`...4435C`).
- QQ {AE51F1C0-807F-4A64-AC55-F2ADF92E2603}: wyagd001/MyScript, Lib/IME.ahk.
- 极品五笔 `freeime.ime`, 搜狗 `sogoupy.ime`, QQ `qqpinyin.ime`, Windows XP's own `winpy.ime`
  (全拼), `winwb86.ime` (五笔 86): file names of IMM input methods as people list them.
- 搜狗五笔, QQ五笔 publish no GUID: they are known by the names that they give themselves.
- Linux: names of fcitx (`pinyin`, `wbx`, `sogoupinyin`, `qq`), ibus (`libpinyin`, `wubi86`).
"""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """One input method that we recognize."""

    slug: str
    name: str
    guids: tuple[str, ...] = ()
    """Class or profile, upper case, without braces."""
    files: tuple[str, ...] = ()
    """File of an IMM input method, lower case."""
    words: tuple[str, ...] = ()
    """Parts of the name by which it shows itself, lower case."""
    engines: tuple[str, ...] = ()
    """Names under Linux."""
    is_inbox: bool = False
    """It comes with Windows, where it is registered whether or not anybody added it."""


KNOWN = (
    Known(
        "wubi",
        "微软五笔",
        ("82590C13-F4DD-44F4-BA1D-8667246FDF8E",),
        words=("微软五笔", "microsoft wubi"),
        is_inbox=True,
    ),
    Known("wubi", "搜狗五笔", words=("搜狗五笔", "sogou wubi")),
    Known("wubi", "QQ五笔", words=("qq五笔", "qq wubi")),
    Known("wubi", "极品五笔", files=("freeime.ime",), words=("极品五笔",)),
    Known(
        "wubi",
        "五笔",
        files=("winwb86.ime",),
        words=("五笔", "wubi"),
        engines=(
            "wbx",
            "wubi",
            "wubi86",
            "wubi98",
            "wubi-jidian86",
            "wubi-haifeng86",
            "table:wubi",
            "wubi-large",
            "wbpy",
        ),
    ),
    Known(
        "sogou",
        "搜狗拼音",
        ("E7EA138E-69F8-11D7-A6EA-00065B844310", "E7EA138F-69F8-11D7-A6EA-00065B844311"),
        ("sogoupy.ime",),
        ("搜狗", "sogou"),
        ("sogoupinyin", "sogouimebs", "sogou-pinyin"),
    ),
    Known(
        "qq",
        "QQ拼音",
        ("AE51F1C0-807F-4A64-AC55-F2ADF92E2603", "96EC4774-55A1-498B-827F-E95D5445B6C1"),
        ("qqpinyin.ime",),
        ("qq拼音", "qq pinyin", "qq输入法"),
        ("qq", "qqpinyin"),
    ),
    Known(
        "quanpin",
        "微软拼音",
        (
            "FA550B04-5AD7-411F-A5AC-CA038EC515D7",
            "F3BA9077-6C7E-11D4-97FA-0080C882687E",
            "FCA121D2-8C6D-41FB-B2DE-A2AD110D4820",
        ),
        ("pintlgnt.ime",),
        ("微软拼音", "microsoft pinyin"),
        is_inbox=True,
    ),
    Known(
        "quanpin",
        "全拼",
        ("54FC610E-6ABD-4685-9DDD-A130BDF1B170",),
        ("winpy.ime",),
        ("全拼", "quanpin"),
        (
            "pinyin",
            "libpinyin",
            "pinyin-libpinyin",
            "googlepinyin",
            "sunpinyin",
            "intelligent-pinyin",
        ),
        is_inbox=True,
    ),
)
"""In the order in which they are tried: 搜狗五笔 is no 搜狗拼音."""


def by_guids(*guids: str) -> Known | None:
    """Find it by its class or profile GUID, braces or not."""
    plain = {guid.strip("{}").upper() for guid in guids if guid}
    return next((known for known in KNOWN if plain.intersection(known.guids)), None)


def by_file(name: str) -> Known | None:
    """Find it by the file of an IMM input method."""
    return next((known for known in KNOWN if name and name.casefold() in known.files), None)


def by_words(name: str) -> Known | None:
    """Find it by the name that it shows."""
    folded = name.casefold()
    return next((known for known in KNOWN if any(word in folded for word in known.words)), None)


def by_engine(name: str) -> Known | None:
    """Find it by its name under Linux."""
    return next((known for known in KNOWN if name.casefold() in known.engines), None)
