"""Run by PyInstaller before the program: without a console it gets streams that lead nowhere.

`SaiJianApp.exe` starts with `sys.stdout` and `sys.stderr` None and descriptors 0 to 2 closed; C
code (PortAudio) prints to descriptor 2, and libraries write to `sys.stderr` without asking.
"""

from __future__ import annotations

import os
import sys

if sys.stdout is None or sys.stderr is None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the whole life
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
