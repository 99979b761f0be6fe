"""On Windows: which input method is on for this thread, a settings page, and staying awake."""

from __future__ import annotations

import sys

import psutil

from client.base.errors import BadInputError
from client.preflight.fixes import Awake, open_page
from client.preflight.probes.typing import ASKED_BY_TYPIST, engine_now

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import DWORD, HKL

    from client.preflight.probes.windows import active_input


def test_the_thread_that_types_is_answered():
    user = ctypes.WinDLL("user32")
    user.GetKeyboardLayout.argtypes = [DWORD]
    user.GetKeyboardLayout.restype = HKL
    language = user.GetKeyboardLayout(0) & 0xFFFF
    engine = engine_now()
    assert ASKED_BY_TYPIST
    assert engine is not None
    assert engine.name == f"keyboard {language:04x}"  # the lab has no input method
    assert (engine.slug == "english") == (language & 0x3FF == 0x09)


def test_the_structure_is_as_large_as_msctf_says():
    size = ctypes.sizeof(active_input._Profile)
    assert size == (88 if ctypes.sizeof(ctypes.c_void_p) == 8 else 72)


def test_a_settings_page_opens_or_is_told_in_words():
    told = ""
    try:
        open_page("camera-privacy")
    except BadInputError as error:
        told = error.advice.zh  # the lab's Windows has no settings
    assert told == "" or "摄像头权限设置" in told


def test_staying_awake_is_a_process_that_is_gone_afterwards():
    awake = Awake()
    words = awake.ask()
    assert "不睡眠" in words.zh
    helpers = [p for p in psutil.Process().children(recursive=True) if "awake" in p.cmdline()]
    assert helpers
    assert awake.ask() == words
    awake.close()
    assert not any(helper.is_running() for helper in helpers)
