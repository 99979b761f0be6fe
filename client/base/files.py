"""Files and folders: private ones, atomic ones, append-only ones, locked ones."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import TypeVar

from client.base.errors import StorageError
from client.base.text import Text

if sys.platform == "win32":
    import msvcrt

    from client.base.acl import allow_only_this_user
else:
    import fcntl

MIN_FREE_BYTES = 64 * 1024 * 1024
"""Without so much free space nothing is begun; preflight asks for what the session needs."""
_O_BINARY = getattr(os, "O_BINARY", 0)
_O_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_O_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_BUSY_S = 3.0
"""So long a file may be held open by a virus scanner or a reader before that is an error."""
_LOOK_AGAIN_S = 0.02
_SCRATCH, _OWNER = ".saijian-trial-", "owner.lock"
_ABANDONED_S = 60.0
"""What nobody has locked or finished so long after it was made is nobody's."""
_RANDOM = 8
"""So many characters `tempfile` puts behind a name."""
Result = TypeVar("Result")
Mend = Callable[[OSError], bool]
"""Asked after a write or a sync that failed, with the file's name in it: whether to try again."""


def no_mending(error: OSError) -> bool:  # noqa: ARG001 - Mend's shape
    """Try nothing again."""
    return False


def private_folder(path: Path) -> Path:
    """Make `path` and what is missing above it; only this user may enter it."""
    path.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        allow_only_this_user(path)
    else:
        path.chmod(0o700)
    return path


def write_atomically(path: Path, data: bytes, *, private: bool = False) -> None:
    """Put `data` at `path` whole or not at all, surviving a power loss.

    What kills left of earlier ones goes, once it is too old to be another's at work now.
    """
    remove_unfinished(path, _ABANDONED_S)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if sys.platform != "win32":
            temporary.chmod(0o600 if private else 0o644)
        elif private:
            allow_only_this_user(temporary)
        replace_file(temporary, path)
    except BaseException:
        remove_file(temporary)
        raise
    sync_folder(path.parent)


def remove_unfinished(path: Path, older_than_s: float = 0.0) -> None:
    """Remove what kills left of writing `path` atomically; at any age only if nobody else does."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.{'?' * _RANDOM}"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime >= older_than_s:
                left.unlink()


def replace_file(new: Path, path: Path) -> None:
    """Put `new` in the place of `path`; on Windows wait while somebody has that open, up to 3 s."""
    _once_it_is_free(lambda: new.replace(path))


def read_file(path: Path) -> bytes:
    """Return all of a file; on Windows wait while somebody shuts others out, up to 3 s."""
    return _once_it_is_free(path.read_bytes)


def open_file(path: Path) -> BufferedReader:
    """Open a file for reading; on Windows wait while somebody shuts others out, up to 3 s.

    A named pipe in its place is empty: nobody waits for somebody to write into it.
    """

    def at_once(name: str, flags: int) -> int:
        return os.open(name, flags | _O_NONBLOCK)

    return _once_it_is_free(lambda: open(path, "rb", opener=at_once))


def remove_file(path: Path) -> None:
    """Remove the file if it is there; on Windows wait while somebody has it open, up to 3 s."""
    _once_it_is_free(lambda: path.unlink(missing_ok=True))


def _once_it_is_free(act: Callable[[], Result]) -> Result:
    """Act, again and again while Windows refuses it for another's sake; elsewhere just once."""
    deadline = time.monotonic() + (_BUSY_S if sys.platform == "win32" else 0)
    while True:
        try:
            return act()
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_LOOK_AGAIN_S)


def sync_folder(path: Path) -> None:
    """Make the names in `path` survive a power loss (a no-op on Windows)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_data(descriptor: int) -> None:
    """Flush the file's data, and the size that is needed to read it, to the disk."""
    if sys.platform == "linux":
        os.fdatasync(descriptor)
    else:
        os.fsync(descriptor)


