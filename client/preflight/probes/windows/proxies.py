"""The proxy of Windows: Internet Settings of this user, and WinHTTP's own for services.

https://learn.microsoft.com/windows/win32/winhttp/winhttp-start-page; the switches in byte 8 of
DefaultConnectionSettings are those of INTERNET_PER_CONN_FLAGS (wininet.h).
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TypeGuard

from client.preflight.facts.network import ProxyFacts

SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
_SWITCHES_AT = 8
_DETECTS = 0x8


def facts_of(values: dict[str, object], connection: object, winhttp: str) -> ProxyFacts:
    """Return the facts in the key's `values`, the bytes of its connection, WinHTTP's proxy."""
    server, script = values.get("ProxyServer"), values.get("AutoConfigURL")
    on = values.get("ProxyEnable") == 1 and isinstance(server, str) and server
    switches = connection[_SWITCHES_AT] if _is_long(connection) else 0
    return ProxyFacts(
        system=(str(server)[:300],) if on else (),
        script=script[:300] if isinstance(script, str) else "",
        detects=bool(switches & _DETECTS),
        winhttp=winhttp[:300],
    )


def _is_long(value: object) -> TypeGuard[bytes]:
    return isinstance(value, bytes) and len(value) > _SWITCHES_AT


if sys.platform == "win32":
    import ctypes
    import winreg
    from ctypes.wintypes import BOOL, DWORD

    class _ProxyInfo(ctypes.Structure):
        """WINHTTP_PROXY_INFO; the texts are ours to free."""

        _fields_ = (
            ("access", DWORD),
            ("proxy", ctypes.c_void_p),
            ("bypass", ctypes.c_void_p),
        )

    _default = ctypes.WinDLL("winhttp").WinHttpGetDefaultProxyConfiguration
    _default.argtypes = [ctypes.POINTER(_ProxyInfo)]
    _default.restype = BOOL
    _free = ctypes.WinDLL("kernel32").GlobalFree
    _free.argtypes = [ctypes.c_void_p]
    _free.restype = ctypes.c_void_p

    def read_system() -> ProxyFacts:
        """Return what registry and WinHTTP tell."""
        values = {
            name: _value(SETTINGS, name) for name in ("ProxyEnable", "ProxyServer", "AutoConfigURL")
        }
        connection = _value(rf"{SETTINGS}\Connections", "DefaultConnectionSettings")
        return facts_of(values, connection, _winhttp())

    def _value(path: str, name: str) -> object:
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
            value: object = winreg.QueryValueEx(key, name)[0]
            return value
        return None

    def _winhttp() -> str:
        info = _ProxyInfo()
        if not _default(ctypes.byref(info)):
            return ""
        try:
            return ctypes.wstring_at(info.proxy) if info.proxy else ""
        finally:
            for text in (info.proxy, info.bypass):
                if text:
                    _free(text)
