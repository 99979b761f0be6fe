"""What there is to send, learnt from the session's folder alone. Opens files for reading only."""

from __future__ import annotations

from client.base.errors import EvidenceError
from client.base.files import open_file
from client.base.text import Text
from client.evidence.entries import Media, Opening
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.upload.cutting import Bundle, Cutter


class Spool:
    """Follows one session's journal, which may still be growing."""

    def __init__(self, folder: SessionFolder) -> None:
        self.opening: Opening | None = None
        """First entry of the journal: session, session key, plan. None until it is there."""
        self._folder = folder
        self._cutter = Cutter()
        self._read = 0
        self._recorded: dict[bool, int] = {}

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

    def read(self, bundle: Bundle) -> bytes:
        """Return the bundle's bytes; EvidenceError where the file no longer has them."""
        try:
            with open_file(self._folder.path / bundle.name) as file:
                file.seek(bundle.offset)
                data = file.read(bundle.length)
        except OSError as error:
            raise _damaged(bundle) from error
        if len(data) < bundle.length:
            raise _damaged(bundle)
        return data

    def _note(self, line: Line) -> None:
        entry = line.entry
        if isinstance(entry, Opening) and self.opening is None:
            self.opening = entry
        elif isinstance(entry, Media):
            for name, grown in entry.ranges.items():
                screen = name.startswith("screen")
                length = max(0, grown.us[1] - grown.us[0])
                self._recorded[screen] = self._recorded.get(screen, 0) + length


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
