"""A picture like the one before it, written without the encoder: every macroblock skipped.

An unchanged 1080p desktop costs x264 some 4 ms a picture. Its whole content is "as before", which
takes 20 bytes: one P slice of skipped macroblocks (ITU-T H.264, 7.3.3, 7.3.4), coded once for a
stream. Such a picture is a reference, so it counts in `frame_num`; `Stills` counts on in the
encoder's later pictures.

Only for streams as our encoder makes them: see `Headers`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from client.recorder.child.bits import (
    BitReader,
    BitWriter,
    UnusualStreamError,
    escaped,
    split,
    unescaped,
)

log = logging.getLogger(__name__)

_IDR, _SLICE, _SPS, _PPS = 5, 1, 7, 8
_HEADER_BYTES = 16
"""More than a slice header takes up to `frame_num`."""
_QP = 51
"""Any would do: nothing is quantised, nothing deblocked. With this one "skipped" is likely."""


@dataclass(frozen=True)
class Headers:
    """What slices depend on in the stream's parameter sets (7.3.2.1, 7.3.2.2)."""

    frame_num_bits: int
    macroblocks: int
    qp: int

    @classmethod
    def parse(cls, extradata: bytes) -> Headers:
        """Read SPS and PPS of `extradata` (Annex B); UnusualStreamError where they will not do."""
        units = {unit[0] & 31: unescaped(unit[1:]) for unit in split(extradata)}
        if _SPS not in units or _PPS not in units:
            raise UnusualStreamError("no parameter sets")
        frame_num_bits, macroblocks = _read_sps(BitReader(units[_SPS]))
        return cls(frame_num_bits, macroblocks, _read_pps(BitReader(units[_PPS])))


_PROFILES = (66, 77, 88)
"""Baseline, Main, Extended: the High ones describe their chroma format too."""


def _read_sps(bits: BitReader) -> tuple[int, int]:
    profile = bits.u(8)
    bits.u(16)
    bits.ue()  # seq_parameter_set_id
    if profile not in _PROFILES and (bits.ue(), bits.ue(), bits.ue(), bits.u(1), bits.u(1)) != (
        1,  # 4:2:0
        0,  # 8 bits
        0,
        0,
        0,  # no scaling matrix
    ):
        raise UnusualStreamError("chroma")
    frame_num_bits = bits.ue() + 4
    order = bits.ue()
    if order != 2:  # noqa: PLR2004 - 8.2.1.3: output order is decoding order, nothing to write
        raise UnusualStreamError("picture order")
    bits.ue()  # max_num_ref_frames
    bits.u(1)  # gaps_in_frame_num_value_allowed_flag
    macroblocks = (bits.ue() + 1) * (bits.ue() + 1)
    if not bits.u(1):
        raise UnusualStreamError("fields")
    return frame_num_bits, macroblocks


def _read_pps(bits: BitReader) -> int:
    bits.ue(), bits.ue()  # its own number, that of the SPS
    cabac, bottom_field = bits.u(1), bits.u(1)
    groups, references, _ = bits.ue(), bits.ue(), bits.ue()
    weighted, _ = bits.u(1), bits.u(2)
    qp = 26 + bits.se()
    bits.se(), bits.se()  # pic_init_qs_minus26, chroma_qp_index_offset
    deblocking, _, redundant = bits.u(1), bits.u(1), bits.u(1)
    if (cabac, bottom_field, groups, references, weighted, deblocking, redundant) != (
        1,
        0,
        0,
        0,
        0,
        1,
        0,
    ):
        raise UnusualStreamError("slices")
    return qp


