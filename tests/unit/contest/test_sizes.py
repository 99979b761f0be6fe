"""What a session may bring follows from its plan; a whole journal of real lines is far below it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.contest.attachment import MOST_BYTES
from client.contest.plan import Recording
from client.contest.receipt import JournalHead, Receipt
from client.contest.signed import public_key, sign
from client.contest.sizes import journal_bytes, longest_seconds, most_of, session_bytes
from client.evidence.entries import Media, Range, ReceiptSeen
from client.evidence.journal import JournalWriter
from tests.growing import SESSION
from tests.simulators.contest import prepare_contest

DAY_US = 24 * 3600 * 1_000_000
END = 12 * 10**9
TRACKS = ("screen-01.mp4", "contest-01.mp4", "second-01.mp4")
KEY = Ed25519PrivateKey.generate()
HEAD = JournalHead(seq=50_000, sha256="ab" * 32)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return prepare_contest(tmp_path_factory.mktemp("contest")).plan.plan


def of_hours(plan, hours, **changes):
    """Return the plan with its first paper so long, and that paper."""
    paper = plan.papers()[0]
    longer = paper.model_copy(update={"ends_at": paper.starts_at + timedelta(hours=hours)})
    return plan.model_copy(update=changes), longer


def media(names):
    """Return a second's line at the end of a long day: all numbers as long as they become."""
    grown = Range(bytes=(END, END + 200_000), us=(DAY_US, DAY_US + 10**6), sha256="ab" * 32)
    keyed = grown.model_copy(update={"keys": (END,)})
    return Media(ranges={name: keyed if name == names[0] else grown for name in names})


def receipt():
    """Return the longest receipt: an IPv6 address, and another computer beside."""
    document = Receipt(
        session=SESSION,
        head=HEAD,
        time_us=1_795_400_000_000_000,
        address="2001:0db8:1111:2222:3333:4444:5555:6666",
        nonce="cd" * 32,
        other=HEAD,
        key=public_key(KEY),
        signature="AAAA",
    )
    return ReceiptSeen(receipt=sign(document.model_dump(mode="json"), KEY))


@pytest.mark.parametrize("second_camera", [False, True])
@pytest.mark.parametrize("heartbeat", [1, 12])
def test_the_journal_of_twelve_hours_is_expected_and_taken(
    plan, tmp_path, second_camera, heartbeat
):
    plan, paper = of_hours(
        plan,
        12,
        recording=Recording(second_camera=second_camera),
        upload=plan.upload.model_copy(update={"heartbeat_seconds": heartbeat}),
    )
    journal = JournalWriter(tmp_path / "journal.jsonl", KEY)
    line = len(journal.append(media(TRACKS if second_camera else TRACKS[:2]), DAY_US).raw) + 1
    beat = len(journal.append(receipt(), DAY_US).raw) + 1
    journal.close()
    seconds = longest_seconds(plan, paper)
    assert seconds == (60 + 12 * 60 + 10) * 60
    real = seconds * (line + beat / heartbeat)
    expected = journal_bytes(plan, seconds)
    assert 0.8 * expected < real <= expected, "the estimate is true"
    assert 3.9 * real < most_of(plan, paper).journal < 6 * real


def test_what_may_be_grows_with_the_paper_and_each_kind_has_its_own(plan):
    short, long = (most_of(*of_hours(plan, hours)) for hours in (2, 12))
    assert all(a < b for a, b in zip(short, long, strict=True))
    seconds = longest_seconds(*of_hours(plan, 2))
    assert short.own > 8 * session_bytes(plan.recording, seconds)
    assert short.own < 40 * 10**9, "one key fills no disk"
    minutes = most_of(
        *of_hours(
            plan,
            0.05,
            timing=plan.timing.model_copy(
                update={
                    "opens_minutes_before": 1,
                    "filming_minutes_before": 1,
                    "overrun_minutes": 0,
                }
            ),
        )
    )
    assert minutes.foreign == MOST_BYTES, "the largest file that may be attached always fits"
    assert minutes.own > 256 * 1024**2
