"""Pictures of H.264 that are written without the encoder, between those that it makes.

An unchanged 1080p desktop costs x264 over 2 ms a picture, and so does one letter. Written here they
cost a tenth: one P slice (ITU-T H.264, 7.3.3, 7.3.4) in which every macroblock is skipped, that is
"as in the encoder's last picture", but for those that differ, and these stand there as they are
(I_PCM, 7.3.5). Such a picture is never a reference: the encoder does not know it and needs not.

Pictures that are no references follow each other, so the stream must state the order of its
pictures (8.2.1.1) instead of leaving it to that of decoding (8.2.1.3), as x264 does. Sixteen bits
are put into each slice header for it: two whole bytes, and what follows them stays as it is.

Only for streams as our encoder makes them: see `Headers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from client.recorder.child.bits import (
    BitReader,
    BitWriter,
    UnusualStreamError,
    escaped,
    split,
    unescaped,
)

_IDR, _SLICE, _SPS, _PPS = 5, 1, 7, 8
_START = b"\0\0\0\1"
_NO_REFERENCE = 0x01
"""NAL header: nal_ref_idc 0, a slice of a picture that is no IDR picture."""
_P, _I_PCM = 5, 5 + 25
"""slice_type of all slices of the picture; mb_type in a P slice (tables 7-6, 7-11, 7-13)."""
_ORDER_BITS = 16
_HEADER_BYTES = 16
"""More than a slice header takes up to the order."""


class Block(NamedTuple):
    """A macroblock as it is."""

    address: int
    """Its number, row by row from the top (6.4.1)."""
    samples: bytes
    """256 of luma, then 64 of each chroma."""


@dataclass(frozen=True)
class Headers:
    """What slices depend on in the stream's parameter sets (7.3.2.1, 7.3.2.2)."""

    frame_num_bits: int
    columns: int
    """Macroblocks in a row."""
    rows: int
    parameter_sets: bytes
    """Both, Annex B, with the order of pictures stated."""

    @classmethod
    def parse(cls, extradata: bytes) -> Headers:
        """Read SPS and PPS of `extradata` (Annex B); UnusualStreamError where they will not do."""
        units = {unit[0] & 31: unit for unit in split(extradata)}
        if _SPS not in units or _PPS not in units:
            raise UnusualStreamError("no parameter sets")
        payload = unescaped(units[_SPS][1:])
        bits = BitReader(payload)
        frame_num_bits, order_at = _read_sps(bits)
        after = bits.position
        bits.ue()  # max_num_ref_frames
        bits.u(1)  # gaps_in_frame_num_value_allowed_flag
        columns, rows = bits.ue() + 1, bits.ue() + 1
        if not bits.u(1):
            raise UnusualStreamError("fields")
        _read_pps(BitReader(unescaped(units[_PPS][1:])))
        sps = units[_SPS][:1] + escaped(_ordered(payload, order_at, after))
        return cls(frame_num_bits, columns, rows, _START + sps + _START + units[_PPS])


_PROFILES = (66, 77, 88)
"""Baseline, Main, Extended: the High ones describe their chroma format too."""


def _read_sps(bits: BitReader) -> tuple[int, int]:
    """Read up to the order's type; return the bits of frame_num and where the type begins."""
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
    order_at = bits.position
    if bits.ue() != 2:  # noqa: PLR2004 - 8.2.1.3: as decoded
        raise UnusualStreamError("picture order")
    return frame_num_bits, order_at


def _read_pps(bits: BitReader) -> None:
    bits.ue(), bits.ue()  # its own number, that of the SPS
    arithmetic, bottom_field = bits.u(1), bits.u(1)
    groups, references, _ = bits.ue(), bits.ue(), bits.ue()
    weighted, _ = bits.u(1), bits.u(2)
    bits.se(), bits.se(), bits.se()  # QP, QS, chroma QP
    deblocking, _, redundant = bits.u(1), bits.u(1), bits.u(1)
    given = (arithmetic, bottom_field, groups, references, weighted, deblocking, redundant)
    if given != (0, 0, 0, 0, 0, 1, 0):
        raise UnusualStreamError("slices")


