from __future__ import annotations

import hashlib

import pytest

from client.contest.attachment import Attachment
from client.organizer import attaching
from client.organizer.attaching import AttachmentDesk
from client.organizer.desk import Desk
from client.organizer.problems import Refusal
from client.organizer.uploads import Uploads
from client.remote.messages import BundleMeta
from tests.unit.organizer.asking import ADDRESS, enrolled

FILM = b"a film of a phone"
DIGEST = hashlib.sha256(FILM)


@pytest.fixture
def session(office, contest):
    session = enrolled(office, contest)
    uploads = Uploads(office)
    meta = BundleMeta(name="foreign-01.mp4", offset=0, length=len(FILM), sha256=DIGEST.hexdigest())
    row = uploads.announce(session, meta)
    uploads.write(session, row.id, 0, FILM, DIGEST.digest())
    return session


@pytest.fixture
def receipt_of(office, session):
    """Ask for the receipt of the same film under another note."""
    desk = Desk()
    attachments = AttachmentDesk(office, desk)

    def ask(note):
        line = Attachment(
            session=session.id,
            name="foreign-01.mp4",
            bytes=len(FILM),
            sha256=DIGEST.hexdigest(),
            attached_us=1,
            modified_us=1,
            linked=False,
            note=note,
        )
        return attachments.submit(session, line, ADDRESS).result(20)

    yield ask
    desk.close()


def test_a_session_that_lists_the_same_without_end_fills_no_disk(receipt_of, monkeypatch):
    monkeypatch.setattr(attaching, "MOST_RECEIPTS", 3)
    first, *_ = [receipt_of(f"note {number}") for number in range(3)]
    with pytest.raises(Refusal) as refusal:
        receipt_of("one more")
    assert refusal.value.code == "mismatch"
    assert receipt_of("note 0") == first
