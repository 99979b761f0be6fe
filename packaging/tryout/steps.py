"""All lines of a trial, in their order."""

from __future__ import annotations

import time
from functools import partial

from tryout.clicks import show_start_page, show_trial, show_whole_session
from tryout.commands import show_commands
from tryout.files import check_list
from tryout.killing import show_kill
from tryout.rehearsal import show_rehearsal
from tryout.stage import stage
from tryout.table import Row, Table
from tryout.target import NotTried, Target


def try_everything(table: Table, target: Target) -> None:
    """Add all lines; a product that cannot be installed has only the first."""
    if table.show("install", "静默安装", target.install) == "failed":
        return
    table.show("size", "大小", target.size)
    table.show("files", "文件清单 files.sha256", partial(show_files, target))
    with table.noting("stage", "布置现场"), stage(target) as staged:
        show_commands(table, target)
        show_rehearsal(table, target, staged)
        table.show("kill", "录制中强行结束录制进程", partial(show_kill, target, staged))
    with table.noting("stage", "布置现场"), stage(target, picture=False) as staged:
        table.show("window", "打开窗口", partial(show_start_page, target))
        table.show("trial", "试一遍，看完后全部删除", partial(show_trial, target, staged))
        whole = partial(show_whole_session, target, staged, target.share / "venue")
        table.show("clicked", "在窗口里点完一整场", whole)
    table.show("update", "覆盖安装，不动录像", target.update)
    table.show("refused", "录像还在保存期内，拒绝卸载", target.refused)
    table.show("uninstall", "静默卸载", partial(target.uninstall, told=True))
    table.show("traces", "安装前后的注册表和磁盘", target.traces)
    show_old_windows(table, target)


def show_files(target: Target) -> str:
    """Check the list of files that the product carries."""
    if target.folder is None:
        raise NotTried("the source tree")
    return check_list(target.folder)


def show_old_windows(table: Table, target: Target) -> None:
    """Add a line for each old version that the product was tried on."""
    tried = time.monotonic()
    try:
        seen = target.old_windows()
    except NotTried as reason:
        table.skip("old-windows", "旧版 Windows", str(reason))
        return
    except Exception as error:  # noqa: BLE001 - a broken step is a failed line, not the end
        seconds = round(time.monotonic() - tried, 1)
        table.add(Row("old-windows", "旧版 Windows", "failed", repr(error), seconds))
        return
    for name, well, words, seconds in seen:
        table.add(Row("old-windows", name, "ok" if well else "failed", words, seconds))
