"""What a plain recording left behind: the sentences that `saijian record` ends with.

Read off the journal, when the recording is over. Media are not read again: that is `verify`.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence

from client.base.clock import SECOND_US
from client.base.text import Text, without_prefix
from client.cli.live_line import NAMES, clock
from client.cli.say import let_go
from client.evidence.coverage import stand_ins
from client.evidence.entries import Close, CloseReason, Source
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.evidence.timeline import Stretch, Timeline

ENDINGS: dict[CloseReason, Text] = {
    "ended": Text("录制结束，已封存。", "The recording has ended and is sealed."),
    "plan": Text("到时结束，已封存。", "The recording has ended in time and is sealed."),
    "stopped": Text(
        "已按要求提前结束并封存。", "The recording was stopped as asked and is sealed."
    ),
    "disk": Text(
        "磁盘写满，录制停止；已录下的部分已封存。",
        "The disk is full: the recording stopped, what there is is sealed.",
    ),
}
NOT_CLOSED = Text("录制没有正常结束。", "The recording was not closed.")


def sum_up(folder: SessionFolder) -> None:
    """Print what was recorded, by the journal: where, how long, how large, what is missing."""
    try:
        print("\n".join(text.say() for text in summary(folder)), flush=True)
    except OSError:  # whoever started it has gone; the recording is in order all the same
        let_go(sys.stdout)


def summary(folder: SessionFolder) -> list[Text]:
    """Return the sentences of `sum_up`."""
    lines = [line for line in read_journal(folder.journal) if isinstance(line, Line)]
    timeline = Timeline(lines)
    seconds = timeline.end_us / SECOND_US
    size = sum(track.stat().st_size for track in folder.tracks()) / 1e6
    close = next((x.entry for x in reversed(lines) if isinstance(x.entry, Close)), None)
    ending = ENDINGS[close.reason] if close else NOT_CLOSED
    path = str(folder.path)
    told = [
        ending,
        Text(
            f"{path}：{clock(seconds)}，{size:.1f} MB", f"{path}: {clock(seconds)}, {size:.1f} MB"
        ),
        *_elsewhere(folder),
        *_missing(stand_ins(lines, timeline)),
    ]
    for zh, en, verb in (("核验", "verify", "verify"), ("回放", "play", "play")):
        command = f"saijian {verb} {_quoted(path)}"
        told.append(Text(f"{zh}：{command}", f"{en}: {command}"))
    return told


def _elsewhere(folder: SessionFolder) -> list[Text]:
    """Say where the rest lies, if it went on on another drive."""
    if not folder.has_spare_now:
        return []
    return [Text(f"其余部分在 {folder.spare}", f"the rest lies in {folder.spare}")]


def _missing(stretches: Sequence[tuple[Source, Stretch, Text]]) -> list[Text]:
    """Say how often and how long each source was replaced, and why the longest time."""
    if not stretches:
        return [Text("没有缺口。", "No gaps.")]
    told = []
    for source, name in NAMES.items():
        mine = [(high - low, why) for of, (low, high), why in stretches if of == source]
        if not mine:
            continue
        total, (_, why) = sum(length for length, _ in mine) / SECOND_US, max(mine)
        told.append(
            Text(
                f"{name.zh}缺 {len(mine)} 处，共 {total:.1f} 秒（{why.zh}）",
                f"{name.en}: {len(mine)} gaps, {total:.1f} s in all ({why.en})",
            )
        )
    return told


def _quoted(path: str) -> str:
    if sys.platform == "win32":
        return subprocess.list2cmdline([without_prefix(path)])
    return shlex.quote(path)
