"""Taking a foreign recording (外部录像) into a session: copied beside the tracks, hashed, listed.

The source is only ever read. A kill leaves at most a half copy under a name of ours, which the next
call writes over; between the copy and its line in the list a note in the private folder says what
is to be listed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from client.base.clock import utc_us
from client.base.errors import BadInputError, StateError
from client.base.files import (
    FileLock,
    free_bytes,
    read_file,
    remove_file,
    replace_file,
    require_space,
    sync_folder,
    write_atomically,
)
from client.base.text import Text
from client.contest.attachment import LONGEST_NOTE, MOST_BYTES, Attachment
from client.contest.signed import Sha256
from client.evidence.attachments import append_line, attachments_of, refusals_of
from client.evidence.copying import Tally, copy_file, hash_file
from client.evidence.layout import SessionFolder

FILMS = {"mp4", "m4v", "mkv", "mov", "avi", "flv", "webm", "ts", "mpg", "mpeg", "wmv", "3gp"}
KINDS = FILMS | {"m4a", "mp3", "wav", "aac", "ogg", "amr", "jpg", "jpeg", "png"}
"""What keeps its ending; any other becomes `bin`, so that nobody starts it by a click."""
MOST_FILES = 99
ROOM_LEFT = 256 * 1024 * 1024
"""A copy leaves so much of the disk to the recorder."""


def take_in(
    folder: SessionFolder, source: Path, session: str, note: str, tally: Tally
) -> Attachment:
    """Return the attachment that `source` became; the one there is, where its bytes are in already.

    `session` is the UUID of the session. Raises BadInputError for what is no recording, StateError
    while another call is at work or the file grows, StorageError or OSError of a full disk,
    StoppedError.
    """
    with _alone(folder):
        _finish(folder)
        before = _looked_at(source)
        tally.expect(before.st_size)
        part = folder.path / ".foreign.part"
        remove_file(part)
        try:
            linked, digest = _bring(source, part, before, tally, folder)
            known = _known(folder, digest)
            if known is not None:
                remove_file(part)
                return known
            attachment = Attachment(
                session=session,
                name=_free_name(folder, source),
                bytes=before.st_size,
                sha256=digest,
                attached_us=utc_us(),
                modified_us=max(0, before.st_mtime_ns // 1000),
                linked=linked,
                note=" ".join(note.split())[:LONGEST_NOTE],
            )
            write_atomically(_pending(folder), attachment.line, private=True)
            replace_file(part, folder.foreign(attachment.name))
        except BaseException:
            with contextlib.suppress(OSError):
                remove_file(part)
            raise
        _finish(folder)
        return attachment


def _known(folder: SessionFolder, digest: Sha256) -> Attachment | None:
    """Return what these bytes came in as before; one refused for good may come in anew."""
    final = {digest for digest, refusal in refusals_of(folder).items() if refusal.is_final}
    return next(
        (
            a
            for a in attachments_of(folder)
            if a.sha256 == digest and a.digest not in final and folder.foreign(a.name).exists()
        ),
        None,
    )


def _bring(
    source: Path, part: Path, before: os.stat_result, tally: Tally, folder: SessionFolder
) -> tuple[bool, Sha256]:
    """Put the bytes at `part`; return whether as a link, and their SHA-256."""
    size = before.st_size
    linked = free_bytes(folder.path) < size + ROOM_LEFT
    if linked:
        _link(source, part, size, folder)
        count, digest = hash_file(part, tally)
    else:
        count, digest = copy_file(source, size, part, tally)
    after = source.stat()
    if (count, after.st_size, after.st_mtime_ns) != (size, size, before.st_mtime_ns):
        raise _growing(source)
    return linked, digest


def _finish(folder: SessionFolder) -> None:
    """List what lies there and is not listed yet; forget what never came to lie there."""
    try:
        attachment = Attachment.model_validate_json(read_file(_pending(folder)))
    except (OSError, ValidationError):
        return
    path = folder.foreign(attachment.name)
    if path.is_file() and path.stat().st_size == attachment.bytes:
        sync_folder(folder.path)
        if attachment not in attachments_of(folder):
            append_line(folder, attachment)
    remove_file(_pending(folder))


def _pending(folder: SessionFolder) -> Path:
    return folder.private / "attaching.json"


@contextmanager
def _alone(folder: SessionFolder) -> Iterator[None]:
    lock = FileLock(folder.private / "attach.lock")
    if not lock.acquire():
        raise StateError(
            Text("另一个外部录像正在加入。", "Another recording is being taken in."),
            Text("请等它完成后再试。", "Wait until it is done, then try again."),
        )
    try:
        yield
    finally:
        lock.release()


def _looked_at(source: Path) -> os.stat_result:
    """Return what the file system says of a file that can be taken in; else BadInputError."""
    found = source.stat() if source.is_file() else None
    if found is None:
        raise _unusable(source, Text("没有这个文件", "there is no such file"))
    if found.st_size == 0:
        raise _unusable(source, Text("文件是空的", "it is empty"))
    if found.st_size > MOST_BYTES:
        raise _unusable(source, Text("超过 32 GB", "it is larger than 32 GB"))
    return found


def _link(source: Path, part: Path, size: int, folder: SessionFolder) -> None:
    """Give the bytes a second name where the disk has no room; StorageError where it cannot be."""
    try:
        part.hardlink_to(source.resolve())
    except OSError:
        require_space(folder.path, size + ROOM_LEFT)
        raise


def _free_name(folder: SessionFolder, source: Path) -> str:
    """Return the next name; one is never used twice, whatever became of its file."""
    kind = source.suffix.lower().removeprefix(".")
    taken = {a.name for a in attachments_of(folder)}
    taken |= {path.name for path in folder.path.glob("foreign-*")}
    used = [int(name[8:10]) for name in taken if name[8:10].isdigit()]
    number = max(used, default=0) + 1
    if number > MOST_FILES:
        raise _unusable(source, Text("本场次已有 99 个外部录像", "there are 99 already"))
    return f"foreign-{number:02d}.{kind if kind in KINDS else 'bin'}"


def _unusable(source: Path, why: Text) -> BadInputError:
    return BadInputError(
        Text(f"{source.name} 不能加入：{why.zh}。", f"{source.name}: {why.en}."),
        Text("请选择录像、录音或照片文件。", "Choose a recording or a photograph."),
    )


def _growing(source: Path) -> StateError:
    return StateError(
        Text(f"{source.name} 还在变化。", f"{source.name} is still changing."),
        Text(
            "请先停止正在写它的录制程序，再加入。",
            "Stop the program that records it first, then attach it.",
        ),
    )
