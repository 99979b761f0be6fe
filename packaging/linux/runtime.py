"""Run by PyInstaller before the program, on Linux: ours for us, the system's for the system's.

The start-up code adds the bundle's folder to LD_LIBRARY_PATH. The loader read it when this process
began; what we start (pactl, xdg-open and the browser behind it) must not load our libraries.
And ctypes.util.find_library, which sounddevice asks, knows the system's libraries only.
"""

from __future__ import annotations

import ctypes.util
import os
import sys
from pathlib import Path

before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if before:
    os.environ["LD_LIBRARY_PATH"] = before
# our own programs that we start are programs of their own: they set it up for themselves
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"

_PORTAUDIO = Path(sys.prefix) / "libportaudio.so.2"
_find_on_the_system = ctypes.util.find_library


def find_library(name: str) -> str | None:
    """Return PortAudio from the bundle, anything else from the system."""
    if name == "portaudio" and _PORTAUDIO.exists():
        return str(_PORTAUDIO)
    return _find_on_the_system(name)


ctypes.util.find_library = find_library
