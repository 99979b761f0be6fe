"""The session's key at rest on Windows: locked to this user by DPAPI."""

from __future__ import annotations

import pytest

from client.base.errors import EvidenceError
from client.base.secret import protect, unprotect
from client.contest.signed import public_key
from client.evidence.keys import create_key, create_session_key, destroy_key, load_session_key
from tests.private import only_mine


@pytest.fixture
def path(tmp_path):
    return tmp_path / "张三.private" / "session.key"


@pytest.fixture
def key(path):
    path.parent.mkdir()
    return create_session_key(path)


def test_it_comes_back_and_the_file_holds_nothing_of_it(path, key):
    assert public_key(load_session_key(path)) == public_key(key)
    kept = path.read_bytes()
    assert b"PRIVATE KEY" not in kept
    assert key.private_bytes_raw() not in kept
    assert only_mine(path)


def test_plain_pem_is_no_session_key(path, key):
    create_key(path)
    with pytest.raises(EvidenceError):
        load_session_key(path)


@pytest.mark.parametrize("damage", [b"", b"rubbish", 0, 20, 100, -1])
def test_a_damaged_one_is_refused(path, key, damage):
    data = bytearray(path.read_bytes())
    if isinstance(damage, int):
        data[damage] ^= 0xFF
    path.write_bytes(damage if isinstance(damage, bytes) else data)
    with pytest.raises(EvidenceError):
        load_session_key(path)


def test_what_another_program_locked_is_not_taken_for_ours():
    import ctypes
    from ctypes import byref, c_char, c_void_p
    from ctypes.wintypes import DWORD

    class Blob(ctypes.Structure):
        _fields_ = (("size", DWORD), ("data", ctypes.POINTER(c_char)))

    secret = ctypes.create_string_buffer(b"x" * 32, 32)
    out = Blob()
    call = ctypes.WinDLL("crypt32").CryptProtectData
    call.argtypes = [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, DWORD, c_void_p]
    assert call(byref(Blob(32, secret)), None, None, None, None, 1, byref(out))
    foreign = ctypes.string_at(out.data, out.size)
    with pytest.raises(OSError, match="WinError 13"):
        unprotect(foreign)
    assert unprotect(protect(b"x" * 32)) == b"x" * 32


def test_destroyed_it_is_gone(path, key):
    destroy_key(path)
    assert not path.exists()
    assert not list(path.parent.iterdir())
    destroy_key(path)
