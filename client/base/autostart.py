"""One entry that starts a command when this user logs in next, kept until it is taken back.

Windows: the value `SaiJian` of the user's RunOnce key. Windows removes it before it runs it (that
is what a name without `!` means), so whoever is started writes it again while it is still needed.
Linux: `saijian.desktop` in the user's autostart folder (Desktop Application Autostart
Specification), which stays until it is taken back. The person can see and remove either.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from client.base.files import remove_file, write_atomically

NAME = "SaiJian"
LONGEST = 260
"""Windows ignores a longer RunOnce command."""

if sys.platform == "win32":
    import winreg

    RUN_ONCE = r"Software\Microsoft\Windows\CurrentVersion\RunOnce"

    def entry() -> str:
        """Return the command line that is to be run; "" where there is none."""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_ONCE) as key:
                value, kind = winreg.QueryValueEx(key, NAME)
        except FileNotFoundError:
            return ""
        return value if kind == winreg.REG_SZ else ""

    def _write(line: str) -> None:
        with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, RUN_ONCE, 0, winreg.KEY_WRITE) as key:
            winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, line)
            winreg.FlushKey(key)  # a power cut is what it is for

    def take_back() -> None:
        """Remove the entry if there is one."""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_ONCE, 0, winreg.KEY_SET_VALUE) as key:
                winreg.DeleteValue(key, NAME)
        except FileNotFoundError:
            return

    def line_of(command: Sequence[str]) -> str:
        """Return the words as one line, quoted as Windows programs read them."""
        return subprocess.list2cmdline(command)

    def _fits(line: str) -> bool:
        return len(line) <= LONGEST
else:
    _SPECIAL: dict[str, str | int | None] = {character: "\\" + character for character in '"`$\\'}

    def entry() -> str:
        """Return the command line that is to be run; "" where there is none."""
        try:
            lines = _desktop_file().read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return ""
        return next((line[len("Exec=") :] for line in lines if line.startswith("Exec=")), "")

    def _write(line: str) -> None:
        path = _desktop_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ("[Desktop Entry]", "Type=Application", "Name=SaiJian", "Name[zh_CN]=赛鉴")
        text = "\n".join([*lines, f"Exec={line}", "Terminal=false", ""])
        write_atomically(path, text.encode())

    def take_back() -> None:
        """Remove the entry if there is one."""
        remove_file(_desktop_file())

    def line_of(command: Sequence[str]) -> str:
        """Return the words as one line, quoted twice: as an `Exec` key, and as a string value."""
        quoted = ('"' + word.translate(str.maketrans(_SPECIAL)) + '"' for word in command)
        return " ".join(quoted).replace("%", "%%").replace("\\", "\\\\")

    def _fits(line: str) -> bool:
        return "\n" not in line

    def _desktop_file() -> Path:
        settings = os.environ.get("XDG_CONFIG_HOME", "")
        folder = Path(settings) if Path(settings).is_absolute() else Path.home() / ".config"
        return folder / "autostart" / "saijian.desktop"


def ask_for(command: Sequence[str], *shorter: Sequence[str]) -> bool:
    """Make the first of these commands that fits the entry, in place of whatever it was.

    Returns False, with nothing changed, where none fits. Raises OSError where it is not allowed.
    """
    for words in (command, *shorter):
        line = line_of(words)
        if _fits(line):
            if entry() != line:
                _write(line)
            return True
    return False
