"""Does this computer show the time of the contest, which is Beijing's?"""

from __future__ import annotations

import time

from client.base.text import Text
from client.contest.beijing import BEIJING
from client.preflight.check import Check, Finding
from client.preflight.facts.network import ZoneFacts

_BEIJING_MINUTES = int(BEIJING.total_seconds() // 60)
_HOUR = 60


def zone_check() -> Check[ZoneFacts]:
    """Return the check of the time zone."""
    return Check(
        name="time-zone",
        title=Text("时区", "Time zone"),
        requirement=Text("北京时间（UTC+8）", "Beijing time (UTC+8)"),
        probe=read_zone,
        judge=judge,
        fix="clock",
    )


def read_zone() -> ZoneFacts:
    """Return the zone that the system applies now."""
    return ZoneFacts(offset_minutes=time.localtime().tm_gmtoff // 60)


def judge(facts: ZoneFacts) -> Finding:
    """Warn of another zone: nothing is recorded wrongly, but its reader comes too late."""
    name = _utc(facts.offset_minutes)
    if facts.offset_minutes == _BEIJING_MINUTES:
        return Finding("pass", Text(f"{name}，即北京时间。", f"{name}, Beijing time."))
    return Finding(
        "warn",
        Text(
            f"这台电脑用的是 {name}，方案的时间是北京时间（UTC+8）。",
            f"This computer uses {name}; the plan's times are Beijing's (UTC+8).",
        ),
        Text(
            "请在“日期和时间”设置里把时区改为“北京”，免得看错开考时间。",
            "Set the time zone to Beijing in the date and time settings, so as not to come late.",
        ),
    )


def _utc(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), _HOUR)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
