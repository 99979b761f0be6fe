"""The input method that is on for the thread that asks: ITfInputProcessorProfileMgr, else its HKL.

Interface, order of its functions and structure: msctf.h of the Windows SDK (learn.microsoft.com
"ITfInputProcessorProfileMgr::GetActiveProfile", "TF_INPUTPROCESSORPROFILE"); "GetKeyboardLayout",
"ImmGetIMEFileNameW".
"""

from __future__ import annotations

import sys

from client.preflight.facts.typing import Engine
from client.preflight.known.input_methods import Known, by_file, by_guids

_ENGLISH = 0x09
_PRIMARY = 0x3FF


def engine_of(clsid: str, profile: str, language: int, file: str) -> Engine:
    """Name what is on: a text service by its GUIDs, an IMM one by its file, else the keyboard."""
    known: Known | None = by_guids(clsid, profile) or by_file(file)
    if known is not None:
        return Engine(slug=known.slug, name=known.name)
    if clsid.strip("{}0-"):
        return Engine(slug=None, name=clsid)
    if file:
        return Engine(slug=None, name=file[:80])
    slug = "english" if language & _PRIMARY == _ENGLISH else None
    return Engine(slug=slug, name=f"keyboard {language:04x}")


if sys.platform == "win32":
    import ctypes
    import uuid
    from ctypes.wintypes import DWORD, HKL, LPWSTR, UINT, WORD

    _CLASS = "{33C53A50-F456-4884-B049-85FD643ECFED}"  # CLSID_TF_InputProcessorProfiles
    _INTERFACE = "{71C6E74C-0F28-11D8-A82A-00065B84435C}"  # IID_ITfInputProcessorProfileMgr
    _KEYBOARDS = "{34745C63-B2F0-4784-8B67-5E12C8701A31}"  # GUID_TFCAT_TIP_KEYBOARD
    _IN_PROCESS = 1
    _RELEASE, _GET_ACTIVE = 2, 10  # places in the table of functions
    _LONGEST = 260

    class _Guid(ctypes.Structure):
        _fields_ = (("bytes", ctypes.c_ubyte * 16),)

    class _Profile(ctypes.Structure):
        """TF_INPUTPROCESSORPROFILE."""

        _fields_ = (
            ("kind", DWORD),
            ("language", WORD),
            ("clsid", _Guid),
            ("profile", _Guid),
            ("category", _Guid),
            ("substitute", HKL),
            ("caps", DWORD),
            ("layout", HKL),
            ("flags", DWORD),
        )

    def _guid(text: str) -> _Guid:
        return _Guid.from_buffer_copy(uuid.UUID(text).bytes_le)

    def _text(guid: _Guid) -> str:
        return str(uuid.UUID(bytes_le=bytes(guid.bytes))).upper()

    _release = ctypes.WINFUNCTYPE(DWORD)(_RELEASE, "Release")
    _get_active = ctypes.WINFUNCTYPE(
        ctypes.c_long, ctypes.POINTER(_Guid), ctypes.POINTER(_Profile)
    )(_GET_ACTIVE, "GetActiveProfile")
    _user = ctypes.WinDLL("user32")
    _user.GetKeyboardLayout.argtypes = [DWORD]
    _user.GetKeyboardLayout.restype = HKL
    _imm = ctypes.WinDLL("imm32")
    _imm.ImmGetIMEFileNameW.argtypes = [HKL, LPWSTR, UINT]
    _imm.ImmGetIMEFileNameW.restype = UINT

    def _active() -> _Profile | None:
        """Ask the text services; the thread has COM already where it has a window of Qt."""
        manager = ctypes.c_void_p()
        got = ctypes.windll.ole32.CoCreateInstance(
            ctypes.byref(_guid(_CLASS)),
            None,
            _IN_PROCESS,
            ctypes.byref(_guid(_INTERFACE)),
            ctypes.byref(manager),
        )
        if got < 0 or not manager.value:
            return None
        found = _Profile()
        try:
            return found if _get_active(manager, _guid(_KEYBOARDS), found) == 0 else None
        finally:
            _release(manager)

    def engine_now() -> Engine | None:
        """Return what is on for this thread."""
        layout = _user.GetKeyboardLayout(0) or 0
        file = ctypes.create_unicode_buffer(_LONGEST)
        _imm.ImmGetIMEFileNameW(layout, file, _LONGEST)
        active = _active()
        if active is not None:
            return engine_of(
                _text(active.clsid), _text(active.profile), active.language, file.value
            )
        return engine_of("", "", layout & 0xFFFF, file.value) if layout else None
