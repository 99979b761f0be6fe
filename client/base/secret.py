"""Secrets at rest. On Windows DPAPI locks them to this user; elsewhere the file's permission does.

DPAPI is asked without a window (`CRYPTPROTECT_UI_FORBIDDEN`) and in the user's scope: neither
another user nor another computer opens what was locked here. Not even this user can after an
administrator has reset the password, as learn.microsoft.com says of CryptProtectData.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from collections.abc import Callable
    from ctypes import POINTER, byref, c_char, c_int, c_void_p
    from ctypes.wintypes import DWORD, LPCWSTR

    class _Blob(ctypes.Structure):
        """DATA_BLOB: bytes that somebody else keeps alive."""

        _fields_ = (("size", DWORD), ("data", POINTER(c_char)))

    _crypt = ctypes.WinDLL("crypt32", use_last_error=True)
    _free = ctypes.WinDLL("kernel32").LocalFree
    _free.argtypes = [c_void_p]
    for _name, _description in (("CryptProtectData", LPCWSTR), ("CryptUnprotectData", c_void_p)):
        _call = getattr(_crypt, _name)
        _call.restype = c_int
        _call.argtypes = [
            POINTER(_Blob),
            _description,
            POINTER(_Blob),
            c_void_p,
            c_void_p,
            DWORD,
            POINTER(_Blob),
        ]
    _UI_FORBIDDEN = 0x1
    _PURPOSE = b"SaiJian secret/1"
    """Keeps blobs that other programs of this user made from being taken for ours."""

    def protect(secret: bytes) -> bytes:
        """Return `secret` as only this user on this computer can open it; OSError."""
        return _through(_crypt.CryptProtectData, secret)

    def unprotect(untrusted: bytes) -> bytes:
        """Return what `protect` was given; OSError where it was another's, or is damaged."""
        return _through(_crypt.CryptUnprotectData, untrusted)

    def _through(call: Callable[..., int], data: bytes) -> bytes:
        result = _Blob()
        if not call(
            byref(_blob(data)),
            None,
            byref(_blob(_PURPOSE)),
            None,
            None,
            _UI_FORBIDDEN,
            byref(result),
        ):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            return ctypes.string_at(result.data, result.size)
        finally:
            _free(result.data)

    def _blob(data: bytes) -> _Blob:
        return _Blob(len(data), ctypes.create_string_buffer(data, len(data)))
else:

    def protect(secret: bytes) -> bytes:
        """Return `secret` as it is."""
        return secret

    def unprotect(untrusted: bytes) -> bytes:
        """Return it as it is."""
        return untrusted
