"""Decides which pictures of the desktop need no encoder, and writes those."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from client.recorder.child.bits import UnusualStreamError
from client.recorder.child.difference import Difference
from client.recorder.child.hints import Area
from client.recorder.child.picture import Pixels
from client.recorder.child.slices import Headers, Slices

RESTED = 4
"""Still pictures, two a second, after which the desktop counts as at rest."""

log = logging.getLogger(__name__)


class Handmade:
    """One stream's pictures between those of its encoder. All pictures are I420."""

    def __init__(self, extradata: bytes, width: int, height: int) -> None:
        """Read the encoder's parameter sets (Annex B).

        UnusualStreamError where such pictures do not fit the stream; leave it as it is then.
        """
        headers = Headers.parse(extradata)
        self.parameter_sets = headers.parameter_sets
        """What the file must say in place of `extradata`."""
        self._slices = Slices(headers)
        self._difference = Difference(width, height)
        self._still = 0
        """Pictures in a row in which nothing changed."""

    def changed(self, i420: Pixels, areas: Sequence[Area] | None) -> None:
        """Note where the next picture differs from the one before: None if anywhere."""
        is_still = areas is not None and not areas
        self._still = self._still + 1 if is_still else 0
        self._difference.changed(_everywhere(i420) if areas is None else areas)

    def picture(self, i420: Pixels) -> bytes | None:
        """Return the next picture (Annex B); None where the encoder is to make it.

        What differs little is written; once the desktop has come to rest the encoder makes the
        picture, so that the same macroblocks are not written again and again.
        """
        blocks = self._difference.blocks(i420)
        if blocks is None or (blocks and self._still >= RESTED):
            return None
        return self._slices.written(blocks)

    @property
    def areas(self) -> Sequence[Area]:
        """Return where the desktop changed since the encoder's last picture."""
        return self._difference.areas

    def encoded(self, i420: Pixels, packet: bytes) -> bytes:
        """Return what to write for the encoder's picture `packet` (Annex B) of `i420`."""
        self._difference.encoded(i420)
        return self._slices.encoded(packet)


def handmade_for(extradata: bytes, width: int, height: int) -> Handmade | None:
    """Return it; None, and a line in the log, where such pictures do not fit the stream."""
    try:
        return Handmade(extradata, width, height)
    except UnusualStreamError as error:
        log.warning("every picture is encoded: %s", error)
        return None


def _everywhere(i420: Pixels) -> list[Area]:
    return [Area(0, 0, i420.shape[1], i420.shape[0] * 2 // 3)]
