"""What there is to send, learnt from the session's folder alone. Opens files for reading only."""

from __future__ import annotations

from pathlib import Path

from client.base.errors import EvidenceError
from client.base.files import open_file
from client.base.text import Text
from client.evidence.entries import Media, Opening, Part, Source, Step
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder, picture_of
from client.upload.cutting import Bundle, Cutter


class Spool:
    """Follows one session's journal, which may still be growing."""

    def __init__(self, folder: SessionFolder) -> None:
        self.opening: Opening | None = None
        """First entry of the journal: session, session key, plan. None until it is there."""
        self.handed_in = False
        """Whether the contestant has said so, and the next line is there: a settled moment, of
        which the organizer is to hear at once."""
        self._says_handed_in = False
        self._folder = folder
        self._cutter = Cutter()
        self._read = 0
        self._recorded: dict[Source, int] = {}
        self._on_spare: set[str] = set()

    @property
    def covered_bytes(self) -> int:
        """Return the bytes of the session that complete journal lines cover."""
        return self._cutter.covered_bytes

    @property
    def recorded_us(self) -> int:
        """Return the microseconds of recording in the longest track, gaps left out."""
        return max(self._recorded.values(), default=0)

    @property
    def complete(self) -> bool:
        """Tell whether the session is closed and sealed, so that nothing more will come."""
        return self._cutter.closed and self._folder.seal.exists()

    def poll(self) -> list[Bundle]:
        """Read the journal's new lines; return the bundles that they completed, oldest first."""
        found: list[Bundle] = []
        for line in read_journal(self._folder.journal, self._read):
            self._read = line.offset + len(line.raw) + 1
            if isinstance(line, Line):
                self._note(line)
            found.extend(self._cutter.take(line))
        return found

    def is_away(self, bundle: Bundle) -> bool:
        """Tell whether its file lies on a drive that is not connected now."""
        is_there = bundle.name not in self._on_spare or self._folder.file(bundle.name).exists()
        return not is_there and not self._folder.has_spare_now

    def read(self, bundle: Bundle) -> bytes:
        """Return the bundle's bytes; EvidenceError where the file no longer has them."""
        return read_bundle(self._folder.file(bundle.name), bundle)

    def _note(self, line: Line) -> None:
        entry = line.entry
        self.handed_in = self._says_handed_in
        if isinstance(entry, Opening) and self.opening is None:
            self.opening = entry
        elif isinstance(entry, Step) and entry.name == "handed_in":
            self._says_handed_in = True
        elif isinstance(entry, Part) and entry.spare:
            self._on_spare.add(entry.file)
        elif isinstance(entry, Media):
            for name, grown in entry.ranges.items():
                source = picture_of(name)
                length = max(0, grown.us[1] - grown.us[0])
                self._recorded[source] = self._recorded.get(source, 0) + length


def read_bundle(path: Path, bundle: Bundle) -> bytes:
    """Return the bundle's bytes of the file at `path`; EvidenceError where it has them not."""
    try:
        with open_file(path) as file:
            file.seek(bundle.offset)
            data = file.read(bundle.length)
    except OSError as error:
        raise _damaged(bundle) from error
    if len(data) < bundle.length:
        raise _damaged(bundle)
    return data


def _damaged(bundle: Bundle) -> EvidenceError:
    return EvidenceError(
        Text(
            f"本机文件 {bundle.name} 缺少日志已登记的内容（字节 {bundle.offset}-{bundle.end}）。",
            f"{bundle.name} on this computer lacks bytes {bundle.offset}-{bundle.end}.",
        ),
        Text(
            "请不要改动该场次文件夹，检查磁盘，并联系组委会。",
            "Leave the session folder as it is, check the disk, and call the organizer.",
        ),
    )
