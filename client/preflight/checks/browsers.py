"""Are the browsers there that the plan asks for, and does one of them open addresses (R13, R4)?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from client.base.text import Text
from client.contest.plan import Choice
from client.preflight.check import Check, Finding
from client.preflight.checks.choice import (
    Standing,
    asked,
    called,
    installed,
    lacking,
    present,
    short_of,
)
from client.preflight.facts.software import BrowserFacts
from client.preflight.known.browsers import BROWSERS
from client.preflight.probes.software import read_browsers

NAMES = {
    **{browser.slug: Text(browser.name, browser.name) for browser in BROWSERS},
    "firefox": Text("火狐 Firefox", "Firefox"),
    "chrome": Text("谷歌 Chrome", "Chrome"),
    "360": Text("360浏览器", "360 browser"),
    "qq-browser": Text("QQ浏览器", "QQ browser"),
    "sogou-browser": Text("搜狗高速浏览器", "Sogou browser"),
}
LIMIT_S = 8.0
"""Each browser on Linux is started once to tell its version."""
_NONE = Text("没有找到浏览器", "no browser was found")


def browsers_check(
    choice: Choice, probe: Callable[[], BrowserFacts] = read_browsers
) -> Check[BrowserFacts]:
    """Compare the browsers found with `choice`."""
    return Check(
        name="browsers",
        title=Text("浏览器", "Browsers"),
        requirement=asked(choice, NAMES),
        probe=probe,
        judge=partial(_judge, choice),
        things=_names,
        limit_seconds=LIMIT_S,
    )


def _names(facts: BrowserFacts) -> list[str]:
    return [called(NAMES)(one.slug).zh for one in facts.installed if one.is_present]


def _judge(choice: Choice, facts: BrowserFacts) -> Finding:
    evidence = _found(facts)
    if bad := short_of(choice, present(facts.installed), NAMES, evidence, _install):
        return bad
    wanted = {*choice.all_of, *choice.any_of}
    if wanted and facts.default is not None and facts.default not in wanted:
        return Finding("warn", evidence, _make_default(asked(choice, NAMES)), fix="default-apps")
    return Finding("pass", evidence)


def _install(short: Standing) -> Text:
    need = lacking(short, NAMES)
    return Text(
        f"请从浏览器官方网站安装 {need.zh}，然后再检查一次。",
        f"Install {need.en} from the maker's own site, then check again.",
    )


def _make_default(name: Text) -> Text:
    return Text(
        "竞赛网址会在默认浏览器中打开：请在系统设置的“默认应用”中"
        f"（ms-settings:defaultapps）改为方案要求的浏览器（{name.zh}）。",
        "The contest opens in the default browser: choose one that the plan asks for "
        f"({name.en}) under “Default apps” (ms-settings:defaultapps).",
    )


def _found(facts: BrowserFacts) -> Text:
    found = installed(facts.installed, NAMES, _NONE)
    if facts.default is None:
        return Text(f"{found.zh}。默认浏览器不明。", f"{found.en}. The default one is not told.")
    default = called(NAMES)(facts.default)
    return Text(f"{found.zh}。默认：{default.zh}。", f"{found.en}. Default: {default.en}.")
