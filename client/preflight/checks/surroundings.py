"""Is this the computer on the desk? A virtual machine or a remote session is warned of, no more."""

from __future__ import annotations

from collections.abc import Callable

from client.base.text import Text
from client.preflight.check import Check, Finding
from client.preflight.facts.surroundings import SurroundingsFacts
from client.preflight.known.hypervisors import hypervisor_in
from client.preflight.probes.surroundings import look_around

_AT_THE_DESK = Text(
    "请直接在这台电脑前登录，关闭远程桌面、VNC 等远程程序，然后再检查一次。",
    "Log in at this computer itself, close remote desktop, VNC and the like, check again.",
)
_REAL = Text(
    "如果这是虚拟机，请改用真实的电脑；如果不是，请把这一行告诉组委会。",
    "If this is a virtual machine, use a real computer; if it is none, tell the organizer.",
)


def surroundings_check(
    probe: Callable[[], SurroundingsFacts] = look_around,
) -> Check[SurroundingsFacts]:
    """Look for remote sessions and virtual machines; either only warns and shows its evidence."""
    return Check(
        name="surroundings",
        title=Text("远程和虚拟机", "Remote session and virtual machine"),
        requirement=Text(
            "坐在真实的电脑前，不是远程会话，也不是虚拟机",
            "a real computer, neither remote nor virtual",
        ),
        probe=probe,
        judge=_judge,
    )


def _judge(facts: SurroundingsFacts) -> Finding:
    parts: list[Text] = []
    advice: list[Text] = []
    if facts.is_remote or facts.remote_signs:
        signs = ", ".join(facts.remote_signs) or "SM_REMOTESESSION"
        parts.append(Text(f"像是远程会话（{signs}）", f"looks like a remote session ({signs})"))
        advice.append(_AT_THE_DESK)
    firmware = ", ".join(facts.firmware)
    owner = hypervisor_in(facts.firmware)
    if owner is not None or facts.has_hypervisor:
        signs = firmware or "CPUID"
        whose = owner or "?"
        parts.append(
            Text(
                f"像是虚拟机（{whose}；{signs}）",
                f"looks like a virtual machine ({whose}; {signs})",
            )
        )
        advice.append(_REAL)
    if advice:
        return Finding("warn", _sentence(parts), _sentence(advice, zh="", en=" ", end=""))
    if not facts.firmware and facts.has_hypervisor is None:
        nothing = Text("固件没有报告厂商和型号", "the firmware names neither maker nor model")
        return Finding("unknown", _sentence([nothing]), _REAL)
    said = firmware or "CPUID"
    return Finding(
        "pass",
        _sentence(
            [
                Text(
                    f"没有远程会话和虚拟机的迹象（{said}）",
                    f"no sign of a remote session or a virtual machine ({said})",
                )
            ]
        ),
    )


def _sentence(parts: list[Text], zh: str = "；", en: str = "; ", end: str | None = None) -> Text:
    last_zh, last_en = ("。", ".") if end is None else (end, end)
    return Text(
        zh.join(part.zh for part in parts) + last_zh, en.join(part.en for part in parts) + last_en
    )
