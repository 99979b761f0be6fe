"""Foreign recordings (外部录像) on their way: behind all of our own, in pieces, then a receipt.

Bytes go as bundles by the same engine and courier as tracks; what arrived is noted in `Finished`,
so a killed uploader goes on where it was.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from client.base.clock import utc_us
from client.base.text import Text
from client.contest.attachment import LONGEST_CODE, LONGEST_REASON, Attachment, AttachmentRefusal
from client.evidence.attachments import (
    append_refusal,
    attachments_of,
    owed,
    refusals_of,
    refused,
    unreceipted,
)
from client.evidence.layout import SessionFolder
from client.upload.answers import Refused
from client.upload.board import Board
from client.upload.calls import Away
from client.upload.courier import Courier
from client.upload.cutting import Bundle
from client.upload.finished import Finished
from client.upload.retry import Backoff, Random
from client.upload.spool import read_bundle
from client.upload.timer import Timer

_log = logging.getLogger(__name__)
PIECE_BYTES = 4 * 1024 * 1024
"""So much at a time: our own tracks never wait longer than one takes."""
_ROUNDS = 3

Ask = Callable[[Attachment], Refused | Away | None]
"""Asks once for the receipt of what was sent and keeps it; or returns why there is none."""


class Parcels:
    """What is owed of one session. Asked between other work; sends one piece at a time."""

    def __init__(
        self,
        folder: SessionFolder,
        keys: tuple[str, ...],
        finished: Finished,
        board: Board,
        timer: Timer,
        random: Random,
    ) -> None:
        self._folder = folder
        self._keys = keys
        self._finished = finished
        self._board = board
        self._timer = timer
        self._backoff = Backoff(random)
        self._not_before_us = 0
        self._refused: dict[str, Text] = {}
        self._incomplete: Counter[str] = Counter()

    def owed(self) -> list[Attachment]:
        """Return what has neither receipt nor refusal yet, in order."""
        return [a for a in owed(self._folder, self._keys) if a.digest not in self._refused]

    @property
    def problem(self) -> Text | None:
        """Return why this process asks no more for one of them."""
        return next(iter(self._refused.values()), None)

    @property
    def are_settled(self) -> bool:
        """Tell whether there are any, and each was taken or refused."""
        return bool(attachments_of(self._folder)) and not self.owed()

    @property
    def refused_before(self) -> Text | None:
        """Return why one was refused, whichever process was told."""
        why = refusals_of(self._folder)
        found = (why[a.digest] for a in refused(self._folder, self._keys))
        return next((Text(each.zh, each.en) for each in found), None)

    def send_one(self, courier: Courier, ask: Ask) -> bool:
        """Send the next piece, or ask for the next receipt; False with nothing to do just now."""
        self._count()
        waiting = self.owed()
        if not waiting or self._timer.now_us() < self._not_before_us:
            return False
        attachment = waiting[0]
        piece = next((p for p in _pieces(attachment) if p not in self._finished), None)
        if piece is None:
            self._took(attachment, ask(attachment))
            return True
        read = partial(read_bundle, self._folder.foreign(attachment.name))
        refused = courier.send(piece, read)
        if refused is None:
            self._finished.add(piece)
        else:
            self._refuse(attachment, refused)
        return True

    def _took(self, attachment: Attachment, refused: Refused | Away | None) -> None:
        """Note the answer to the whole; one that misses something is sent again, thrice at most."""
        if isinstance(refused, Away):
            delay_us = self._backoff.delay_us(refused.outcome)
            self._not_before_us = self._timer.now_us() + delay_us
            return
        self._backoff.reset()
        if refused is None:
            _log.info("attached: %s", attachment.name)
        elif refused.code == "incomplete" and self._incomplete[attachment.digest] < _ROUNDS:
            self._incomplete[attachment.digest] += 1
            self._finished.forget()
        else:
            self._refuse(attachment, refused)
        self._count()

    def _refuse(self, attachment: Attachment, answer: Refused) -> None:
        """Ask no more for it in this process; never again where its bytes are the reason.

        The first refusal of a kind is noted: from that day on it holds its session for the days
        of retention, not for ever.
        """
        _log.error("refused: %s: %s %s", attachment.name, answer.status, answer.code)
        self._refused[attachment.digest] = answer.reason
        note = AttachmentRefusal(
            session=attachment.session,
            attachment_sha256=attachment.digest,
            code=answer.code[:LONGEST_CODE],
            zh=answer.reason.zh[:LONGEST_REASON],
            en=answer.reason.en[:LONGEST_REASON],
            time_us=utc_us(),
        )
        known = refusals_of(self._folder).get(attachment.digest)
        if known is not None and not note.is_final:
            return
        try:
            append_refusal(self._folder, note)
        except OSError as error:  # the next process asks once more
            _log.error("refusal not written: %s", error)

    def _count(self) -> None:
        waiting = {a.digest for a in unreceipted(self._folder, self._keys)}
        total = sent = 0
        for attachment in attachments_of(self._folder):
            total += attachment.bytes
            if attachment.digest in waiting:
                gone = (p.length for p in _pieces(attachment) if p in self._finished)
                sent += sum(gone)
            else:
                sent += attachment.bytes
        self._board.attached(total, sent, self.problem)


def _pieces(attachment: Attachment) -> Iterator[Bundle]:
    for start in range(0, attachment.bytes, PIECE_BYTES):
        yield Bundle(attachment.name, start, min(start + PIECE_BYTES, attachment.bytes))
