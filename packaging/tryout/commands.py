"""The command line of the shipped program: what it answers, and that it says nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from tryout.table import Table
from tryout.target import Failed, Said, Target

from client import __version__

AT_MOST_S = 90
MEASURING_S = 240
"""A trial recording, each of its try-outs a process that starts slowly in the lab."""
BAD_INPUT = 2
TOLD = r"^\d\d:\d\d:\d\d \S"
"""Progress of a long verb, on standard error."""
VERDICTS = {"pass", "warn", "fail", "unknown"}
CHECK = {"check", "title", "requirement", "verdict", "evidence", "advice"}
KNOWN: tuple[str, ...] = ()
"""Patterns of other lines that are expected on standard error, each with its reason."""


def show_commands(table: Table, target: Target) -> None:
    """Add a line for each command."""
    commands: tuple[tuple[str, str, Callable[[Target], str]], ...] = (
        ("version", "版本", show_version),
        ("devices", "设备列表", show_devices),
        ("preflight", "环境检测", show_preflight),
        ("bench", "录制能力", show_bench),
        ("unknown-verb", "不认识的命令", show_unknown_verb),
    )
    for name, zh, look in commands:
        table.show(name, zh, partial(look, target))


def show_version(target: Target) -> str:
    """The version of the sources; a lab build says so, a released one must not."""
    said = target.run("--version", timeout_s=AT_MOST_S)
    kind = build_kind(target.folder)
    quiet(said)
    line = said.out.strip()
    if said.code or __version__ not in line.split():
        raise Failed(f"not {__version__}: {said.tail()}")
    if ("lab build" in line) != (kind == "lab"):
        raise Failed(f"a {kind} build calls itself: {line}")
    return f"“{line}” ({kind})"


def build_kind(folder: Path | None) -> str:
    """Return what the build in `folder` is; "source" for the source tree."""
    if folder is None:
        return "source"
    found = list(folder.glob("**/build.json"))
    if len(found) != 1:
        raise Failed(f"{len(found)} build.json in {folder}")
    return str(json.loads(found[0].read_bytes())["kind"])


def show_devices(target: Target) -> str:
    """A screen, and the microphone that was given."""
    said = target.run("devices", "--json", timeout_s=AT_MOST_S)
    quiet(said)
    listing = said.document()
    screens, microphones = listing["screens"], listing["microphones"]
    if said.code or not screens:
        raise Failed(f"no screen: {said.tail()}")
    if target.sound and not microphones:
        raise Failed(f"no microphone: {said.tail()}")
    sizes = ", ".join(f"{screen['width']}x{screen['height']}" for screen in screens)
    return f"{sizes}, {len(listing['cameras'])} cameras, {len(microphones)} microphones"


def show_preflight(target: Target) -> str:
    """A report as docs/formats/preflight.md describes it."""
    said = target.run("preflight", "--json", timeout_s=MEASURING_S)
    quiet(said)
    results = judge_preflight(said.document(), said.code)
    return ", ".join(f"{result['check']} {result['verdict']}" for result in results)


def judge_preflight(report: dict[str, Any], code: int) -> list[dict[str, Any]]:
    """Return the results of a report that is as it should be; Failed otherwise."""
    results: list[dict[str, Any]] = report.get("results") or []
    failed = any(result.get("verdict") == "fail" for result in results)
    wrong = [
        result
        for result in results
        if set(result) != CHECK or result["verdict"] not in VERDICTS or not result["evidence"]
    ]
    if report.get("kind") != "saijian.preflight/1" or not results or wrong:
        raise Failed(f"not a preflight report: {wrong or report}")
    if report.get("failed") is not failed or code != int(failed):
        raise Failed(f"failed is {report.get('failed')}, exit code {code}, verdicts {results}")
    return results


def show_bench(target: Target) -> str:
    """A measurement as docs/formats/bench.md describes it; here with simulated devices."""
    words = ("bench", "--quick", "--json", "--camera", "test", "--microphone", "test")
    said = target.run(*words, timeout_s=MEASURING_S)
    found = said.document()
    loads = {load["part"]: load["core_percent"] for load in found.get("loads", ())}
    if found.get("kind") != "saijian.bench/1" or set(loads) != {"screen", "camera", "sound"}:
        raise Failed(f"not a measurement: {said.tail()}")
    if said.code != int(found["verdict"] == "fail"):
        raise Failed(f"exit code {said.code}, verdict {found['verdict']}")
    return f"{found['core_percent']} % of one core, {found['memory_mb']} MB, {found['verdict']}"


def show_unknown_verb(target: Target) -> str:
    """Refused with a sentence, never a traceback."""
    said = target.run("nonsense", timeout_s=AT_MOST_S)
    lines = [line for line in said.err.splitlines() if line.strip()]
    if said.code != BAD_INPUT or not lines or "Traceback" in said.err or said.out.strip():
        raise Failed(f"no sentence with exit code 2: {said.tail()}")
    if not any("\u4e00" <= letter <= "\u9fff" for letter in lines[0]):
        raise Failed(f"not in Chinese: {lines[0]}")
    return f"exit code 2, “{lines[0]}”"


def quiet(said: Said, expected: Iterable[str] = KNOWN) -> None:
    """Fail where a program says on standard error what nobody expects of it."""
    unknown = strange_lines(said.err, expected)
    if unknown:
        raise Failed(f"unexpected output: {unknown[:3]}")


def strange_lines(text: str, expected: Iterable[str]) -> list[str]:
    """Return the lines that no pattern expects."""
    patterns = [re.compile(pattern) for pattern in expected]
    lines = [line for line in text.splitlines() if line.strip()]
    return [line for line in lines if not any(pattern.search(line) for pattern in patterns)]
