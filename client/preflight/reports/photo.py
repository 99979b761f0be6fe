"""A photograph of the room: kept beside the report, named in it by its digest, sent by nobody."""

from __future__ import annotations

import hashlib
from pathlib import Path

from client.base.errors import BadInputError
from client.base.text import Text
from client.preflight.reports.model import MAX_PHOTO_BYTES, RoomPhoto

_KINDS = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}


def read_photo(path: Path) -> bytes:
    """Return the bytes of a picture that a person chose; BadInputError where it is none of ours."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PHOTO_BYTES + 1)
    except OSError as error:
        raise _refused(
            Text(f"照片读不出来（{path.name}）", f"{path.name} cannot be read")
        ) from error
    if len(data) > MAX_PHOTO_BYTES:
        most = MAX_PHOTO_BYTES // 1_000_000
        raise _refused(Text(f"照片超过 {most} MB", f"the picture is larger than {most} MB"))
    if _suffix(data) is None:
        raise _refused(Text("这不是 JPEG 或 PNG 图片", "this is neither JPEG nor PNG"))
    return data


def photo_of(data: bytes, stem: str) -> RoomPhoto:
    """Return what a report says of a picture; its file is called `stem` and the right ending."""
    suffix = _suffix(data) or ".jpg"
    digest = hashlib.sha256(data).hexdigest()
    return RoomPhoto(file=f"{stem}-room{suffix}", bytes=len(data), sha256=digest)


def _suffix(data: bytes) -> str | None:
    return next((suffix for begin, suffix in _KINDS.items() if data.startswith(begin)), None)


def _refused(what: Text) -> BadInputError:
    return BadInputError(
        Text(f"{what.zh}。", f"{what.en.capitalize()}."),
        Text("请换一张 JPEG 或 PNG 照片。", "Choose another JPEG or PNG picture."),
    )
