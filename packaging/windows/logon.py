"""What Explorer does when a user logs in and Wine leaves out: run this user's RunOnce commands.

Runs on the lab's Windows Python. As Windows does for a name without `!`, each value is removed
before its command is started; nobody waits for the command.
"""

from __future__ import annotations

import subprocess
import sys

if sys.platform == "win32":
    import winreg

    RUN_ONCE = r"Software\Microsoft\Windows\CurrentVersion\RunOnce"
    LONGEST = 260
    """Windows runs no longer one."""

    def main() -> None:
        """Take every command out of the key, then start it."""
        access = winreg.KEY_READ | winreg.KEY_SET_VALUE
        with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, RUN_ONCE, 0, access) as key:
            count = winreg.QueryInfoKey(key)[1]
            commands = [winreg.EnumValue(key, index)[:2] for index in range(count)]
            for name, line in commands:
                winreg.DeleteValue(key, name)
                if len(line) <= LONGEST:
                    start(line)

    def start(line: str) -> None:
        """Start one, by its command line as it stands there."""
        subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW,
        )

    if __name__ == "__main__":
        main()
