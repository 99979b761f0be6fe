"""Do the cameras and microphones of this computer work (R14)? Opened only where that is allowed.

A seat wants two sets, counted over both its computers: this one tells its own count, and fails
only where it has none that works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from client.base.text import Text
from client.capture.quality import BLACK_CAMERA, SILENT, camera_faults, microphone_faults
from client.preflight.check import Check, Finding, Verdict
from client.preflight.facts.devices import Blocked, Device, DeviceFacts, Kind
from client.preflight.fixes import FixName
from client.preflight.probes.card import LIMIT_S, CardLook
from client.preflight.probes.devices import DeviceTries

CHECK_LIMIT_S = LIMIT_S + 4
PHONE_APPS = ("droidcam", "ivcam", "epoccam", "iriun", "camo ")
"""Parts of names by which programs show a phone as a camera of this computer."""


class Wanted(NamedTuple):
    """What is asked of a seat's cameras or microphones."""

    per_seat: int
    computers: int
    fps: int


class _Words(NamedTuple):
    """What a kind is called, and where its switch is."""

    name: Text
    settings: str
    fix: FixName
    none: Text


WORDS: dict[Kind, _Words] = {
    "camera": _Words(
        Text("摄像头", "camera"),
        "ms-settings:privacy-webcam",
        "camera-privacy",
        Text(
            "请接上摄像头，或在手机上打开摄像程序并用“saijian phone”查找，然后再检查一次。",
            "Plug a camera in, or start a phone's camera app and find it with “saijian phone”; "
            "then check again.",
        ),
    ),
    "microphone": _Words(
        Text("麦克风", "microphone"),
        "ms-settings:privacy-microphone",
        "microphone-privacy",
        Text("请接上麦克风或耳麦，然后再检查一次。", "Plug in a microphone, then check again."),
    ),
}
BLOCKED: dict[Blocked, Text] = {
    "system": Text("这台电脑的总开关", "the switch of the whole computer"),
    "user": Text("“允许应用访问”", "“Let apps access”"),
    "desktop": Text("“允许桌面应用访问”", "“Let desktop apps access”"),
}


def devices_check(
    kind: Kind,
    wanted: Wanted,
    *,
    allowed: bool,
    sources: Sequence[str] = (),
    card: CardLook | None = None,
    probe: Callable[[], DeviceFacts] | None = None,
) -> Check[DeviceFacts]:
    """Try all of a kind where `allowed`; `sources` are network cameras by their addresses.

    `card` reads what the first real camera shows: see `legibility_check`.
    """
    tries = DeviceTries(kind, allowed=allowed, sources=sources, card=card)
    words = WORDS[kind].name
    return Check(
        name=f"{kind}s",
        title=Text(words.zh, f"{words.en.capitalize()}s"),
        requirement=Text(
            f"每座位 {wanted.per_seat} 套，{wanted.computers} 台电脑合计；这台电脑至少一个能用"
            if wanted.computers > 1
            else f"每座位 {wanted.per_seat} 套，至少一个能用",
            f"{wanted.per_seat} a seat over its {wanted.computers} computer(s), one works here",
        ),
        probe=probe or tries,
        judge=partial(_judge, wanted),
        things=lambda facts: [device.name for device in facts.devices if _counts(device)],
        limit_seconds=CHECK_LIMIT_S,
        stop=tries.stop,
    )


def _judge(wanted: Wanted, facts: DeviceFacts) -> Finding:
    words = WORDS[facts.kind]
    counted = [device for device in facts.devices if _counts(device)]
    evidence = _found(wanted, facts, counted)
    if not counted:
        if facts.not_listed is not None:
            reason = Text(facts.not_listed.zh, facts.not_listed.en)
            return Finding("unknown", reason, words.none)
        return Finding("fail", evidence, words.none)
    if facts.blocked is not None and not any(_works(device) for device in counted):
        return Finding("fail", evidence, _unblock(facts), WORDS[facts.kind].fix)
    if not facts.allowed:
        return Finding("unknown", evidence, _allow(words))
    usable = [d for d in counted if _works(d) and not _is_useless(d)]
    if not usable:
        return Finding("fail", evidence, _AGAIN, _HEARD.get(facts.kind))
    advice = _advice(wanted, facts, counted)
    verdict: Verdict = "warn" if advice else "pass"
    return Finding(verdict, evidence, advice, _HEARD.get(facts.kind) if advice else None)


_HEARD: dict[Kind, FixName] = {"microphone": "sound"}
"""Where a device that opens is turned up or unmuted."""
_AGAIN = Text(
    "请关闭占用它的程序，检查插头、静音键和镜头盖，然后再检查一次；也可以换用备用设备。",
    "Close programs that use it, look at plug, mute key and lens cover, and check again; or use "
    "the spare.",
)
_NO_SOFTWARE = Text(
    "虚拟设备不能用于竞赛：请在开赛时选择真实的设备。",
    "Virtual devices do not count: choose the real one for the contest.",
)
_PHONE = Text(
    "手机经转接程序接入，录像会标为虚拟：请改用手机摄像程序显示的网址。",
    "A phone that comes through such a program is marked as virtual in the recording: use the "
    "address that its camera app shows.",
)


def _counts(device: Device) -> bool:
    return device.origin == "real" or is_phone(device)


def is_phone(device: Device) -> bool:
    """Tell whether its name is that of a program that shows a phone as a camera."""
    return any(part in f"{device.name.casefold()} " for part in PHONE_APPS)


