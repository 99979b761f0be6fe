"""The receipt on the last page: the organizer's, or none."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.contest.signed import public_key, sign
from client.ui.receipt import load_receipt

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
KEYS = (public_key(KEY),)


def document(key=KEY):
    return sign(
        {
            "kind": "saijian.storage/1",
            "session": "3f2b8c1e-5a77-4d0e-9a3b-000000000001",
            "seal_sha256": "0123456789abcdef" * 4,
            "head": {"seq": 9, "sha256": "00" * 32},
            "files": {
                "screen-01.mp4": {"bytes": 700, "sha256": "00" * 32},
                "journal.jsonl": {"bytes": 300, "sha256": "00" * 32},
            },
            "time_us": 1_795_311_000_000_000,
            "address": "203.0.113.7",
            "key": public_key(key),
        },
        key,
    )


def write(path, *lines):
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def test_it_is_found_among_other_lines(tmp_path):
    storage = json.dumps(document()).encode()
    found = load_receipt(write(tmp_path / "r", b'{"kind":"x"}', storage, b'{"torn'), KEYS)
    assert (found.number, found.files, found.bytes) == ("0123456789AB", 2, 1000)
    assert found.time_us == 1_795_311_000_000_000


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        json.dumps(document(Ed25519PrivateKey.generate())).encode(),
        json.dumps(document() | {"time_us": 1}).encode(),
    ],
    ids=["empty", "list", "bytes", "deep", "another key", "changed"],
)
def test_anything_else_is_no_receipt(tmp_path, line):
    assert load_receipt(write(tmp_path / "r", line), KEYS) is None


def test_no_file_is_no_receipt(tmp_path):
    assert load_receipt(tmp_path / "none", KEYS) is None
