"""`saijian devices`: what could be recorded here."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from client.base.text import Text
from client.capture.devices import DeviceListing, list_devices

SOURCE_WORDS = {
    "real": Text("", ""),
    "loopback": Text("本机回放", "this computer's own output"),
    "virtual": Text("虚拟设备", "virtual"),
    "simulated": Text("模拟", "simulated"),
}


def run(args: argparse.Namespace) -> int:
    """Print the listing; 0 also when nothing was found, the listing says so."""
    listing = list_devices()
    print(json.dumps(to_json(listing), ensure_ascii=False, indent=1) if args.json else say(listing))
    return 0


def to_json(listing: DeviceListing) -> dict[str, Any]:
    """Return the listing for programs; `problems` are sentences in both languages."""
    document = asdict(listing)
    document["problems"] = [problem._asdict() for problem in listing.problems]
    return document


def say(listing: DeviceListing) -> str:
    """Return the listing for a person."""
    lines = [
        Text("屏幕", "Screen").say(),
        *(f"  {s.name}  {s.width}x{s.height}" for s in listing.screens),
        Text("摄像头", "Cameras").say(),
        *(f"  {c.index}  {c.name}{_origin(c.origin)}" for c in listing.cameras),
        Text("麦克风", "Microphones").say(),
        *(f"  {m.label}{_rate(m.rate)}{_origin(m.origin)}" for m in listing.microphones),
        *(problem.say() for problem in listing.problems),
    ]
    return "\n".join(lines)


def _rate(rate: int) -> str:
    return f"  {rate} Hz" if rate else ""


def _origin(origin: str) -> str:
    word = SOURCE_WORDS[origin].say()
    return f"  [{word}]" if word else ""
