"""The track files as a player needs them: which bytes hold which moments.

The journal says so where it can be read. Where it cannot, the file is read through once instead,
and how it stands against the other tracks is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from client.base.files import open_file
from client.evidence.entries import Source
from client.evidence.fragments import FragmentParser, MalformedMediaError
from client.evidence.layout import SessionFolder, picture_of
from client.evidence.ledger import BLOCK, FileLedger, Piece
from client.evidence.media import Kind, StreamInfo, TrackInfo
from client.evidence.timeline import Stretch, united

SEAM_US = 300_000
"""Pieces closer than this are shown as one."""


@dataclass(frozen=True)
class Film:
    """One track file: where it stands in the session, and its byte ranges in order."""

    name: str
    epoch_us: int
    """Session time of media time 0."""
    picture: bool
    sound: bool
    pieces: tuple[Piece, ...]
    """Each with its stretch; a torn end without a whole fragment is left out."""

    @property
    def stretches(self) -> list[Stretch]:
        """Return when it plays."""
        return united([p.stretch for p in self.pieces if p.stretch is not None], SEAM_US)

    @property
    def shows(self) -> Source:
        """Return the source of its pictures; sound, where it has any, is the camera's."""
        return picture_of(self.name)

    def cut(self, size: int) -> Film:
        """Return it without the pieces beyond `size` bytes."""
        there = tuple(piece for piece in self.pieces if piece.end <= size)
        return Film(self.name, self.epoch_us, self.picture, self.sound, there)


def sizes_on_disk(folder: SessionFolder) -> dict[str, int]:
    """Return the size of each track file that is there; a link to elsewhere is none."""
    files = [path for path in folder.tracks() if path.is_file() and not path.is_symlink()]
    return {path.name: path.stat().st_size for path in files}


def film_of(known: FileLedger) -> Film | None:
    """Return the film of a journalled file; None where the journal does not say when it began."""
    if known.part is None:
        return None
    timed = tuple(piece for piece in known.pieces if piece.stretch is not None)
    return Film(known.name, known.epoch_us, known.part.width > 0, known.part.sound, timed)


def scanned(path: Path, epoch_us: int) -> Film:
    """Return the film that the file itself shows, up to where it cannot be read on."""
    parser = FragmentParser()
    pieces: list[Piece] = []
    first = 0
    with open_file(path) as file:
        while block := file.read(BLOCK):
            try:
                found = parser.feed(block)
            except MalformedMediaError:
                break
            for fragment in found:
                if fragment.is_init:
                    continue
                stretch = (epoch_us + fragment.start_us, epoch_us + fragment.end_us)
                keys = (fragment.offset,) if fragment.key else ()
                pieces.append(Piece(first, fragment.end, "", stretch, 0, keys))
                first = fragment.end
    kinds = {header.video for header in parser.tracks.values()}
    return Film(path.name, epoch_us, True in kinds, False in kinds, tuple(pieces))


def in_a_row(session: SessionFolder, names: Iterable[str]) -> list[Film]:
    """Return the films of files without a journal: those of the same pictures in a row."""
    ends: dict[Source, int] = {}
    films = []
    for name in names:
        source = picture_of(name)
        film = scanned(session.file(name), ends.get(source, 0))
        if film.stretches:
            ends[source] = film.stretches[-1][1]
            films.append(film)
    return films


def as_journalled(films: Iterable[Film]) -> Mapping[str, TrackInfo]:
    """Return what a reader would find in the files if they hold what the journal says.

    Nothing is read: this is for showing, not for judging.
    """
    return {film.name: TrackInfo(tuple(_streams(film))) for film in films if film.stretches}


def _streams(film: Film) -> Iterable[StreamInfo]:
    first, end = film.stretches[0][0] - film.epoch_us, film.stretches[-1][1] - film.epoch_us
    kinds: tuple[tuple[Kind, bool], ...] = (("picture", film.picture), ("sound", film.sound))
    for kind, is_there in kinds:
        if is_there:
            yield StreamInfo(kind, "", first, end, len(film.pieces), 0, 0, ())
