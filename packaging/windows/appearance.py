"""What Windows shows of the two programs: version, name, icon, manifest. Read by build.spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ICON = HERE.parents[1] / "assets" / "icons" / "saijian.ico"
CHINESE, UNICODE = 0x0804, 1200
DESCRIPTIONS = {"SaiJianApp": "赛鉴", "saijian": "赛鉴 命令行"}


def resources(version: str, name: str) -> dict[str, Any]:
    """Return what PyInstaller's EXE is told of the program `name`."""
    return {
        "icon": str(ICON),
        "manifest": (HERE / "saijian.manifest").read_text(encoding="utf-8"),
        "version": version_resource(four_numbers(version), strings(version, name)),
    }


def strings(version: str, name: str) -> dict[str, str]:
    """Return the page that Windows shows as the file's details; the task manager's names too."""
    return {
        "CompanyName": "SaiJian 赛鉴",
        "FileDescription": DESCRIPTIONS.get(name, name),
        "FileVersion": version,
        "InternalName": name,
        "LegalCopyright": "© The SaiJian authors, GPL-3.0-or-later",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "赛鉴 SaiJian",
        "ProductVersion": version,
    }


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """Return `version`, three numbers, as Windows compares it."""
    first, second, third = (int(part) for part in version.split("."))
    return first, second, third, 0


def version_resource(numbers: tuple[int, ...], page: dict[str, str]) -> object:
    """Return the resource as PyInstaller writes it into the program."""
    from PyInstaller.utils.win32 import versioninfo as win  # there on Windows only

    rows = [win.StringStruct(key, value) for key, value in page.items()]
    table = win.StringTable(f"{CHINESE:04x}{UNICODE:04x}", rows)
    fixed = win.FixedFileInfo(filevers=numbers, prodvers=numbers, mask=0x3F, OS=0x40004, fileType=1)
    translation = win.VarStruct("Translation", [CHINESE, UNICODE])
    kids = [win.StringFileInfo([table]), win.VarFileInfo([translation])]
    return win.VSVersionInfo(ffi=fixed, kids=kids)
