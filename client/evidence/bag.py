"""Exporting a session, to a USB drive for example, as a BagIt bag (RFC 8493, version 1.0).

`bagit.py --validate` and `sha256sum -c manifest-sha256.txt` check it without our code. Files are
hashed as they are copied, so nothing is read twice, and it can be watched and stopped.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from client import __version__
from client.base.errors import StateError, StorageError
from client.base.files import FileLock, require_space, sync_data, sync_folder
from client.base.text import Text
from client.contest.signed import sha256
from client.contest.workdays import beijing_day
from client.evidence.attachments import attachments_of
from client.evidence.copying import Tally, copy_file
from client.evidence.layout import SessionFolder
from client.evidence.spare import require_connected

SPARE_BYTES = 4 * 1024 * 1024
"""For the bag's own files, and what a file system adds."""
_PART = ".part"


def export_bag(folder: SessionFolder, target: Path, tally: Tally, now_us: int) -> Path:
    """Return the new bag below `target`, named like the session; `tally` counts its payload.

    Raises StateError while the recorder is at work, StorageError where it does not fit, OSError,
    StoppedError; a bag that did not become whole is gone again.
    """
    if FileLock(folder.recorder_lock).is_held():
        raise StateError(
            Text("正在录制，不能导出。", "It is being recorded and cannot be exported now."),
            Text("请先结束录制。", "End the recording first."),
        )
    require_connected(folder.spare)
    files = {path: path.stat().st_size for path in _payload(folder)}
    total = sum(files.values())
    require_space(target, total + SPARE_BYTES)
    tally.expect(total)
    bag = _free_place(target, folder.path.name)
    part = bag.with_name(bag.name + _PART)
    shutil.rmtree(part, ignore_errors=True)
    try:
        (part / "data").mkdir(parents=True)
        manifest = ""
        for path, size in files.items():
            _, digest = copy_file(path, size, part / "data" / path.name, tally)
            manifest += f"{digest}  data/{path.name}\n"
        _write_tags(part, manifest, f"{total}.{len(files)}", now_us)
        sync_folder(part / "data")
        part.rename(bag)
        sync_folder(target)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise _too_large(error) or error from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return bag


def _payload(folder: SessionFolder) -> list[Path]:
    """Return the files of the evidence; nothing of the private folder, and nobody else's files."""
    single = (
        folder.plan, folder.journal, folder.receipts, folder.seal,
        folder.attachments, folder.attachment_receipts, folder.attachment_refusals,
    )  # fmt: skip
    foreign = [folder.foreign(attachment.name) for attachment in attachments_of(folder)]
    return [path for path in (*single, *folder.tracks(), *foreign) if path.is_file()]


def _write_tags(part: Path, manifest: str, oxum: str, now_us: int) -> None:
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": f"Bag-Software-Agent: SaiJian {__version__}\n"
        f"Bagging-Date: {beijing_day(now_us)}\nPayload-Oxum: {oxum}\n",
        "manifest-sha256.txt": manifest,
    }
    lines = "".join(f"{sha256(text.encode())}  {name}\n" for name, text in tags.items())
    for name, text in {**tags, "tagmanifest-sha256.txt": lines}.items():
        with (part / name).open("wb") as file:
            file.write(text.encode())
            file.flush()
            sync_data(file.fileno())


def _free_place(target: Path, name: str) -> Path:
    places = (target / (name if not n else f"{name}-{n + 1}") for n in range(1000))
    return next(place for place in places if not place.exists())


def _too_large(error: OSError) -> StorageError | None:
    """Return what to say where the drive takes no file of this size (FAT32: 4 GiB)."""
    if error.errno != errno.EFBIG:
        return None
    return StorageError(
        Text(
            "这个 U 盘放不下 4 GB 以上的文件（FAT32 格式）。",
            "This drive takes no file larger than 4 GB (FAT32).",
        ),
        Text("请换一个 exFAT 或 NTFS 格式的盘。", "Use a drive formatted as exFAT or NTFS."),
    )
