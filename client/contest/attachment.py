"""A foreign recording (外部录像) that was taken into a session afterwards, and its receipt.

Another program made it, while ours could not record. Nothing here says that it is genuine: only
which bytes were there, and since when the organizer has them.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from client.contest.receipt import Address
from client.contest.signed import Sha256, canonical, sha256
from client.contest.values import Base64, Count, HexDigest, HexKey, Micros, Uuid, Value

FOREIGN_NAME = r"foreign-[0-9]{2}\.[a-z0-9]{2,4}"
ForeignName = Annotated[str, Field(pattern=f"^{FOREIGN_NAME}$")]
"""Name of the copy beside the tracks: `foreign-01.mp4`. Ours; the file's own may name a person."""
MOST_BYTES = 32 * 1024**3
"""Of one foreign recording."""
Size = Annotated[int, Field(ge=1, le=MOST_BYTES)]
"""In bytes."""
Bytes: TypeAlias = bytes  # inside the class that word is a field
LONGEST_NOTE = 300
LONGEST_REASON = 300
LONGEST_CODE = 40
Reason = Annotated[str, Field(max_length=LONGEST_REASON)]
Note = Annotated[str, Field(max_length=LONGEST_NOTE)]
_FINAL = {"mismatch", "bundle_conflict", "too_large"}


def is_foreign(name: str) -> bool:
    """Tell whether a file of a session is a foreign recording: no part of what is sealed."""
    return name.startswith("foreign-")


class Attachment(Value):
    """One line of `attachments.jsonl`. Nobody signs it here: the session's key is gone by then."""

    kind: Literal["saijian.attachment/1"] = "saijian.attachment/1"
    session: Uuid
    name: ForeignName
    bytes: Size
    sha256: HexDigest
    attached_us: Micros
    """When it was taken in, by this computer's clock."""
    modified_us: Micros
    """The file's own time of its last change, as its file system says."""
    linked: bool
    """The disk had no room for a copy: the same bytes under a second name."""
    note: Note

    @property
    def digest(self) -> Sha256:
        """Return the SHA-256 of the line: what its receipt names."""
        return sha256(self.line)

    @property
    def line(self) -> Bytes:
        """Return the canonical form (RFC 8785), without a newline."""
        return canonical(self.model_dump())


class AttachmentReceipt(Value):
    """The organizer stored and hashed a foreign recording at this moment. It says no more."""

    kind: Literal["saijian.attachment-receipt/1"] = "saijian.attachment-receipt/1"
    session: Uuid
    attachment_sha256: HexDigest
    name: ForeignName
    bytes: Count
    sha256: HexDigest
    time_us: Micros
    address: Address
    key: HexKey
    signature: Base64

    def is_of(self, attachment: Attachment) -> bool:
        """Tell whether it is about exactly this line and these bytes."""
        ours = (attachment.session, attachment.digest, attachment.name, attachment.bytes)
        said = (self.session, self.attachment_sha256, self.name, self.bytes)
        return (*ours, attachment.sha256) == (*said, self.sha256)


class AttachmentRefusal(Value):
    """The organizer did not take these bytes, in its own words. Nobody signs it."""

    kind: Literal["saijian.attachment-refusal/1"] = "saijian.attachment-refusal/1"
    session: Uuid
    attachment_sha256: HexDigest
    code: Annotated[str, Field(max_length=LONGEST_CODE)]
    zh: Reason
    en: Reason
    time_us: Micros
    """When it was answered first, by this computer's clock."""

    @property
    def is_final(self) -> bool:
        """Tell whether it is the bytes' own fault. Any other may pass: a token, a full session."""
        return self.code in _FINAL