class Stills:
    """Makes still pictures for one stream and renumbers the encoder's pictures between them."""

    def __init__(self, extradata: bytes) -> None:
        """`extradata` holds the parameter sets, Annex B; where they will not do there are none."""
        self._headers: Headers | None = None
        try:
            self._headers = Headers.parse(extradata)
        except UnusualStreamError as error:
            log.warning("no still pictures: %s", error)
        self._skipped = skipped_macroblocks(self._headers.macroblocks) if self._headers else b""
        self._ahead = 0
        """Still pictures since the last IDR picture."""
        self._last = 0
        """`frame_num` of the last picture."""

    def picture(self) -> bytes | None:
        """Return the next picture, Annex B: as the one before; None if it has to be encoded."""
        if self._headers is None:
            return None
        self._ahead += 1
        self._last = (self._last + 1) % (1 << self._headers.frame_num_bits)
        header = BitWriter()
        header.ue(0)  # first_mb_in_slice
        header.ue(5)  # slice_type: P, as all of this picture
        header.ue(0)  # pic_parameter_set_id
        header.u(self._headers.frame_num_bits, self._last)
        header.u(3, 0)  # references: no override, no reordering; no marking
        header.ue(0)  # cabac_init_idc
        header.se(_QP - self._headers.qp)  # slice_qp_delta
        header.ue(1)  # disable_deblocking_filter_idc
        payload = header.bytes(1) + self._skipped
        return b"\0\0\0\1" + bytes([0x41]) + escaped(payload)

    def renumber(self, packet: bytes) -> bytes:
        """Return the encoder's picture (Annex B) with `frame_num` counted on."""
        headers = self._headers
        if headers is None:
            return packet
        units = (self._renumbered(unit, headers.frame_num_bits) for unit in split(packet))
        return b"".join(b"\0\0\0\1" + unit for unit in units)

    def _renumbered(self, unit: bytes, width: int) -> bytes:
        kind = unit[0] & 31
        if kind == _IDR:
            self._ahead = self._last = 0
            return unit
        if kind != _SLICE:
            return unit
        cut = _HEADER_BYTES
        while cut < len(unit) and unit[cut - 1] in (0, 3):
            cut += 1  # no emulation prevention may lie across the cut
        head, rest = unescaped(unit[1:cut]), unit[cut:]
        bits = BitReader(head)
        bits.ue(), bits.ue(), bits.ue()  # first_mb_in_slice, slice_type, pic_parameter_set_id
        number = (bits.u(width) + self._ahead) % (1 << width)
        self._last = number
        if not self._ahead:
            return unit
        shift = len(head) * 8 - bits.position
        whole = int.from_bytes(head, "big")
        whole = whole & ~((1 << width) - 1 << shift) | number << shift
        return unit[:1] + escaped(whole.to_bytes(len(head), "big")) + rest


# ---- arithmetic coding (9.3) ---------------------------------------------------------------------

_FIRST_STATE = 42
"""Of mb_skip_flag in a P slice at QP 51 with cabac_init_idc 0 (9.3.1.1: m = 23, n = 33)."""
_RANGE_OF_LESS_PROBABLE = (
    *((16, 20, 23, 27), (15, 19, 22, 25), (14, 18, 21, 24), (14, 17, 20, 23), (13, 16, 19, 22)),
    *((12, 15, 18, 21), (12, 14, 17, 20), (11, 14, 16, 19), (11, 13, 15, 18), (10, 12, 15, 17)),
    *((10, 12, 14, 16), (9, 11, 13, 15), (9, 11, 12, 14), (8, 10, 12, 14), (8, 9, 11, 13)),
    *((7, 9, 11, 12), (7, 9, 10, 12), (7, 8, 10, 11), (6, 8, 9, 11), (6, 7, 9, 10)),
    (6, 7, 8, 9),
)
"""Table 9-44 from the first state on; "skipped" is the more probable bin from the beginning."""


def skipped_macroblocks(count: int) -> bytes:
    """Return slice_data() and the stop bit for `count` macroblocks, all of them skipped."""
    coder = _ArithmeticCoder()
    for left in range(count - 1, -1, -1):
        coder.skip()
        coder.end_of_slice(last=not left)
    return coder.out.bytes(0)


class _ArithmeticCoder:
    """The encoder of 9.3.4.2, for the two bins that a slice of skipped macroblocks has."""

    def __init__(self) -> None:
        self.out = BitWriter()
        self._low, self._range = 0, 510
        self._outstanding = 0
        self._is_first = True
        self._state = 0

    def skip(self) -> None:
        """Code mb_skip_flag 1."""
        self._range -= _RANGE_OF_LESS_PROBABLE[self._state][self._range >> 6 & 3]
        self._state = min(self._state + 1, len(_RANGE_OF_LESS_PROBABLE) - 1)
        self._renormalize()

    def end_of_slice(self, *, last: bool) -> None:
        """Code end_of_slice_flag; the last one flushes and ends with the stop bit."""
        self._range -= 2
        if not last:
            self._renormalize()
            return
        self._low += self._range
        self._range = 2
        self._renormalize()
        self._put(self._low >> 9 & 1)
        self.out.u(2, self._low >> 7 & 3 | 1)

    def _renormalize(self) -> None:
        while self._range < 256:  # noqa: PLR2004 - figure 9-8
            if self._low < 256:  # noqa: PLR2004
                self._put(0)
            elif self._low >= 512:  # noqa: PLR2004
                self._low -= 512
                self._put(1)
            else:
                self._low -= 256
                self._outstanding += 1
            self._range <<= 1
            self._low <<= 1

    def _put(self, bit: int) -> None:
        if self._is_first:
            self._is_first = False
        else:
            self.out.u(1, bit)
        while self._outstanding:
            self.out.u(1, 1 - bit)
            self._outstanding -= 1