class AppendFile:
    """A file that only ever grows. It has no `seek`, no `truncate`, and writes all or raises.

    Only `sync` waits for the disk: a busy one must not keep a recording from beginning.
    """

    def __init__(self, path: Path, mend: Mend = no_mending) -> None:
        """Open or create `path`; `size` is where the next byte goes."""
        self.path = path
        self._mend = mend
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _O_BINARY | _O_CLOEXEC
        self._descriptor = _once_it_is_free(lambda: os.open(path, flags, 0o600))
        self.size = os.fstat(self._descriptor).st_size
        self._is_on_disk = False

    def append(self, data: bytes) -> None:
        """Append all of `data`, or raise OSError with `size` true to what reached the file."""
        view = memoryview(data)
        while view:
            written = self._until_mended(partial(self._write, view))
            self.size += written
            view = view[written:]

    def _write(self, view: memoryview) -> int:
        """Write some of `view`; what a write that failed left in the file (Wine) counts, too."""
        try:
            return os.write(self._descriptor, view)
        except OSError:
            landed = 0
            with contextlib.suppress(OSError):
                landed = os.fstat(self._descriptor).st_size - self.size
            if 0 < landed <= len(view):
                return landed
            raise

    def sync(self) -> None:
        """Return once all appended bytes, and the file's name, are on the disk."""
        self._until_mended(partial(sync_data, self._descriptor))
        if not self._is_on_disk:
            self._until_mended(partial(sync_folder, self.path.parent))
            self._is_on_disk = True

    def _until_mended(self, act: Callable[[], Result]) -> Result:
        """Act, again where `mend` says so; an OSError of a descriptor is given the file's name."""
        while True:
            try:
                return act()
            except OSError as error:
                error.filename = str(self.path)
                if not self._mend(error):
                    raise

    def close(self) -> None:
        """Close the file, once, even where that fails; the bytes stay."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


class FileLock:
    """An operating-system lock on a file: it goes with the process that holds it."""

    def __init__(self, path: Path) -> None:
        """Name the lock file; nothing is opened yet."""
        self.path = path
        self._descriptor = -1

    def acquire(self) -> bool:
        """Take the lock and return True, or return False at once when another process holds it."""
        flags = os.O_RDWR | os.O_CREAT | _O_CLOEXEC
        descriptor = _once_it_is_free(lambda: os.open(self.path, flags, 0o600))
        try:
            if sys.platform == "win32":
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor >= 0:
            if sys.platform == "win32":  # a closed file is unlocked only some time later
                msvcrt.locking(self._descriptor, msvcrt.LK_UNLCK, 1)
            os.close(self._descriptor)
            self._descriptor = -1

    def is_held(self) -> bool:
        """Tell whether some process, this one included, holds the lock now."""
        if self._descriptor >= 0:
            return True
        if not self.path.exists():
            return False
        look = FileLock(self.path)  # of its own: threads may look at once, and one keep it for ever
        if look.acquire():
            look.release()
            return False
        return True


@contextlib.contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """Give a folder below `path`, which may not exist yet, that is gone with all in it at the end.

    Those that killed processes left there go first.
    """
    place = existing_folder(path)
    for left in place.glob(f"{_SCRATCH}*"):
        with contextlib.suppress(OSError):
            is_old = time.time() - left.stat().st_mtime > _ABANDONED_S
            if is_old and not FileLock(left / _OWNER).is_held():
                shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=place))
    owner = FileLock(folder / _OWNER)
    try:
        owner.acquire()
        yield folder
    finally:
        owner.release()
        shutil.rmtree(folder, ignore_errors=True)


def existing_folder(path: Path) -> Path:
    """Return `path`, or the first folder above it that exists; `path` on a drive that is gone."""
    return next((p for p in (path, *path.parents) if p.exists()), path)


def free_bytes(path: Path) -> int:
    """Return the bytes that this user may still write below `path`, which may not exist yet."""
    with contextlib.suppress(OSError):  # on a drive that is gone looking up a folder fails, too
        return shutil.disk_usage(existing_folder(path)).free
    raise StorageError(
        Text(f"读不出磁盘剩余空间:{path}。", f"The free space of {path} cannot be read."),
        Text("请检查磁盘是否仍然连接。", "Check that the drive is still connected."),
    )


def require_space(path: Path, needed: int = MIN_FREE_BYTES) -> None:
    """Raise StorageError where fewer than `needed` bytes are free below `path`."""
    free = free_bytes(path)
    if free < needed:
        raise StorageError(
            Text(
                f"磁盘空间不足：{path} 只剩 {free >> 20} MB，至少需要 {needed >> 20} MB。",
                f"The disk is full: {free >> 20} MB left at {path}, {needed >> 20} MB needed.",
            ),
            Text(
                "请清理磁盘，或换一个磁盘保存。",
                "Free some space, or keep it on another drive.",
            ),
        )
