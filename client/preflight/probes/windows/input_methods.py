r"""Input methods on Windows: text services (TSF), older IMM input methods, keyboard layouts.

Every Windows 10 in Chinese registers Microsoft Pinyin and Wubi; what counts is what this user can
switch to. That is written in several places, none of which is always there:

- `HKLM\...\CTF\TIP\{class}\LanguageProfile\0x00000804\{profile}`, `Enable`: registered, and
  whether it is on for users who never chose; the same path in `HKCU`: what this user chose
  (learn.microsoft.com "ITfInputProcessorProfiles::EnableLanguageProfile").
- `HKCU\Control Panel\International\User Profile\zh-Hans-CN`, a value `0804:{class}{profile}` for
  each input method (Windows 8 and later, what Get-WinUserLanguageList reads).
- `HKCU\...\CTF\SortOrder\AssemblyItem\0x00000804\{keyboards}\0000000n`: the order of the bar.
- `HKCU\Keyboard Layout\Preload` and `Substitutes`: layouts and IMM input methods, whose names and
  files are in `HKLM\SYSTEM\...\Keyboard Layouts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from client.preflight.facts.software import InputFacts, InputMethod
from client.preflight.known.input_methods import Known, by_file, by_guids, by_words
from client.preflight.probes.windows.machine import ROOTS, Machine, text

_TIP = r"SOFTWARE\Microsoft\CTF\TIP"
_PROFILE = re.compile(r"([0-9A-F]{4}):(\{[0-9A-F-]{36}\})(\{[0-9A-F-]{36}\})", re.IGNORECASE)
_LAYOUT = re.compile(r"([0-9A-F]{4}):([0-9A-F]{8})", re.IGNORECASE)
_USER_LANGUAGES = r"Control Panel\International\User Profile"
_BAR = r"SOFTWARE\Microsoft\CTF\SortOrder\AssemblyItem"
_KEYBOARDS = "{34745C63-B2F0-4784-8B67-5E12C8701A31}"
"""GUID_TFCAT_TIP_KEYBOARD, msctf.h."""
_NONE = "{00000000-0000-0000-0000-000000000000}"
_PRELOAD, _SUBSTITUTES = r"Keyboard Layout\Preload", r"Keyboard Layout\Substitutes"
_LAYOUTS = r"SYSTEM\CurrentControlSet\Control\Keyboard Layouts"
_ENGLISH, _CHINESE = 0x09, 0x0804
_CHINESE_US = (0x0804, 0x08040804)
"""Languages of a layout; the plain keyboard of Chinese, by either number, types English letters."""
_PRIMARY = 0x3FF

Key = tuple[str, str]
"""Class and profile, upper case with braces."""
IsEnabled = Callable[[str, int, str], bool | None]
"""Class, language and profile -> what the text services themselves say, None: nothing."""


@dataclass
class _Service:
    """What the registry says of one text service's profile."""

    name: str = ""
    by_default: bool = False
    chosen: bool | None = None
    is_on_bar: bool = False
    is_listed: bool = False
    """In the language list of Windows 8 and later."""


def read_input_methods(
    machine: Machine, ask: IsEnabled = lambda _class, _language, _profile: None
) -> InputFacts:
    """Read them; `ask` is asked where this user's own lists say nothing of a registered profile."""
    services: dict[Key, _Service] = {}
    _registered(machine, services)
    layouts = list(_preloaded(machine))
    layouts += _user_list(machine, services)
    layouts += _on_the_bar(machine, services)
    has_list = any(service.is_listed or service.is_on_bar for service in services.values())
    found = list(_services(services, ask, has_list=has_list))
    found += _layouts(machine, dict.fromkeys(layouts))
    if not layouts and not services:
        return InputFacts(framework=None, methods=())
    return InputFacts(framework="windows", methods=_once(found))


def _registered(machine: Machine, services: dict[Key, _Service]) -> None:
    for root in ROOTS:
        for clsid in machine.subkeys(root, _TIP):
            languages = rf"{_TIP}\{clsid}\LanguageProfile"
            for language in machine.subkeys(root, languages):
                if not language.casefold().endswith("0804"):
                    continue
                for profile in machine.subkeys(root, rf"{languages}\{language}"):
                    values = machine.values(root, rf"{languages}\{language}\{profile}")
                    service = services.setdefault(_key(clsid, profile), _Service())
                    name, enable = values.get("description"), values.get("enable")
                    service.name = service.name or (name if isinstance(name, str) else "")
                    if root == "HKCU" and isinstance(enable, int):
                        service.chosen = bool(enable)
                    elif isinstance(enable, int):
                        service.by_default |= bool(enable)


