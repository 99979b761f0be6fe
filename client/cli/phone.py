"""`saijian phone`: find a phone's camera in this computer's own networks, on request only."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from client.base.text import Text
from client.capture.camera.phone import memory
from client.capture.camera.phone.find import LIMIT_S, Found, Search, find
from client.capture.camera.phone.nets import Net, own_nets
from client.cli.say import show_json
from client.evidence.layout import sessions_root

WHERE = Text(
    "在这些网段里查找，最多 {seconds:.0f} 秒：{nets}", "looking for {seconds:.0f} s in: {nets}"
)
NO_NET = Text(
    "本机没有接入任何内网：请连上 Wi-Fi、数据线或手机热点。",
    "This computer is in no local network: join a Wi-Fi, a cable or the phone's hotspot.",
)
LOCKED = Text("有密码，请写进地址：{address}", "has a password, put it in: {address}")
STEPS = Text(
    """没有找到手机摄像头。请依次检查：
1. 手机上打开摄像程序（如 IP Webcam、IP Camera Lite、DroidCam），点“开始”，保持屏幕常亮。
2. 手机和电脑连在同一个 Wi-Fi，不要用访客网络；关掉手机的 VPN。
3. 校园网、宿舍网常把设备互相隔开，这时用数据线：USB 接好手机，
   安卓：设置 → 热点与网络共享 → USB 网络共享；iPhone：设置 → 个人热点 → 允许其他人加入。
4. 或用手机热点：手机打开热点，电脑连上它。
5. 再运行一次 saijian phone。""",
    """No phone camera was found. Step by step:
1. Start a camera app on the phone (IP Webcam, IP Camera Lite, DroidCam), keep its screen on.
2. Phone and computer in the same Wi-Fi, no guest network; the phone's VPN off.
3. Campus networks often keep devices apart. Then use the cable: plug the phone in by USB,
   Android: Settings, Hotspot & tethering, USB tethering; iPhone: Settings, Personal Hotspot.
4. Or the phone's hotspot: switch it on and let the computer join it.
5. Run saijian phone again.""",
)


def run(args: argparse.Namespace) -> int:
    """Look, show each camera's whole address; 0 where one was found, else 1 with what to do."""
    nets = own_nets()
    _progress(WHERE.format(seconds=LIMIT_S, nets=_named(nets)).say())
    search = find(nets, saw=_show_progress)
    _progress("")
    if search.found and not args.no_remember:
        memory.remember(sessions_root().parent / memory.NAME, search.found)
    if args.json:
        show_json(to_json(nets, search))
    else:
        print("\n".join(say(nets, search)))
    return 0 if search.found else 1


def to_json(nets: list[Net], search: Search) -> dict[str, Any]:
    """Return what was found, for programs."""
    cameras = [{**asdict(found), "app": found.app._asdict()} for found in search.found]
    return {
        "networks": [str(net.network) for net in nets],
        "looked_at": search.looked_at,
        "complete": search.complete,
        "cameras": cameras,
        "advice": None if search.found else _advice(nets)._asdict(),
    }


def say(nets: list[Net], search: Search) -> list[str]:
    """Return what was found, for a person."""
    return [_line(found) for found in search.found] or [_advice(nets).say()]


def _line(found: Found) -> str:
    scheme, _, rest = found.address.partition("://")
    if found.locked:
        inside = Text("用户名:密码", "name:password").say()
        return f"{found.app.say()}  {LOCKED.format(address=f'{scheme}://{inside}@{rest}').say()}"
    size = f"  {found.width}x{found.height}" if found.width else ""
    return f"{found.app.say()}{size}  {found.address}"


def _advice(nets: list[Net]) -> Text:
    return STEPS if nets else Text(f"{NO_NET.zh}\n{STEPS.zh}", f"{NO_NET.en}\n{STEPS.en}")


def _named(nets: list[Net]) -> str:
    return ", ".join(f"{net.network} ({net.interface})" for net in nets) or "-"


def _show_progress(search: Search) -> None:
    share = f"{search.looked_at}/{search.places}"
    found = len(search.found)
    _progress(Text(f"已查 {share}，找到 {found} 个", f"{share} looked at, {found} found").say())


def _progress(line: str) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)
