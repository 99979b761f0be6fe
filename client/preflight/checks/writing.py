"""Can the recorder write its files, whatever antivirus and folder protection there are?

It is tried, not guessed: who guards this computer is only named.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from client.base.text import Text
from client.preflight.check import Check, Finding
from client.preflight.facts.writing import Step, WritingFacts
from client.preflight.probes.writing import try_writing

SLOW_S = 2.0
"""So few files take hundredths of a second where nobody looks into each."""

_STEPS: dict[Step, Text] = {
    "folder": Text("建立文件夹", "making a folder"),
    "track": Text("写录像文件", "writing a track"),
    "journal": Text("写日志", "writing the journal"),
    "rename": Text("改名", "renaming"),
    "reopen": Text("再次打开并续写", "opening again and appending"),
    "replace": Text("替换文件", "replacing a file"),
    "read": Text("读回", "reading back"),
    "remove": Text("删除试写的文件", "removing the tried files"),
}
_SLOW = Text(
    "请在安全软件中把赛鉴加入信任（白名单），然后再检查一次。",
    "Add SaiJian to the trusted programs of the antivirus, check again.",
)
_FULL = Text(
    "磁盘或配额已满：请删除或移走不用的文件、清空回收站，然后再检查一次。",
    "The disk or the quota is full: delete or move files you do not need, empty the bin, check "
    "again.",
)


def writing_check(
    sessions: Path, probe: Callable[[Path], WritingFacts] = try_writing
) -> Check[WritingFacts]:
    """Try to write, rename, reopen, read and remove below `sessions`."""
    return Check(
        name="writing",
        title=Text("写入录像", "Writing"),
        requirement=Text(
            "能在录像文件夹中建立、续写、改名和读回文件",
            "files can be made, appended to, renamed and read back where recordings lie",
        ),
        probe=partial(probe, sessions),
        judge=_judge,
    )


def _judge(facts: WritingFacts) -> Finding:
    if facts.failed is not None:
        step = _STEPS[facts.failed]
        reason = facts.reason or "?"
        said = Text(f"{step.zh}失败：{reason}", f"{step.en} failed: {reason}")
        return Finding("fail", _with_guards(said, facts), _allow(facts))
    said = Text(
        f"建立、续写、改名、读回都成功，共 {facts.seconds:.2f} 秒",
        f"making, appending, renaming, reading back all worked, {facts.seconds:.2f} s",
    )
    if facts.seconds > SLOW_S:
        return Finding("warn", _with_guards(said, facts), _SLOW)
    return Finding("pass", _with_guards(said, facts))


def _with_guards(said: Text, facts: WritingFacts) -> Text:
    parts = [said]
    if facts.guards:
        names = ", ".join(facts.guards)
        parts.append(Text(f"安全软件：{names}", f"antivirus: {names}"))
    if facts.protects_folders:
        parts.append(Text("“受控文件夹访问”已打开", "controlled folder access is switched on"))
    return Text(
        f"{'；'.join(part.zh for part in parts)}。", f"{'; '.join(part.en for part in parts)}."
    )


def _allow(facts: WritingFacts) -> Text:
    if facts.is_full:
        return _FULL
    if facts.protects_folders:
        return Text(
            "请在“Windows 安全中心—病毒和威胁防护—勒索软件防护—允许应用通过受控文件夹访问”中"
            "加入赛鉴，然后再检查一次。",
            "In Windows Security, Virus & threat protection, Ransomware protection, allow SaiJian "
            "through controlled folder access; check again.",
        )
    if facts.guards:
        names = ", ".join(facts.guards)
        return Text(
            f"请在 {names} 中把赛鉴加入信任（白名单），再检查一次；仍然这样请检查文件夹的权限。",
            f"Add SaiJian to the trusted programs of {names}, check again; if it stays so, look at "
            "the folder's permissions.",
        )
    return Text(
        "请检查录像文件夹的权限和磁盘是否写保护；仍然这样，请技术人员把环境变量 SAIJIAN_HOME 设为"
        "另一块磁盘上的文件夹。",
        "Look at the folder's permissions and whether the drive is write-protected; else let a "
        "technician set SAIJIAN_HOME to a folder on another drive.",
    )
