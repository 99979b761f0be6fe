"""Will the drive of the recordings still hold them after a restart? Cards and programs undo writes.

A marker tells for sure, once it was written before a restart and looked for after it. Before that,
a product that is installed fails the check; without one the advice is to restart once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timezone
from functools import partial
from pathlib import Path

from client.base.clock import SECOND_US
from client.base.text import Text
from client.contest.beijing import BEIJING
from client.preflight.check import Check, Finding
from client.preflight.facts.restore import OtherDrive, RestoreFacts
from client.preflight.known.restorers import RESTORERS, USUAL_FILTERS, WRITE_FILTER, Restorer
from client.preflight.probes.restore import look_for_restorers

GB = 1000**3
_SWITCHED_OFF = 4
_IN_MEMORY = ("tmpfs", "ramfs")
_LAYERS = ("overlay", "aufs", "squashfs")
"""Of systems that run from a stick: what is written goes to memory, mostly."""

_RESTART = Text(
    "请重启电脑一次，再检查一次；如果又说“还没有重启过”，这个盘重启后会被还原，请不要用它存录像。",
    "Restart once and check again; if it then says “no restart yet” once more, this drive is "
    "restored at each restart: do not keep recordings there.",
)


def restore_check(
    sessions: Path, probe: Callable[[Path], RestoreFacts] = look_for_restorers
) -> Check[RestoreFacts]:
    """Judge the drive of `sessions`; each run leaves a marker there for the next."""
    return Check(
        name="restore",
        title=Text("还原卡", "Restore card"),
        requirement=Text(
            "存录像的磁盘重启后不会被还原", "the drive of the recordings keeps them after a restart"
        ),
        probe=partial(probe, sessions),
        judge=_judge,
    )


def products_in(facts: RestoreFacts) -> tuple[Restorer, ...]:
    """Return the products that are installed and not switched off."""
    services = {
        service.name.casefold() for service in facts.services if service.start != _SWITCHED_OFF
    }
    filters = {name.casefold() for name in facts.filters}
    programs = [name.casefold() for name in facts.programs]
    return tuple(
        product
        for product in RESTORERS
        if (product is not WRITE_FILTER or facts.write_filter_is_on is not False)
        and (
            any(name.casefold() in services | filters for name in product.services)
            or any(word in program for word in product.words for program in programs)
        )
    )


def _judge(facts: RestoreFacts) -> Finding:
    products = products_in(facts)
    evidence = _evidence(facts, products)
    if facts.survival == "restored" or facts.file_system in _IN_MEMORY:
        return Finding("fail", evidence, _elsewhere(facts))
    if products and facts.survival == "survived":
        return Finding("warn", evidence, _keep_open(facts))
    if products:
        return Finding("fail", evidence, _elsewhere(facts))
    if facts.survival == "survived":
        return Finding("pass", evidence)
    if facts.trouble is not None:
        return Finding("unknown", evidence, _elsewhere(facts))
    return Finding("warn", evidence, _RESTART)


def _evidence(facts: RestoreFacts, products: tuple[Restorer, ...]) -> Text:
    parts = [Text(f"录像在 {facts.place}", f"recordings lie on {facts.place}")]
    if products:
        parts.append(
            Text(
                f"发现 {'、'.join(product.name.zh for product in products)}",
                f"found: {', '.join(product.name.en for product in products)}",
            )
        )
    elif strange := [name for name in facts.filters if name.casefold() not in USUAL_FILTERS]:
        names = ", ".join(strange)[:200]
        parts.append(
            Text(
                f"没有发现已知的还原产品，但磁盘上有不认识的驱动 {names}",
                f"no known product, but drivers that we do not know: {names}",
            )
        )
    else:
        parts.append(Text("没有发现已知的还原产品", "no known product was found"))
    if facts.file_system in (*_IN_MEMORY, *_LAYERS):
        parts.append(
            Text(
                f"文件系统 {facts.file_system} 可能只在内存里",
                f"its file system {facts.file_system} may exist in memory only",
            )
        )
    parts.append(_traces(facts))
    return Text(
        f"{'；'.join(part.zh for part in parts)}。", f"{'; '.join(part.en for part in parts)}."
    )


def _traces(facts: RestoreFacts) -> Text:
    if facts.trouble is not None:
        return Text(f"标记写不进去：{facts.trouble}", f"no marker can be left: {facts.trouble}")
    if facts.survival == "restored":
        return Text(
            "上次写下的标记重启后不见了或变回旧的，别的盘上的还在",
            "the last marker was gone or old after a restart, while that of another drive is there",
        )
    if facts.survival == "survived":
        when = _moment(facts.marker.when_us) if facts.marker else ""
        return Text(
            f"{when} 写下的标记在重启后还在",
            f"the marker of {when} was still there after a restart",
        )
    return Text("写下标记后还没有重启过", "no restart yet since a marker was left")


def _elsewhere(facts: RestoreFacts) -> Text:
    """Name a drive to use instead, one that has outlasted a restart first."""
    drive = _best(facts)
    if drive is None:
        return Text(
            f"请让管理员解除 {facts.place} 的还原保护，重启后再检查一次；不能解除就换一台电脑。",
            f"Have the protection of {facts.place} lifted, restart, check again; or use another "
            f"computer.",
        )
    room = f"{drive.free_bytes / GB:.0f} GB"
    if _has_outlasted(facts, drive):
        sure = Text("它在重启后保住了文件", "it kept its files through a restart")
    else:
        sure = Text("先确认它不会被还原", "make sure that it is not restored")
    home = f"{drive.place}\\SaiJian" if drive.place.endswith(":") else f"{drive.place}/SaiJian"
    return Text(
        f"请把录像改存到 {drive.place}（空闲 {room}，{sure.zh}）：让技术人员把环境变量 "
        f"SAIJIAN_HOME 设为 {home}；或解除 {facts.place} 的还原保护后重启再检查。",
        f"Keep recordings on {drive.place} ({room} free; {sure.en}): let a technician set "
        f"SAIJIAN_HOME to {home}; or have the protection of {facts.place} lifted, restart, check.",
    )


def _best(facts: RestoreFacts) -> OtherDrive | None:
    return max(
        facts.other_drives,
        key=lambda drive: (_has_outlasted(facts, drive), drive.free_bytes),
        default=None,
    )


def _has_outlasted(facts: RestoreFacts, drive: OtherDrive) -> bool:
    """Tell whether the newest trace lies there and was written before the last restart."""
    return any(
        trace.place == drive.place and trace.boot != facts.boot and trace.run == facts.runs
        for trace in facts.witnesses
    )


def _keep_open(facts: RestoreFacts) -> Text:
    return Text(
        f"现在 {facts.place} 没有被还原；请让管理员保证到录像上传完之前都不打开还原保护。",
        f"{facts.place} is not restored now; have it stay so until all is uploaded.",
    )


def _moment(when_us: int) -> str:
    moment = datetime.fromtimestamp(when_us / SECOND_US, UTC).astimezone(timezone(BEIJING))
    return f"{moment:%m-%d %H:%M}"
