"""Reading the registry: a value or a list of keys, None or nothing where there is none."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Literal

Root = Literal["machine", "user"]

if sys.platform == "win32":
    import winreg

    _ROOTS = {"machine": winreg.HKEY_LOCAL_MACHINE, "user": winreg.HKEY_CURRENT_USER}
    _ACCESS = winreg.KEY_READ | winreg.KEY_WOW64_64KEY

    def read(root: Root, path: str, name: str) -> object:
        """Return a value as the registry has it; None where it is missing or not for us to see."""
        with suppress(OSError), winreg.OpenKey(_ROOTS[root], path, 0, _ACCESS) as key:
            value: object = winreg.QueryValueEx(key, name)[0]
            return value
        return None

    def exists(root: Root, path: str) -> bool:
        """Tell whether there is such a key that we may see."""
        with suppress(OSError), winreg.OpenKey(_ROOTS[root], path, 0, _ACCESS):
            return True
        return False

    def names_below(root: Root, path: str) -> list[str]:
        """Return the names of the keys directly below; none where there is no such key."""
        with suppress(OSError), winreg.OpenKey(_ROOTS[root], path, 0, _ACCESS) as key:
            return [winreg.EnumKey(key, at) for at in range(winreg.QueryInfoKey(key)[0])]
        return []

    def text(root: Root, path: str, name: str) -> str | None:
        """Return a value that is text and not empty, without blanks around it."""
        value = read(root, path, name)
        return (value.strip() or None) if isinstance(value, str) else None

    def number(root: Root, path: str, name: str) -> int | None:
        """Return a value that is a number."""
        value = read(root, path, name)
        return value if isinstance(value, int) else None

    def texts(root: Root, path: str, name: str) -> list[str]:
        """Return a value that is a list of texts (REG_MULTI_SZ); none where there is none."""
        value = read(root, path, name)
        return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []
