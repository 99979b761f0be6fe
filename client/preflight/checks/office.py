"""Is there an office suite that the plan asks for (R13)?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from client.base.text import Text
from client.contest.plan import Choice
from client.preflight.check import Check, Finding
from client.preflight.checks.choice import Standing, asked, installed, lacking, present, short_of
from client.preflight.facts.software import OfficeFacts
from client.preflight.probes.software import read_office

NAMES = {
    "ms-office": Text("微软 Office", "Microsoft Office"),
    "wps": Text("WPS", "WPS"),
    "libreoffice": Text("LibreOffice", "LibreOffice"),
}
LIMIT_S = 8.0
"""LibreOffice on Linux is started once to tell its version."""
_NONE = Text("没有找到办公软件", "no office software was found")


def office_check(
    choice: Choice, probe: Callable[[], OfficeFacts] = read_office
) -> Check[OfficeFacts]:
    """Compare the office suites found with `choice`."""
    return Check(
        name="office",
        title=Text("办公软件", "Office software"),
        requirement=asked(choice, NAMES),
        probe=probe,
        judge=partial(_judge, choice),
        things=lambda facts: [p.name for p in facts.installed if p.is_present],
        limit_seconds=LIMIT_S,
    )


def _judge(choice: Choice, facts: OfficeFacts) -> Finding:
    found = installed(facts.installed, NAMES, _NONE)
    evidence = Text(f"{found.zh}。", f"{found.en}.")
    bad = short_of(choice, present(facts.installed), NAMES, evidence, _install)
    return bad or Finding("pass", evidence)


def _install(short: Standing) -> Text:
    need = lacking(short, NAMES)
    return Text(
        f"请安装 {need.zh}，并打开一次确认可以使用，然后再检查一次。",
        f"Install {need.en}, open it once to see that it works, then check again.",
    )
