"""RunOnce: what Windows runs at the next log-in, read back as Windows reads it."""

from __future__ import annotations

import sys

import pytest

from client.base import autostart

if sys.platform == "win32":
    import ctypes
    import winreg
    from ctypes.wintypes import INT, LPCWSTR, LPWSTR

    shell = ctypes.WinDLL("shell32", use_last_error=True)
    shell.CommandLineToArgvW.argtypes = [LPCWSTR, ctypes.POINTER(INT)]
    shell.CommandLineToArgvW.restype = ctypes.POINTER(LPWSTR)

PROGRAM = r"C:\Users\张 三\AppData\Local\Programs\SaiJian\SaiJianApp.exe"
SESSION = r"C:\Users\张 三\AppData\Local\SaiJian\sessions\初赛 100%-1a2b3c4d"
COMMAND = [PROGRAM, "window", "--session", SESSION]


def value():
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, autostart.RUN_ONCE) as key:
        return winreg.QueryValueEx(key, "SaiJian")


@pytest.fixture(autouse=True)
def nothing_left():
    assert autostart.entry() == ""
    yield
    autostart.take_back()
    with pytest.raises(FileNotFoundError):
        value()


def test_the_value_is_one_that_windows_runs_and_reads_as_the_same_words():
    assert autostart.ask_for(COMMAND)
    line, kind = value()
    assert kind == winreg.REG_SZ
    assert line == autostart.entry()
    count = INT()
    words = shell.CommandLineToArgvW(line, ctypes.byref(count))
    assert words[: count.value] == COMMAND


def test_a_command_that_windows_would_ignore_gives_way_to_the_shorter_one():
    deep = [PROGRAM, "window", "--session", SESSION + "x" * 200]
    assert autostart.ask_for(deep, [PROGRAM, "window"])
    assert value()[0] == f'"{PROGRAM}" window'
    assert not autostart.ask_for(deep)
    assert value()[0] == f'"{PROGRAM}" window'


def test_exactly_260_characters_fit():
    fits = ["x" * autostart.LONGEST]
    assert autostart.ask_for(fits)
    assert value()[0] == fits[0]
    assert not autostart.ask_for(["x" * (autostart.LONGEST + 1)])


def test_another_program_s_value_is_left_alone():
    with winreg.CreateKeyEx(
        winreg.HKEY_CURRENT_USER, autostart.RUN_ONCE, 0, winreg.KEY_SET_VALUE
    ) as key:
        winreg.SetValueEx(key, "Other", 0, winreg.REG_SZ, "other.exe")
        autostart.ask_for(COMMAND)
        autostart.take_back()
        winreg.DeleteValue(key, "Other")  # FileNotFoundError where it is gone
