"""A remark for the journal of a session whose recorder is running, from whoever has one to make."""

from __future__ import annotations

import logging
import time
from multiprocessing import AuthenticationError

from client.base.files import FileLock
from client.evidence.layout import SessionFolder
from client.recorder.link import dial, hang_up, receive
from client.recorder.protocol import Ack, AddNote, ProtocolError, decode, encode

ANSWERS_S = 10.0
_ID = 1

log = logging.getLogger(__name__)


def remark(folder: SessionFolder, text: str) -> bool:
    """Return whether the recorder has entered `text`; False where none runs, or none answers."""
    if not FileLock(folder.recorder_lock).is_held():
        return False
    try:
        link = dial(folder.control)
        if link is None:
            return False
        try:
            link.send_bytes(encode(AddNote(id=_ID, text=text)))
            deadline = time.monotonic() + ANSWERS_S
            while link.poll(max(0.0, deadline - time.monotonic())):
                answer = decode(receive(link))
                if isinstance(answer, Ack) and answer.id == _ID:
                    return True
        finally:
            hang_up(link)
    except (OSError, EOFError, AuthenticationError, ProtocolError):
        log.warning("no remark was entered", exc_info=True)
    return False
