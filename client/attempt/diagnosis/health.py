"""What a person reads of a diagnosis, whether all is well, and the archive for whoever helps."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from client.attempt.diagnosis.collect import Diagnosis
from client.base.files import MIN_FREE_BYTES, write_atomically
from client.base.text import Text


@dataclass(frozen=True)
class Finding:
    """One line of the summary."""

    text: Text
    is_well: bool = True


def _bad(text: Text) -> Finding:
    return Finding(text, is_well=False)


def findings_of(diagnosis: Diagnosis) -> list[Finding]:
    """Return the summary, the same lines in the same order each time."""
    return list(_findings(diagnosis))


def write_archive(diagnosis: Diagnosis, path: Path) -> None:
    """Write everything to a zip file at `path`, whole or not at all; OSError where it cannot be."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("summary.txt", "\n".join(summary_of(diagnosis)) + "\n")
        shown = json.dumps(diagnosis.facts, ensure_ascii=False, indent=1)
        archive.writestr("diagnosis.json", shown)
        for name, text in diagnosis.logs.items():
            archive.writestr(f"logs/{name}", text)
    write_atomically(path, data.getvalue())


def summary_of(diagnosis: Diagnosis) -> list[str]:
    """Return the lines for a person, in the language of this session."""
    return [f"{'✓' if f.is_well else '✗'} {f.text.say()}" for f in findings_of(diagnosis)]


def _findings(diagnosis: Diagnosis) -> Iterator[Finding]:
    facts = diagnosis.facts
    label, system = facts["versions"]["saijian"], facts["system"]
    where = f"{system['platform']} {system['release']}"
    yield Finding(Text(f"赛鉴 {label}，{where}", f"SaiJian {label} on {where}"))
    yield _disk(facts["disk"])
    if facts["devices"]:
        yield from _devices(facts["devices"])
    for number, session in enumerate(facts["sessions"], start=1):
        yield _session(number, session)
    failed = [check for check, verdict in facts["preflight"].items() if verdict == "fail"]
    if facts["preflight"]:
        names = ", ".join(failed)
        fine = Text("上次检测没有不通过的项目", "nothing failed in the last check")
        bad = Text(f"上次检测未通过：{names}", f"last check failed: {names}")
        yield _bad(bad) if failed else Finding(fine)
    broken = [name for name, text in diagnosis.logs.items() if "Traceback (most recent" in text]
    if broken:
        names = ", ".join(broken)
        yield _bad(Text(f"日志里有程序错误：{names}", f"errors in the logs: {names}"))


def _disk(disk: dict[str, object]) -> Finding:
    free = disk.get("free_mb")
    if not isinstance(free, int):
        return _bad(Text("磁盘读不出", "the disk cannot be read"))
    is_well = free << 20 >= MIN_FREE_BYTES
    return Finding(Text(f"磁盘剩余 {free} MB", f"{free} MB of the disk are free"), is_well)


def _devices(devices: dict[str, list[object]]) -> Iterator[Finding]:
    if "error" in devices:
        yield _bad(Text("设备列不出来", "the devices cannot be listed"))
        return
    for kind, words in (
        ("screens", Text("屏幕", "screens")),
        ("cameras", Text("摄像头", "cameras")),
        ("microphones", Text("麦克风", "microphones")),
    ):
        n = len(devices[kind])
        yield Finding(Text(f"{words.zh} {n} 个", f"{n} {words.en}"), bool(n))


def _session(number: int, session: dict[str, object]) -> Finding:
    hold, state, upload = session["hold"], session["state"], session["upload"]
    is_well = hold != "damaged" and upload != "refused" and state != "unreadable"
    size = int(str(session["bytes"])) >> 20
    text = Text(
        f"场次 {number}：{state}，{hold}，上传 {upload}，{size} MB",
        f"session {number}: {state}, {hold}, upload {upload}, {size} MB",
    )
    return Finding(text, is_well)