def _user_list(machine: Machine, services: dict[Key, _Service]) -> Iterator[str]:
    """Mark the services of the user's language list; yield its plain layouts."""
    for language in machine.subkeys("HKCU", _USER_LANGUAGES):
        for name in machine.values("HKCU", rf"{_USER_LANGUAGES}\{language}"):
            if found := _PROFILE.fullmatch(name):
                services.setdefault(_key(found[2], found[3]), _Service()).is_listed = True
            elif plain := _LAYOUT.fullmatch(name):
                yield plain[2].lower()


def _on_the_bar(machine: Machine, services: dict[Key, _Service]) -> Iterator[str]:
    """Mark the services of the language bar; yield its plain layouts."""
    place = rf"{_BAR}\0x00000804\{_KEYBOARDS}"
    for number in machine.subkeys("HKCU", place):
        values = machine.values("HKCU", rf"{place}\{number}")
        clsid, profile = str(values.get("clsid", _NONE)), str(values.get("profile", _NONE))
        layout = values.get("keyboardlayout", 0)
        if clsid not in ("", _NONE):
            services.setdefault(_key(clsid, profile), _Service()).is_on_bar = True
        elif isinstance(layout, int) and layout:
            yield f"{layout & 0xFFFFFFFF:08x}"


def _preloaded(machine: Machine) -> Iterator[str]:
    instead = machine.values("HKCU", _SUBSTITUTES)
    for layout in machine.values("HKCU", _PRELOAD).values():
        if isinstance(layout, str) and re.fullmatch(r"[0-9A-Fa-f]{1,8}", layout):
            other = instead.get(layout.lower(), layout)
            yield (other if isinstance(other, str) else layout).lower().rjust(8, "0")


def _services(
    services: dict[Key, _Service], ask: IsEnabled, *, has_list: bool
) -> Iterator[InputMethod]:
    for (clsid, profile), service in services.items():
        known = by_guids(profile) or by_guids(clsid) or by_words(service.name)
        if known is None and not service.name:
            continue
        counts_unlisted = known is not None and not (known.is_inbox and has_list)
        is_ready = _is_ready(service)
        if is_ready is None and counts_unlisted:
            is_ready = ask(clsid, _CHINESE, profile)
            is_ready = service.by_default if is_ready is None else is_ready
        if known is not None:
            yield InputMethod(slug=known.slug, name=known.name, is_ready=bool(is_ready))
        elif service.is_listed or service.is_on_bar:
            yield InputMethod(slug=None, name=service.name[:80], is_ready=bool(is_ready))


def _is_ready(service: _Service) -> bool | None:
    """Decide by the user's own words, None where there are none. The bar's order may be old."""
    if service.is_listed:
        return True
    if service.chosen is not None:
        return service.chosen
    return True if service.is_on_bar else None


def _layouts(machine: Machine, ready: Iterable[str]) -> Iterator[InputMethod]:
    """Yield the layouts and IMM input methods in use, then those that are merely installed."""
    ready = list(ready)
    for layout in ready:
        number = int(layout, 16)
        known, name = _imm(machine, layout)
        if known is not None:
            yield InputMethod(slug=known.slug, name=known.name, is_ready=True)
        elif number & _PRIMARY == _ENGLISH or number in _CHINESE_US:
            name = "美式键盘" if number in _CHINESE_US else name or "英语键盘"
            yield InputMethod(slug="english", name=name, is_ready=True)
        elif name:
            yield InputMethod(slug=None, name=name, is_ready=True)
    for layout in machine.subkeys("HKLM64", _LAYOUTS):
        if layout.casefold().startswith("e0") and layout.casefold() not in ready:
            known, _ = _imm(machine, layout)
            if known is not None:
                yield InputMethod(slug=known.slug, name=known.name, is_ready=False)


def _imm(machine: Machine, layout: str) -> tuple[Known | None, str]:
    """Return the input method behind a layout's number, and the layout's own name."""
    name = text(machine, "HKLM64", rf"{_LAYOUTS}\{layout}", "Layout Text")
    file = text(machine, "HKLM64", rf"{_LAYOUTS}\{layout}", "Ime File")
    return (by_file(file) or by_words(name) if file else None), name[:80]


def _once(methods: Iterable[InputMethod]) -> tuple[InputMethod, ...]:
    """Keep one of each name, ready where any of them is."""
    found: dict[tuple[str | None, str], bool] = {}
    for method in methods:
        key = (method.slug, method.name)
        found[key] = found.get(key, False) or method.is_ready
    return tuple(
        InputMethod(slug=slug, name=name, is_ready=ready) for (slug, name), ready in found.items()
    )


def _key(clsid: str, profile: str) -> Key:
    return clsid.upper(), profile.upper()
