"""Windows' own answer to whether an input method is on for this user: ITfInputProcessorProfiles.

Interface and order of its functions: msctf.h of the Windows SDK (learn.microsoft.com
"ITfInputProcessorProfiles").
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from client.preflight.probes.windows.input_methods import IsEnabled

if sys.platform == "win32":
    import ctypes
    import uuid
    from ctypes.wintypes import BOOL, DWORD, WORD

    _CLASS = "{33C53A50-F456-4884-B049-85FD643ECFED}"  # CLSID_TF_InputProcessorProfiles
    _INTERFACE = "{1F02B6C5-7842-4EE6-8A0B-9A24183A95CA}"  # IID_ITfInputProcessorProfiles
    _IN_PROCESS, _APARTMENT = 1, 2
    _RELEASE, _IS_ENABLED = 2, 18  # places in the table of functions

    class _Guid(ctypes.Structure):
        _fields_ = (("bytes", ctypes.c_ubyte * 16),)

    def _guid(text: str) -> _Guid:
        return _Guid.from_buffer_copy(uuid.UUID(text).bytes_le)

    _release = ctypes.WINFUNCTYPE(DWORD)(_RELEASE, "Release")
    _is_enabled = ctypes.WINFUNCTYPE(
        ctypes.c_long,
        ctypes.POINTER(_Guid),
        WORD,
        ctypes.POINTER(_Guid),
        ctypes.POINTER(BOOL),
    )(_IS_ENABLED, "IsEnabledLanguageProfile")

    @contextmanager
    def asking() -> Iterator[IsEnabled]:
        """Give the function to ask; it answers None for all where the interface is not there."""
        ole = ctypes.windll.ole32
        begun = ole.CoInitializeEx(None, _APARTMENT) >= 0
        profiles = ctypes.c_void_p()
        got = ole.CoCreateInstance(
            ctypes.byref(_guid(_CLASS)),
            None,
            _IN_PROCESS,
            ctypes.byref(_guid(_INTERFACE)),
            ctypes.byref(profiles),
        )

        def ask(clsid: str, language: int, profile: str) -> bool | None:
            answer = BOOL()
            try:
                ids = _guid(clsid), _guid(profile)
            except ValueError:
                return None
            failed = _is_enabled(profiles, ids[0], language, ids[1], answer)
            return None if failed else bool(answer.value)

        try:
            yield ask if got >= 0 and profiles.value else _silent
        finally:
            if profiles.value:
                _release(profiles)
            if begun:
                ole.CoUninitialize()


def _silent(_clsid: str, _language: int, _profile: str) -> bool | None:
    return None