def _works(device: Device) -> bool:
    return device.tried is not None and device.tried.error is None


def _is_useless(device: Device) -> bool:
    """Tell whether it opens, but shows or hears nothing at all."""
    faults = _faults(device, 1)
    return BLACK_CAMERA in faults or SILENT in faults


def _faults(device: Device, fps: int) -> tuple[Text, ...]:
    if device.tried is None or device.tried.error is not None:
        return ()
    figures = device.tried.figures
    return microphone_faults(figures) if "peak_db" in figures else camera_faults(figures, fps)


def _advice(wanted: Wanted, facts: DeviceFacts, counted: Sequence[Device]) -> Text | None:
    parts = []
    if any(_faults(device, wanted.fps) for device in counted):
        parts.append(
            Text(
                "请按上面括号里的提示调整，然后再检查一次。",
                "Do what stands in brackets, then check again.",
            )
        )
    if any(not _works(device) for device in counted if device.tried is not None):
        parts.append(_AGAIN)
    if any(d.origin in ("virtual", "simulated") and not is_phone(d) for d in facts.devices):
        parts.append(_NO_SOFTWARE)
    if any(is_phone(device) and device.origin != "real" for device in counted):
        parts.append(_PHONE)
    if not parts:
        return None
    return Text("".join(p.zh for p in parts), " ".join(p.en for p in parts))


def _unblock(facts: DeviceFacts) -> Text:
    words = WORDS[facts.kind]
    switch = BLOCKED[facts.blocked or "user"]
    return Text(
        f"Windows 的隐私设置关掉了{words.name.zh}：请打开“设置—隐私—{words.name.zh}”"
        f"（{words.settings}），打开{switch.zh}，然后再检查一次。",
        f"Windows' privacy settings keep the {words.name.en} away: open “Settings, Privacy, "
        f"{words.name.en}” ({words.settings}), turn {switch.en} on, then check again.",
    )


def _allow(words: _Words) -> Text:
    return Text(
        f"请允许试用{words.name.zh}（每个三秒，不保存画面和声音），再检查一次。",
        f"Allow the {words.name.en}s to be tried (three seconds each, nothing is kept) and check "
        "again.",
    )


def _found(wanted: Wanted, facts: DeviceFacts, counted: Sequence[Device]) -> Text:
    words = WORDS[facts.kind].name
    working = sum(_works(device) for device in counted)
    head = Text(f"本机 {len(counted)} 个{words.zh}", f"{len(counted)} {words.en}(s) here")
    if facts.allowed:
        head = Text(f"{head.zh}，能用 {working} 个", f"{head.en}, {working} work")
    else:
        head = Text(f"{head.zh}，没有打开过", f"{head.en}, not opened")
    shown = [d for d in facts.devices if d.origin != "loopback" or not counted]
    rows = [_say(device, wanted.fps) for device in shown]
    zh, en = "；".join(row.zh for row in rows), "; ".join(row.en for row in rows)
    if facts.blocked is not None:
        head = Text(f"{head.zh}，被隐私设置挡住", f"{head.en}, kept away by the privacy settings")
    return (
        Text(f"{head.zh}：{zh}。", f"{head.en}: {en}.")
        if rows
        else Text(f"{head.zh}。", f"{head.en}.")
    )


def _say(device: Device, fps: int) -> Text:
    """Return one device with figures, then what is wrong with it in brackets."""
    name = Text(device.name, device.name)
    if is_phone(device):
        name = Text(f"{device.name}（手机程序）", f"{device.name} (a phone's program)")
    elif device.origin == "loopback":
        name = Text(f"{device.name}（本机回放，不算）", f"{device.name} (hears this computer only)")
    elif device.origin != "real":
        name = Text(f"{device.name}（虚拟）", f"{device.name} (virtual)")
    if device.tried is None:
        return name
    if device.tried.error is not None:
        error = device.tried.error
        return Text(f"{name.zh}：{error.zh.rstrip('。')}", f"{name.en}: {error.en.rstrip('.')}")
    figures = _figures(device.tried.figures)
    faults = _faults(device, fps)
    if not faults:
        return Text(f"{name.zh} {figures.zh}", f"{name.en} {figures.en}")
    zh, en = "；".join(f.zh for f in faults), "; ".join(f.en for f in faults)
    return Text(f"{name.zh} {figures.zh}（{zh}）", f"{name.en} {figures.en} ({en})")


def _figures(seen: dict[str, float]) -> Text:
    if "peak_db" in seen:
        level, peak = seen.get("level_db", 0), seen["peak_db"]
        hum = seen.get("hum_percent", 0)
        return Text(
            f"{seen.get('rate', 0):.0f} Hz，平均 {level:.0f} dB，最大 {peak:.0f} dB，"
            f"交流声占 {hum:.0f}%",
            f"{seen.get('rate', 0):.0f} Hz, level {level:.0f} dB, peak {peak:.0f} dB, "
            f"hum {hum:.0f}%",
        )
    size = f"{seen.get('width', 0):.0f}x{seen.get('height', 0):.0f}"
    rate, light = seen.get("fps", 0), seen.get("brightness", 0) / 2.55
    sharp = seen.get("sharpness", 0)
    return Text(
        f"{size}，每秒 {rate:.1f} 帧，亮度 {light:.0f}%，清晰度 {sharp:.0f}",
        f"{size}, {rate:.1f} pictures a second, brightness {light:.0f}%, sharpness {sharp:.0f}",
    )
