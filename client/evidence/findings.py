"""What verification can find: verdicts in their order, and one value a finding.

A code says once, in `CATALOG`, to which verdict it leads and how a person is told. Facts (file,
bytes, seconds, cause) are fields of the finding, so that a program need not read sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from client.base.text import Text


class Verdict(IntEnum):
    """The result of a verification; of several findings the highest one counts."""

    AUTHENTIC = 0
    UNANCHORED = 1
    SIMULATED = 2
    INCOMPLETE = 3
    TAMPERED = 4
    UNREADABLE = 5

    def __str__(self) -> str:
        return self.name

    def __format__(self, spec: str) -> str:
        return format(self.name, spec)

    @property
    def exit_code(self) -> int:
        """Return the exit code of `saijian verify`."""
        return {Verdict.INCOMPLETE: 1, Verdict.TAMPERED: 1, Verdict.UNREADABLE: 2}.get(self, 0)

    @property
    def sentence(self) -> Text:
        """Return what the verdict means, for a person."""
        return _MEANINGS[self]


_MEANINGS = {
    Verdict.AUTHENTIC: Text(
        "真实完整：录像与组委会回执一致，全程无缺失。",
        "Authentic: everything matches the organizer's receipts and nothing is missing.",
    ),
    Verdict.UNANCHORED: Text(
        "内容一致，但下列时段没有组委会的时间证明。",
        "Consistent, but for the stretches below no organizer vouches for the time.",
    ),
    Verdict.SIMULATED: Text(
        "演练记录：使用了模拟设备，不能作为竞赛证据。",
        "A rehearsal with simulated devices; it is no evidence of a contest.",
    ),
    Verdict.INCOMPLETE: Text(
        "不完整：下列时段没有记录，其余部分未被改动。",
        "Incomplete: the stretches below were not recorded; the rest is unchanged.",
    ),
    Verdict.TAMPERED: Text(
        "与签名不符：文件已损坏或被改动，位置见下。",
        "Does not match the signatures: damaged or changed, at the places below.",
    ),
    Verdict.UNREADABLE: Text(
        "无法核验：这里没有可读的证据。", "Cannot be verified: there is no readable evidence here."
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, or that a judge should know."""

    code: str
    verdict: Verdict
    """What this finding alone would lead to; AUTHENTIC for mere information."""
    text: Text
    file: str = ""
    line: int | None = None
    """Number of the line in `file`, from 1."""
    bytes: tuple[int, int] | None = None
    """Half-open byte range of `file`."""
    seconds: tuple[float, float] | None = None
    """Stretch since the beginning of the recording."""
    utc_us: tuple[int, int] | None = None
    """The same stretch by the computer's wall clock, or by the one that the sentence names."""
    cause: str = ""
    source: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding for programs; what does not apply is null or empty."""
        return {
            "code": self.code,
            "verdict": self.verdict.name,
            "file": self.file,
            "line": self.line,
            "bytes": list(self.bytes) if self.bytes else None,
            "seconds": [round(s, 3) for s in self.seconds] if self.seconds else None,
            "utc_us": list(self.utc_us) if self.utc_us else None,
            "source": self.source,
            "cause": self.cause,
            "zh": self.text.zh,
            "en": self.text.en,
        }


_U, _T, _I = Verdict.UNREADABLE, Verdict.TAMPERED, Verdict.INCOMPLETE
_S, _N, _OK = Verdict.SIMULATED, Verdict.UNANCHORED, Verdict.AUTHENTIC

CATALOG: dict[str, tuple[Verdict, Text]] = {
    # ---- nothing to check ------------------------------------------------------------------------
    "no_folder": (_U, Text("找不到该场次文件夹。", "There is no such session folder.")),
    "no_journal": (_U, Text("没有日志文件，或日志为空。", "There is no journal, or it is empty.")),
    "journal_rubbish": (
        _U,
        Text("日志里没有一行可以读懂。", "Not one line of the journal can be read."),
    ),
    # ---- the journal -----------------------------------------------------------------------------
    "opening_missing": (
        _T,
        Text("日志第一行不是开场记录。", "The first line of the journal is not its opening."),
    ),
    "line_broken": (
        _T,
        Text("日志第 {line} 行已损坏（{reason}）。", "Journal line {line} is damaged ({reason})."),
    ),
    "line_missing": (
        _T,
        Text(
            "日志第 {line} 行之前缺少 {count} 行。",
            "{count} lines are missing before journal line {line}.",
        ),
    ),
    "line_order": (
        _T,
        Text(
            "日志第 {line} 行重复或次序不对。", "Journal line {line} is repeated or out of order."
        ),
    ),
    "line_unchained": (
        _T,
        Text(
            "日志第 {line} 行与上一行不相接：上一行被改动。",
            "Journal line {line} does not follow from the one before, which was changed.",
        ),
    ),
    "line_signature": (
        _T,
        Text("日志第 {line} 行的签名无效。", "The signature of journal line {line} is not valid."),
    ),
    "line_misplaced": (
        _T,
        Text(
            "日志第 {line} 行不应出现在此处（{reason}）。",
            "Journal line {line} does not belong there ({reason}).",
        ),
    ),
    "torn_line": (
        _OK,
        Text(
            "录制进程中断时，日志第 {line} 行只写了一半；前后相接，没有缺失。",
            "Journal line {line} was torn when the recorder died; the chain goes on around it.",
        ),
    ),
    # ---- the seal --------------------------------------------------------------------------------
    "not_closed": (
        _I,
        Text(
            "该场次没有正常结束；到第 {proved} 秒为止的内容已核实。",
            "The session was not closed; everything up to second {proved} is proved.",
        ),
    ),
    "no_seal": (
        _I,
        Text("缺少封存文件 seal.json。", "The seal (seal.json) is missing."),
    ),
    "seal_wrong": (
        _T,
        Text("封存文件与日志不符（{reason}）。", "The seal does not match the journal ({reason})."),
    ),
    # ---- the tracks ------------------------------------------------------------------------------
    "no_media": (_I, Text("没有任何录像内容。", "Nothing was recorded at all.")),
    "file_missing": (_T, Text("缺少文件 {file}。", "The file {file} is missing.")),
    "file_away": (
        _I,
        Text(
            "{file} 这一段在另一块硬盘上，请接上那块硬盘后再核验；它在名称以 {where} 结尾的"
            "文件夹里。",
            "{file} lies on another drive, in a folder whose name ends with {where}: connect "
            "that drive and verify again.",
        ),
    ),
    "file_unknown": (
        _T,
        Text("日志没有登记文件 {file}。", "The journal does not know the file {file}."),
    ),
    "file_short": (
        _T,
        Text(
            "{file} 比日志登记的短，第 {start} 到 {end} 字节缺失。",
            "{file} is shorter than journalled: bytes {start} to {end} are missing.",
        ),
    ),
    "file_long": (
        _T,
        Text(
            "{file} 末尾多出第 {start} 到 {end} 字节。",
            "{file} has bytes {start} to {end} that nobody signed.",
        ),
    ),
    "file_cut_off": (
        _I,
        Text(
            "{file} 的第 {start} 到 {end} 字节没有登记，不作为证据：那块硬盘在写完前断开了。",
            "{file}: bytes {start} to {end} prove nothing; the drive was gone before they were "
            "journalled.",
        ),
    ),
    "not_journalled": (
        _OK,
        Text(
            "{file} 从第 {start} 字节起尚未登记，不作为证据。",
            "{file} from byte {start} on was not journalled yet and proves nothing.",
        ),
    ),
    "range_changed": (
        _T,
        Text(
            "{file} 第 {start} 到 {end} 字节与签名不符。",
            "{file}: bytes {start} to {end} do not match the signature.",
        ),
    ),
    "range_order": (
        _T,
        Text(
            "{file} 的登记区间不相接：第 {start} 字节。",
            "The ranges journalled for {file} do not join at byte {start}.",
        ),
    ),
    "close_totals": (
        _T,
        Text(
            "结束记录中 {file} 的字节数与日志不符。",
            "The close record and the journal disagree on the bytes of {file}.",
        ),
    ),
    "media_time": (
        _T,
        Text(
            "{file} 的录像时间与日志所说不符。",
            "{file} does not hold the moments that the journal says.",
        ),
    ),
    "media_damaged": (
        _I,
        Text("{file} 有 {count} 处无法解码。", "{count} packets of {file} cannot be decoded."),
    ),
    # ---- coverage --------------------------------------------------------------------------------
    "uncovered": (
        _I,
        Text(
            "{source_zh}从第 {start} 秒到第 {end} 秒没有有效记录，原因：{cause}。",
            "No {source} from second {start} to {end}. Cause: {cause_en}.",
        ),
    ),
    "no_identity_step": (
        _I,
        Text("日志中没有身份核验步骤。", "The journal has no identity step: filming never began."),
    ),
    "no_contest_step": (
        _I,
        Text(
            "录制在竞赛开始前就结束了：日志中没有竞赛步骤。",
            "The recording ended before the contest began: the journal has no contest step.",
        ),
    ),
    "ended_by_hand": (
        _OK,
        Text(
            "选手没有标记交卷，在第 {end} 秒自己结束了录制。",
            "The contestant ended the recording at second {end} without marking a hand-in.",
        ),
    ),
    "ended_early": (
        _I,
        Text(
            "录制在 {at} 就结束了，这一场到 {due} 才结束，其间没有标记交卷：有 {length} 的竞赛没有"
            "记录（{clock}）。原因：{cause}。",
            "The recording ended at {at}, the paper only at {due}, without a hand-in marked in "
            "between: {length_en} of it were not recorded ({clock_en}). Cause: {cause_en}.",
        ),
    ),
    "handed_in_early": (
        _OK,
        Text(
            "选手在 {at} 标记交卷，比这一场的结束时间 {due} 早 {length}；录制到 {ended} 为止"
            "（{clock}）。",
            "The contestant marked the hand-in at {at}, {length_en} before the paper's end at "
            "{due}; the recording ended at {ended} ({clock_en}).",
        ),
    ),
    "began_late": (
        _OK,
        Text(
            "录制在 {at} 开始，应当在 {due} 开始，晚了 {length}，仍在开赛之前（{clock}）。",
            "The recording began at {at}, {length_en} after {due} as asked, before the paper's "
            "start ({clock_en}).",
        ),
    ),
    "began_after_start": (
        _I,
        Text(
            "录制在 {at} 才开始，这一场在 {due} 已经开赛：开头 {length} 没有记录，选手迟到，"
            "或没有及时录制（{clock}）。",
            "The recording began only at {at}, the paper at {due}: its first {length_en} were not "
            "recorded. The contestant came late, or did not record in time ({clock_en}).",
        ),
    ),
    "simulated": (
        _S,
        Text("{source_zh}来自模拟设备：{cause}。", "The {source} came from a simulation: {cause}."),
    ),
    "not_real": (
        _OK,
        Text(
            "{source_zh}来自虚拟或环回设备：{cause}。",
            "The {source} came from a virtual or loopback device: {cause}.",
        ),
    ),
    # ---- plan and organizer ----------------------------------------------------------------------
    "plan_missing": (_I, Text("缺少竞赛方案 plan.json。", "The plan (plan.json) is missing.")),
    "plan_invalid": (
        _T,
        Text("竞赛方案无效：{reason}", "The contest plan is not valid: {reason_en}"),
    ),
    "plan_changed": (
        _T,
        Text(
            "竞赛方案不是开场时登记的那一份（{where}）。",
            "The plan is not the one that the {where} names.",
        ),
    ),
    "other_organizer": (
        _T,
        Text(
            "竞赛方案不是由所给的组委会密钥签名的。",
            "The plan is not signed by the organizer key that was given.",
        ),
    ),
    "enrolment_wrong": (
        _T,
        Text("登记文件无效（{reason}）。", "The enrolment is not valid ({reason})."),
    ),
    "not_enrolled": (
        _N,
        Text(
            "没有组委会签名的登记，只能证明内容前后一致。",
            "No organizer signed an enrolment: only self-consistency is proved.",
        ),
    ),
    "receipt_wrong": (
        _T,
        Text("回执无效（{reason}）。", "A receipt is not valid ({reason})."),
    ),
    "receipt_missing": (
        _OK,
        Text(
            "日志第 {line} 行的回执不在 receipts.jsonl 中。",
            "The receipt of journal line {line} is not in receipts.jsonl.",
        ),
    ),
    "receipts_damaged": (
        _N,
        Text(
            "receipts.jsonl 第 {line} 行读不出，可能缺少一份回执。",
            "Line {line} of receipts.jsonl cannot be read; a receipt may be missing.",
        ),
    ),
    "no_storage_receipt": (
        _N,
        Text(
            "没有组委会的存储回执：请用 saijian upload 上传后再核验。",
            "There is no storage receipt: run saijian upload, then verify again.",
        ),
    ),
    "storage_wrong": (
        _T,
        Text(
            "存储回执与本场次不符（{reason}）。",
            "The storage receipt does not match this session ({reason}).",
        ),
    ),
    "unanchored": (
        _N,
        Text(
            "从第 {start} 秒到第 {end} 秒没有组委会的时间证明（离线，或事后才登记）。",
            "No organizer vouches for the time of seconds {start} to {end}: recorded offline, or "
            "signed only later.",
        ),
    ),
    "clock_disagrees": (
        _N,
        Text(
            "从第 {start} 秒到第 {end} 秒，本机时钟与组委会时钟相差 {count} 秒。",
            "From second {start} to {end} this computer's clock and the organizer's differ by "
            "{count} s.",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is; what does not apply stays out."""

    file: str = ""
    line: int | None = None
    bytes: tuple[int, int] | None = None
    seconds: tuple[float, float] | None = None
    utc_us: tuple[int, int] | None = None
    source: str = ""


_SOURCES = {
    "screen": Text("屏幕", "screen"),
    "camera": Text("摄像头画面", "camera"),
    "second": Text("第二摄像头画面", "second camera"),
    "sound": Text("声音", "sound"),
}
_NOWHERE = Place()


def find(code: str, place: Place = _NOWHERE, cause: Text | str = "", **facts: object) -> Finding:
    """Make the finding `code` with its catalogued verdict and sentence."""
    verdict, template = CATALOG[code]
    why = cause if isinstance(cause, Text) else Text(cause, cause)
    start, end = place.bytes or place.seconds or (0, 0)
    rounded = place.bytes is None
    source = _SOURCES.get(place.source, Text(place.source, place.source))
    text = template.format(
        **{
            "file": place.file,
            "line": place.line,
            "source": source.en,
            "source_zh": source.zh,
            "cause": why.zh,
            "cause_en": why.en,
            "start": f"{start:.1f}" if rounded else start,
            "end": f"{end:.1f}" if rounded else end,
            **facts,
        }
    )
    return Finding(
        code,
        verdict,
        text,
        place.file,
        place.line,
        place.bytes,
        place.seconds,
        place.utc_us,
        why.zh,
        place.source,
    )
