"""`saijian verify`: what a session proves, in a table and plain sentences; exit code by verdict."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from client.base.errors import SaiJianError, StorageError
from client.base.text import Text
from client.cli.say import show_error, show_json
from client.contest.beijing import beijing_time
from client.contest.signed import PublicKey
from client.evidence.attachments import ForeignReport
from client.evidence.findings import Finding, Verdict
from client.evidence.keys import read_public_key
from client.evidence.report import PairReport, Report
from client.evidence.verify import verify

_QUIET_SECONDS = 2.0
_EVERY_SECONDS = 0.5
_SHOWN_FINDINGS = 40

_VERDICTS = {
    Verdict.AUTHENTIC: "真实完整",
    Verdict.UNANCHORED: "部分时段无时间证明",
    Verdict.SIMULATED: "演练（模拟设备）",
    Verdict.INCOMPLETE: "不完整",
    Verdict.TAMPERED: "与签名不符",
    Verdict.UNREADABLE: "无法核验",
}
_TRUST = {
    "organizer key given": Text(
        "已用所给的组委会密钥核对。", "Checked against the organizer key that was given."
    ),
    "self-consistent only": Text(
        "没有提供组委会密钥，只核对了前后一致；请加 --organizer-key 再核验。",
        "Self-consistent only: no organizer key was given. Verify again with --organizer-key.",
    ),
}


def run(args: argparse.Namespace) -> int:
    """Verify and print; the exit code follows from the verdict."""
    meter = _Meter()
    try:
        key = read_public_key(args.organizer_key) if args.organizer_key else None
        report = _verify(args.session, key, meter, decode=args.decode)
    except SaiJianError as error:
        meter.end()
        show_error(error, as_json=args.json)
        return error.exit_code
    meter.end()
    if args.json:
        show_json(report.to_json())
    else:
        show(report)
    return report.exit_code


def _verify(folder: Path, key: PublicKey | None, meter: _Meter, *, decode: bool) -> Report:
    try:
        return verify(folder, key, decode=decode, progress=meter.show)
    except OSError as error:
        raise StorageError(
            Text(f"文件读不出：{error.filename}。", f"Cannot be read: {error.filename}."),
            Text("请检查磁盘和访问权限后再试。", "Check the drive and your permissions."),
        ) from error


def show(report: Report) -> None:
    """Print the report for a person."""
    print(f"{report.verdict.name}  {_VERDICTS[report.verdict]}")
    print(report.verdict.sentence.say())
    if report.session:
        _show_facts(report)
    for known in report.foreign:
        print(_foreign(known).say())
    worst_first = sorted(report.findings, key=lambda finding: -finding.verdict)
    lines = Counter(_line(finding) for finding in worst_first)
    for line, times in list(lines.items())[:_SHOWN_FINDINGS]:
        print(f"- {line}" + (f"  ×{times}" if times > 1 else ""))
    more = len(lines) - _SHOWN_FINDINGS
    if more > 0:
        print(Text(f"  ……另有 {more} 条，见 --json。", f"  ... {more} more: --json.").say())


def _show_facts(report: Report) -> None:
    print(_TRUST[report.trust].say())
    if report.subject is not None:
        print(report.subject.sentence.say())
    facts = Text(
        f"场次 {report.session}，{report.seconds:.1f} 秒，核实到第 {report.proved_seconds:.1f} 秒，"
        f"回执 {report.receipts} 份",
        f"session {report.session}, {report.seconds:.1f} s, proved up to "
        f"{report.proved_seconds:.1f} s, {report.receipts} receipts",
    )
    print(facts.say())
    for track in report.tracks:
        print(f"  {track.name:<18}{track.seconds:>9.1f} s{track.bytes:>15,} B  {track.sha256}")
    for device in report.devices:
        print(f"  {device.source:<8}{device.origin:<10}{device.name}")
    for known in report.pairs:
        print(f"  {_offset(known).say()}")
    for seen in report.addresses:
        print(f"  {seen.address:<24}{_clock(seen.first_utc_us)} – {_clock(seen.last_utc_us)}")


def _offset(known: PairReport) -> Text:
    """Say what is known of picture against sound, and what is not."""
    pair = known.pair
    camera, microphone = _told(pair.camera_delay_us), _told(pair.microphone_delay_us)
    if pair.offset_us is None:
        sum_ = Text("画面与声音的固定差未知", "fixed offset of picture and sound unknown")
    else:
        late = pair.offset_us / 1000
        sum_ = Text(f"画面比声音标晚 {late:.1f} ms", f"picture dated {late:.1f} ms after its sound")
    return Text(
        f"第 {known.second:.0f} 秒起：{sum_.zh}（设备自报延迟：摄像头 {camera.zh}，"
        f"麦克风 {microphone.zh}，已扣除；送达波动 {pair.microphone_spread_us / 1000:.1f} ms）",
        f"from second {known.second:.0f}: {sum_.en} (delay by the devices' own account: camera "
        f"{camera.en}, microphone {microphone.en}, taken off; deliveries vary by "
        f"{pair.microphone_spread_us / 1000:.1f} ms)",
    )


def _told(delay_us: int | None) -> Text:
    known = "" if delay_us is None else f"{delay_us / 1000:.1f} ms"
    return Text(known or "未报", known or "not told")


def _foreign(known: ForeignReport) -> Text:
    """Say of a foreign recording what it is: not ours, whatever it shows."""
    listed = known.attachment
    if not known.is_intact:
        state = Text("内容与清单不符", "NOT the bytes that were listed")
    elif known.received_us is not None:
        at = _clock(known.received_us)
        state = Text(f"{at} 起在组委会", f"at the organizer's since {at}")
    elif known.refused is not None:
        state = Text("组委会未接收", "refused by the organizer")
    else:
        state = Text("组委会尚未签收", "without the organizer's receipt")
    noted = (
        Text("，录制时已记入日志", ", noted while recording") if known.in_journal else Text("", "")
    )
    return Text(
        f"外部录像 {listed.name} {listed.bytes:,} B（{state.zh}{noted.zh}）：不是赛鉴所录，"
        "不能判为真实，也不影响上面的结论",
        f"foreign recording {listed.name} {listed.bytes:,} B ({state.en}{noted.en}): not recorded"
        " by SaiJian, never AUTHENTIC, no part of the verdict",
    )


def _line(finding: Finding) -> str:
    when = ""
    if finding.utc_us:
        when = f"  [{_clock(finding.utc_us[0])} – {_clock(finding.utc_us[1])}]"
    return f"{finding.text.say()}{when}"


def _clock(utc_us: int) -> str:
    """Return the time of day in Beijing, where the contests are."""
    return f"{beijing_time(utc_us):%H:%M:%S}"


class _Meter:
    """Progress on standard error, once it takes longer than two seconds."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()
        self._shown = False

    def show(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._begun < _QUIET_SECONDS or now - self._last < _EVERY_SECONDS:
            return
        self._last, self._shown = now, True
        percent = 100 * done // max(1, total)
        text = Text(f"正在核验 {percent}%", f"verifying {percent}%").say()
        print(f"\r{text}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._shown:
            print(file=sys.stderr)
            self._shown = False
