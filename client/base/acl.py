"""Private folders on Windows: an access list that names this user and Windows itself, no others."""

from __future__ import annotations

import sys
from pathlib import Path

if sys.platform == "win32":
    import ctypes
    from ctypes import POINTER, byref, c_void_p, c_wchar_p
    from ctypes.wintypes import DWORD, HANDLE, LPCWSTR, LPWSTR

    _advapi = ctypes.WinDLL("advapi32", use_last_error=True)
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.GetCurrentProcess.restype = HANDLE
    _kernel.LocalFree.argtypes = [c_void_p]
    _kernel.CloseHandle.argtypes = [HANDLE]
    _advapi.OpenProcessToken.argtypes = [HANDLE, DWORD, POINTER(HANDLE)]
    _advapi.GetTokenInformation.argtypes = [HANDLE, DWORD, c_void_p, DWORD, POINTER(DWORD)]
    _advapi.ConvertSidToStringSidW.argtypes = [c_void_p, POINTER(LPWSTR)]
    _advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW.argtypes = [
        LPCWSTR,
        DWORD,
        POINTER(c_void_p),
        c_void_p,
    ]
    _advapi.ConvertSecurityDescriptorToStringSecurityDescriptorW.argtypes = [
        c_void_p,
        DWORD,
        DWORD,
        POINTER(LPWSTR),
        c_void_p,
    ]
    _advapi.SetFileSecurityW.argtypes = [LPCWSTR, DWORD, c_void_p]
    _advapi.GetNamedSecurityInfoW.argtypes = [
        LPCWSTR,
        DWORD,
        DWORD,
        c_void_p,
        c_void_p,
        c_void_p,
        c_void_p,
        POINTER(c_void_p),
    ]

    _TOKEN_QUERY, _TOKEN_USER = 0x8, 1
    _SDDL_1, _FILE_OBJECT = 1, 1
    _DACL, _PROTECTED = 0x4, 0x8000_0000
    _NO_ACCESS_LISTS = (1, 50)
    """ERROR_INVALID_FUNCTION and ERROR_NOT_SUPPORTED: a FAT or exFAT stick."""

    def allow_only_this_user(path: Path) -> None:
        """Let nobody but this user and the system into `path`, and into what is made in it.

        What lies in a folder already keeps its own list. Where the drive knows no access lists (a
        FAT stick) nothing changes; OSError otherwise.
        """
        if entries(access_list(path)) == entries(_understood(_wanted())):
            return
        descriptor = _parsed(_wanted())
        try:
            done = _advapi.SetFileSecurityW(str(path), _DACL | _PROTECTED, descriptor)
            code = 0 if done else ctypes.get_last_error()
        finally:
            _kernel.LocalFree(descriptor)
        if code not in (0, *_NO_ACCESS_LISTS):
            raise ctypes.WinError(code)

    def access_list(path: Path) -> str:
        """Return the access list of `path` in SDDL; empty where its drive knows none."""
        descriptor = c_void_p()
        code = _advapi.GetNamedSecurityInfoW(
            str(path), _FILE_OBJECT, _DACL, None, None, None, None, byref(descriptor)
        )
        if code in _NO_ACCESS_LISTS:
            return ""
        if code:
            raise ctypes.WinError(code)
        try:
            return _as_text(descriptor)
        finally:
            _kernel.LocalFree(descriptor)

    def entries(sddl: str) -> frozenset[str]:
        """Return the entries of an access list, in no order, without its flags."""
        return frozenset(part.partition(")")[0] for part in sddl.split("(")[1:])

    def this_user() -> str:
        """Return the security identifier (S-1-5-21-...) of whom this process runs as."""
        token = HANDLE()
        _check(_advapi.OpenProcessToken(_kernel.GetCurrentProcess(), _TOKEN_QUERY, byref(token)))
        try:
            size = DWORD()
            _advapi.GetTokenInformation(token, _TOKEN_USER, None, 0, byref(size))
            buffer = ctypes.create_string_buffer(size.value)
            _check(_advapi.GetTokenInformation(token, _TOKEN_USER, buffer, size, byref(size)))
        finally:
            _kernel.CloseHandle(token)
        sid = c_void_p.from_buffer(buffer)  # TOKEN_USER begins with the pointer to it
        text = LPWSTR()
        _check(_advapi.ConvertSidToStringSidW(sid, byref(text)))
        return _taken(text)

    def _wanted() -> str:
        return f"D:P(A;OICI;FA;;;{this_user()})(A;OICI;FA;;;SY)"

    def _understood(sddl: str) -> str:
        """Return `sddl` as Windows spells it: some users have a short name there."""
        descriptor = _parsed(sddl)
        try:
            return _as_text(descriptor)
        finally:
            _kernel.LocalFree(descriptor)

    def _parsed(sddl: str) -> c_void_p:
        descriptor = c_void_p()
        convert = _advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW
        _check(convert(sddl, _SDDL_1, byref(descriptor), None))
        return descriptor

    def _as_text(descriptor: c_void_p) -> str:
        text = LPWSTR()
        convert = _advapi.ConvertSecurityDescriptorToStringSecurityDescriptorW
        _check(convert(descriptor, _SDDL_1, _DACL, byref(text), None))
        return _taken(text)

    def _taken(text: c_wchar_p) -> str:
        """Copy a string that Windows allocated, and give its memory back."""
        copy = text.value or ""
        _kernel.LocalFree(text)
        return copy

    def _check(done: int) -> None:
        if not done:
            raise ctypes.WinError(ctypes.get_last_error())
