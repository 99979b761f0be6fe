"""Only the organizer's documents about this session are kept, one canonical line each."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.contest.receipt import JournalHead
from client.contest.signed import PublicKey, canonical, public_key, sha256, sign
from client.evidence.layout import SessionFolder
from client.upload.receipts import ReceiptBook, Trust, UntrustedDocumentError
from tests.growing import SESSION

ORGANIZER = Ed25519PrivateKey.generate()
STRANGER = Ed25519PrivateKey.generate()
KEY = "ab" * 32
TRUST = Trust((public_key(ORGANIZER),), SESSION, KEY)
HEAD = JournalHead(seq=3, sha256="1" * 64)
FILES = {"journal.jsonl": 300, "screen-01.mp4": 700}
SEAL = json.dumps(
    {
        "kind": "saijian.seal/1",
        "session": SESSION,
        "session_key": KEY,
        "head": HEAD.model_dump(),
        "journal_bytes": 300,
        "files": {"screen-01.mp4": 700, "identity-01.mp4": 0},
        "utc_us": 1,
        "signature": "AAAA",
    }
).encode()


def receipt(signer=ORGANIZER, /, **changes):
    document = {
        "kind": "saijian.receipt/1",
        "session": SESSION,
        "head": HEAD.model_dump(),
        "time_us": 5,
        "address": "203.0.113.7",
        "nonce": "2" * 64,
        "other": None,
        "key": public_key(signer),
        **changes,
    }
    return sign(document, signer)


def stored(files):
    return {name: {"bytes": size, "sha256": "0" * 64} for name, size in files.items()}


def storage(signer=ORGANIZER, /, **changes):
    document = {
        "kind": "saijian.storage/1",
        "session": SESSION,
        "seal_sha256": sha256(SEAL),
        "head": HEAD.model_dump(),
        "files": stored(FILES),
        "time_us": 5,
        "address": "203.0.113.7",
        "key": public_key(signer),
        **changes,
    }
    return sign(document, signer)


def test_a_receipt_of_the_head_that_was_sent_is_taken():
    assert TRUST.receipt(receipt(), HEAD).head == HEAD


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"kind": "saijian.receipt/1"},
        receipt(STRANGER),
        receipt(STRANGER, key=public_key(ORGANIZER)),
        receipt(session="5d0c1f7e-0000-4000-8000-00000000a002"),
        receipt(head={"seq": 4, "sha256": "1" * 64}),
        receipt(head={"seq": 3, "sha256": "3" * 64}),
        {**receipt(), "time_us": 6},
        {**receipt(), "more": 1},
        storage(),
    ],
)
def test_any_other_receipt_is_not(document):
    with pytest.raises(UntrustedDocumentError):
        TRUST.receipt(document, HEAD)


@pytest.mark.parametrize(
    "document",
    [
        storage(STRANGER),
        storage(seal_sha256="0" * 64),
        storage(head={"seq": 4, "sha256": "1" * 64}),
        storage(files=stored({**FILES, "screen-01.mp4": 699})),
        storage(files=stored({"journal.jsonl": 300})),
        storage(files={}),
        {**storage(), "files": 1},
        receipt(),
    ],
)
def test_any_other_storage_receipt_is_not(document):
    assert TRUST.storage(storage(), SEAL)
    assert TRUST.storage(storage(files=stored({**FILES, "identity-01.mp4": 0})), SEAL)
    with pytest.raises(UntrustedDocumentError):
        TRUST.storage(document, SEAL)


def test_of_what_is_no_seal_there_is_no_storage_receipt():
    with pytest.raises(UntrustedDocumentError):
        TRUST.storage(storage(seal_sha256=sha256(b"no seal")), b"no seal")


def test_a_key_that_the_plan_does_not_name_is_nobody():
    nobody = Trust((PublicKey("00" * 32),), SESSION, KEY)
    with pytest.raises(UntrustedDocumentError):
        nobody.receipt(receipt(), HEAD)


@pytest.fixture
def folder(tmp_path):
    return SessionFolder(tmp_path / "session").create()


def test_lines_are_canonical_and_found_newest_first(folder):
    book = ReceiptBook(folder)
    for number in range(3):
        book.append(receipt(time_us=number))
    book.append(storage())
    assert folder.receipts.read_bytes().splitlines()[0] == canonical(receipt(time_us=0))
    last = book.last(TRUST)
    assert last is not None
    assert last.time_us == 2
    assert book.storage(TRUST, SEAL) is not None
    assert book.storage(TRUST, b"another seal") is None
    book.close()


def test_a_torn_line_is_ended_by_the_next_one(folder):
    torn = canonical(receipt())[:40]
    folder.receipts.write_bytes(torn)
    book = ReceiptBook(folder)
    assert folder.receipts.read_bytes() == torn, "nothing is written before there is a reason"
    assert list(book.newest_first()) == []
    book.append(receipt())
    book.append(receipt(time_us=6))
    book.close()
    lines = folder.receipts.read_bytes().split(b"\n")
    assert lines[0] == torn
    assert [json.loads(line)["time_us"] for line in lines[1:3]] == [5, 6]
    assert lines[3:] == [b""]


def test_rubbish_lines_are_skipped(folder):
    folder.receipts.write_bytes(b'\n[]\n"x"\n{"kind":\n\xff\n' + b"[" * 100_000 + b"\n")
    book = ReceiptBook(folder)
    assert book.last(TRUST) is None
    book.append(receipt())
    assert book.last(TRUST) is not None
    book.close()
