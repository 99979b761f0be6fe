"""Chinese on the console and in pipes, whatever the code page: 936 as usual, 65001 as some set."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from client.base.process import own_command
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from tests.windows.program import PATIENCE_S, ROOT, SIMULATED

NAME = "选手 张三 𠮷"
SHOWS = """
import ctypes, pathlib, sys
from ctypes.wintypes import DWORD, HANDLE, LPWSTR, _COORD
kernel = ctypes.WinDLL("kernel32")
kernel.GetStdHandle.restype = HANDLE
kernel.ReadConsoleOutputCharacterW.argtypes = [HANDLE, LPWSTR, DWORD, _COORD, ctypes.c_void_p]
kernel.CreateFileW.restype = HANDLE
screen = HANDLE(kernel.CreateFileW("CONOUT$", 0xC0000000, 3, None, 3, 0, None))
rows, read = [], DWORD()
for row in range(40):
    text = ctypes.create_unicode_buffer(200)
    kernel.ReadConsoleOutputCharacterW(screen, text, 120, _COORD(0, row), ctypes.byref(read))
    rows.append(text.value)
page = kernel.GetConsoleOutputCP()
pathlib.Path(sys.argv[1]).write_text(chr(10).join([str(page), *rows]), encoding="utf-8")
"""
"""Writes what the console that it runs in shows, and its code page, to a file."""


def in_console(page: int, *commands: str) -> None:
    """Run commands of cmd.exe one after the other in a console of their own with a code page."""
    line = " & ".join([f"chcp {page} > nul", *commands])
    subprocess.run(
        f'cmd.exe /s /c "{line}"',
        check=False,
        timeout=PATIENCE_S,
        cwd=ROOT,
        env={**os.environ, "SAIJIAN_LANG": "zh"},
        creationflags=subprocess.CREATE_NEW_CONSOLE,
    )


def line_of(*words: str) -> str:
    return subprocess.list2cmdline(words)


@pytest.mark.parametrize("page", [936, 65001])
def test_a_sentence_is_read_on_the_console(tmp_path, page):
    """An error with a Chinese name, given as an argument, shown on the console's screen."""
    script = tmp_path / "shows.py"
    script.write_text(SHOWS, encoding="utf-8")
    seen = tmp_path / "seen.txt"
    in_console(
        page,
        line_of(*own_command("upload", str(tmp_path / "没有这个场次"))),
        line_of(sys.executable, str(script), str(seen)),
    )
    code_page, *rows = seen.read_text(encoding="utf-8").split("\n")
    assert code_page == str(page)
    shown = "".join(rows).replace(" ", "")
    assert "没有这个场次不是场次文件夹" in shown


@pytest.mark.parametrize("page", [936, 65001])
def test_pipes_and_files_get_utf_8_and_names_come_back_as_they_were_given(tmp_path, page):
    out = tmp_path / NAME
    said, told = tmp_path / "said.txt", tmp_path / "told.txt"
    wrong = line_of(*own_command("upload", str(tmp_path / f"{NAME} 二"), "--json"))
    record = own_command("record", "--out", str(out), "--seconds", "2", "--no-screen", *SIMULATED)
    in_console(
        page,
        line_of(*record),
        f'{line_of(*own_command("verify", str(out)))} > "{said}"',
        f'{wrong} 2> "{told}" | findstr /c:title > nul',
    )
    assert said.read_bytes().decode("utf-8").startswith("SIMULATED  演练（模拟设备）")
    assert NAME in told.read_bytes().decode("utf-8")
    folder = SessionFolder(out)
    lines = list(read_journal(folder.journal))
    assert len(lines) > 3
    assert all(isinstance(line, Line) for line in lines)
    assert "模拟摄像头" in folder.journal.read_bytes().decode("utf-8")
    assert json.loads(folder.seal.read_text(encoding="utf-8"))["kind"] == "saijian.seal/1"


def test_a_process_of_ours_gets_its_words_as_they_were():
    words = [NAME, "a b", 'quo"te', "斜杠\\", "%TEMP%", "", "😀"]
    code = "import json,sys; print(json.dumps(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
    assert json.loads(done.stdout) == words
