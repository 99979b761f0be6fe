"""A disk that stands still for 10 s, and one that errs once: strace answers for it.

Four recordings side by side, each with its own trouble.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from client.evidence.entries import Note
from tests import devices
from tests.e2e import recorded
from tests.e2e.cuts import SIMULATED
from tests.e2e.program import Finished, desk, note

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.alone,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace: NOT TESTED"),
]
SECONDS = 18
STALL_S = 10
TROUBLES = {
    "write stands still": ("contest-01.mp4", f"write:delay_enter={STALL_S}s:when=8"),
    "sync stands still": ("screen-01.mp4", f"fdatasync:delay_enter={STALL_S}s:when=3"),
    "write errs once": ("screen-01.mp4", "write:error=EIO:when=6"),
    "journal errs once": ("journal.jsonl", "fdatasync:error=EIO:when=6"),
}
"""The file that it happens to, and what strace does to a call: of the n-th on, or once."""


@dataclass(frozen=True)
class Troubled:
    """A recording through a trouble."""

    folder: Path
    ended: Finished
    report: dict[str, Any]

    @property
    def warnings(self) -> list[str]:
        return [n.zh for n in recorded.entries(self.folder, Note) if n.level == "warning"]


@pytest.fixture(scope="module")
def troubled() -> Iterator[dict[str, Troubled]]:
    with devices.display(640, 360) as screen, desk(screen) as at:
        verbs = {}
        for trouble, (file, injection) in TROUBLES.items():
            folder = at.home / trouble.replace(" ", "-")
            strace = ("strace", "-f", "--seccomp-bpf", "-o", f"{folder}.calls", "-P", folder / file)
            traced = replace(
                at, python=(*map(str, strace), "-e", f"inject={injection}", sys.executable)
            )
            words = ("--seconds", str(SECONDS), *SIMULATED)
            verbs[trouble] = folder, traced.start("record", "--out", folder, *words)
        found = {}
        for trouble, (folder, verb) in verbs.items():
            ended = verb.wait(SECONDS + 60)
            found[trouble] = Troubled(folder, ended, at.run("verify", folder, "--json").document)
        yield found


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_is_lost_and_nothing_is_out_of_order(troubled, trouble: str) -> None:
    one: Troubled = troubled[trouble]
    assert one.ended.code == 0, one.ended.err
    assert one.report["gaps"] == []
    assert {track["name"] for track in one.report["tracks"]} == {"screen-01.mp4", "contest-01.mp4"}
    recorded.assert_every_track_decodes(one.folder)
    for path in recorded.tracks(one.folder):
        times = [time for time, _ in recorded.pictures(path)]
        longest = max(after - before for before, after in pairwise(times))
        note(f"{trouble}, {path.name}: {times[-1]:.1f} s, at most {longest:.2f} s between pictures")
        assert times[-1] > SECONDS - 1.5
        assert longest < 1.5


@pytest.mark.parametrize("trouble", ["write stands still", "sync stands still"])
def test_the_stall_is_named_with_its_length(troubled, trouble: str) -> None:
    said = troubled[trouble].warnings
    note(said)
    assert any(text.startswith("磁盘停顿：已有 2 秒没有写入") for text in said)
    assert any(f"磁盘停顿了 {STALL_S} 秒，现在恢复，录像没有丢失" in text for text in said)


@pytest.mark.parametrize("trouble", ["write errs once", "journal errs once"])
def test_the_error_is_named_with_its_file(troubled, trouble: str) -> None:
    file, _ = TROUBLES[trouble]
    said = troubled[trouble].warnings
    note(said)
    assert [text for text in said if text.startswith(f"磁盘报告了一次写入错误（{file}")]
