"""What is asked of the organizer besides bytes: late enrolment, seal, receipts of attachments."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from client.base.text import Text
from client.contest.attachment import Attachment
from client.contest.contestant import Role
from client.contest.plan import read_plan
from client.contest.values import Value
from client.evidence.attachments import append_receipt
from client.evidence.entries import Opening
from client.evidence.layout import SessionFolder
from client.remote.messages import (
    AttachmentReply,
    AttachmentRequest,
    EnrolmentReply,
    EnrolmentRequest,
    SealReply,
    SealRequest,
)
from client.remote.wire import NoResponse
from client.upload.answers import Refused
from client.upload.calls import Away, Organizer, Reply, ask
from client.upload.credentials import PendingEnrolment, Token, save_credentials
from client.upload.heart import NOT_KEPT
from client.upload.receipts import ReceiptBook, Trust, UntrustedDocumentError
from client.upload.retry import Backoff, Random
from client.upload.watch import Watch

_log = logging.getLogger(__name__)
_NOT_OURS = Text(
    "服务器的签名与竞赛方案不符，未采用。请联系组委会核对服务器地址。",
    "The server's signature does not match the contest plan. Ask the organizer for the address.",
)


class Errands:
    """Asks the organizer for signed documents and keeps those that are truly its own."""

    def __init__(
        self, organizer: Organizer, watch: Watch, trust: Trust, book: ReceiptBook, random: Random
    ) -> None:
        self._organizer = organizer
        self._watch = watch
        self._trust = trust
        self._book = book
        self._random = random

    def enrol(self, folder: SessionFolder, pending: PendingEnrolment, opening: Opening) -> None:
        """Turn the code into a token, late; the same session asking again is answered the same."""
        request = EnrolmentRequest(
            ticket=pending.ticket,
            code=pending.code,
            paper=pending.paper or opening.paper,
            role=Role(opening.role or "primary"),
            session=opening.session,
            session_key=opening.session_key,
            plan_sha256=opening.plan_sha256 or read_plan(folder.plan).sha256,
            software=opening.software,
        )
        reply = self._insist(
            "",
            "/enrolments",
            request,
            EnrolmentReply,
            lambda r: self._trust.enrolment(r.enrolment),
        )
        if isinstance(reply, Refused):
            self._watch.refuse(reply.reason)
        if reply.enrolment not in self._book.newest_first():
            self._book.append(reply.enrolment)
        save_credentials(folder.token, Token(token=reply.token))
        _log.info("enrolled")

    def seal(self, token: str, seal: bytes) -> Text | None:
        """Ask for the countersignature and keep it; return what the organizer still misses.

        Any other refusal ends the uploader.
        """
        request = SealRequest(seal=seal.decode("utf-8", "replace"))
        reply = self._insist(
            token, "/seal", request, SealReply, lambda r: self._trust.storage(r.receipt, seal)
        )
        if isinstance(reply, SealReply):
            self._book.append(reply.receipt)
            _log.info("stored")
            return None
        if reply.code != "incomplete":
            self._watch.refuse(reply.reason)
        _log.warning("the organizer misses something")
        return reply.reason

    def attach(
        self, token: str, folder: SessionFolder, attachment: Attachment
    ) -> Refused | Away | None:
        """Ask once for the receipt of a foreign recording and keep it; or return why there is none.

        Not until it is answered: our own tracks must not wait for somebody else's to be hashed.
        """
        message = AttachmentRequest(attachment=attachment)
        answer = ask(self._organizer, token, "/attachments", message, AttachmentReply)
        if isinstance(answer, Refused):
            return answer
        if isinstance(answer, AttachmentReply):
            away = self._kept(folder, attachment, answer.receipt)
        else:
            away = answer
        self._watch.trouble(away.problem if away is not None else None)
        return away

    def _kept(
        self, folder: SessionFolder, attachment: Attachment, untrusted: dict[str, Any]
    ) -> Away | None:
        """Keep a receipt; a disk that takes none is no reason to stop sending our own tracks."""
        try:
            self._trust.attachment(untrusted, attachment)
            append_receipt(folder, untrusted)
        except UntrustedDocumentError as error:
            _log.warning("/attachments: %s", error)
            return Away(NoResponse("untrusted"), _NOT_OURS)
        except OSError as error:
            _log.error("receipt not written: %s", error)
            return Away(NoResponse("disk"), NOT_KEPT)
        return None

    def _insist(
        self,
        token: str,
        path: str,
        message: Value,
        kind: type[Reply],
        check: Callable[[Reply], object],
    ) -> Reply | Refused:
        """Ask until there is an answer that passes `check`, or a refusal."""
        backoff = Backoff(self._random)
        while True:
            answer = ask(self._organizer, token, path, message, kind)
            if isinstance(answer, Refused):
                return answer
            if not isinstance(answer, Away):
                try:
                    check(answer)
                except UntrustedDocumentError as error:
                    _log.warning("%s: %s", path, error)
                    answer = Away(NoResponse("untrusted"), _NOT_OURS)
                else:
                    self._watch.trouble(None)
                    return answer
            self._watch.trouble(answer.problem)
            self._watch.pause(backoff.delay_us(answer.outcome))