def _ordered(sps: bytes, start: int, end: int) -> bytes:
    """Return the SPS with its order's type, bits `start` to `end`, replaced by a stated order."""
    whole = int.from_bytes(sps, "big")
    stop = (whole & -whole).bit_length() - 1  # the last 1 is rbsp_stop_one_bit
    length = len(sps) * 8
    writer = BitWriter()
    writer.u(start, whole >> (length - start))
    writer.ue(0)  # pic_order_cnt_type
    writer.ue(_ORDER_BITS - 4)  # log2_max_pic_order_cnt_lsb_minus4
    rest = length - end - stop
    writer.u(rest, whole >> stop & (1 << rest) - 1)  # with the stop bit
    return writer.bytes(0)


class Slices:
    """The stream's pictures in their order: the encoder's, and between them those made here."""

    def __init__(self, headers: Headers) -> None:
        """Begin before the first picture."""
        self._headers = headers
        self._number = 0
        """frame_num of the encoder's last picture."""
        self._order = 0
        """Of the last picture, since the last IDR picture."""

    def encoded(self, packet: bytes) -> bytes:
        """Return the encoder's next picture (Annex B) with its place in the order."""
        return b"".join(_START + self._placed(unit) for unit in split(packet))

    def written(self, blocks: Sequence[Block]) -> bytes:
        """Return a picture (Annex B) like the encoder's last one but for `blocks`, in order."""
        headers = self._headers
        self._order += 2
        header = BitWriter()
        header.ue(0)  # first_mb_in_slice
        header.ue(_P)
        header.ue(0)  # pic_parameter_set_id
        mask = (1 << headers.frame_num_bits) - 1
        header.u(headers.frame_num_bits, self._number + 1 & mask)
        header.u(_ORDER_BITS, self._order)
        header.u(2, 0)  # references: no override, no reordering
        header.se(0)  # slice_qp_delta
        header.ue(1)  # disable_deblocking_filter_idc
        data = _slice_data(header, blocks, headers.columns * headers.rows)
        return _START + bytes([_NO_REFERENCE]) + escaped(data)

    def _placed(self, unit: bytes) -> bytes:
        kind = unit[0] & 31
        if kind not in (_IDR, _SLICE):
            return unit
        cut = _HEADER_BYTES
        while cut < len(unit) and unit[cut - 1] in (0, 3):
            cut += 1  # no emulation prevention may lie across the cut
        head, rest = unescaped(unit[1:cut]), unit[cut:]
        bits = BitReader(head)
        bits.ue(), bits.ue(), bits.ue()  # first_mb_in_slice, slice_type, pic_parameter_set_id
        self._number = bits.u(self._headers.frame_num_bits)
        if kind == _IDR:
            bits.ue()  # idr_pic_id
        self._order = 0 if kind == _IDR else self._order + 2
        left = len(head) * 8 - bits.position
        whole = int.from_bytes(head, "big")
        before, after = whole >> left, whole & (1 << left) - 1
        whole = (before << _ORDER_BITS | self._order) << left | after
        return unit[:1] + escaped(whole.to_bytes(len(head) + _ORDER_BITS // 8, "big")) + rest


def _slice_data(header: BitWriter, blocks: Sequence[Block], count: int) -> bytes:
    """Return header, slice_data() and stop bit; `count` macroblocks, all skipped but `blocks`."""
    parts, bits, next_address = [], header, 0
    for block in blocks:
        bits.ue(block.address - next_address)  # mb_skip_run
        bits.ue(_I_PCM)
        parts += [bits.bytes(0), block.samples]
        bits, next_address = BitWriter(), block.address + 1
    if next_address < count:
        bits.ue(count - next_address)
    bits.u(1, 1)
    return b"".join([*parts, bits.bytes(0)])
