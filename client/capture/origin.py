"""Where pictures and sound come from: a device in the room, or something that imitates one."""

from __future__ import annotations

import ipaddress
import socket
from typing import Literal
from urllib.parse import urlsplit

Origin = Literal["real", "loopback", "virtual", "simulated"]
"""The same four words as `evidence.entries.Origin`; the two rooms must not import each other."""

VIRTUAL_NAMES = (
    "obs virtual",
    "obs-camera",
    "virtual camera",
    "virtual cam",
    "virtualcam",
    "manycam",
    "v4l2loopback",
    "v4l2 loopback",
    "dummy video device",
    "vivid",
    "droidcam source",
    "xsplit",
    "snap camera",
    "e2esoft",
    "vcam",
    "splitcam",
    "youcam",
    "webcammax",
    "chromacam",
    "nvidia broadcast",
    "unity video",
    "ndi webcam",
    "ndi video",
    "mmhmm",
    "vtube",
    "虚拟摄像头",
    "虚拟相机",
    "虚拟视频",
)
"""Parts of names of software cameras, in lower case."""

VIRTUAL_SOUND_NAMES = (
    "vb-audio",
    "cable output",
    "voicemeeter",
    "virtual audio",
    "virtual mic",
    "blackhole",
    "soundflower",
    "null output",
    "虚拟麦克风",
    "虚拟音频",
)
"""Parts of names of software microphones, in lower case."""

LOOPBACK_SOUND_NAMES = (
    ".monitor",
    "monitor of ",
    "stereo mix",
    "what u hear",
    "立体声混音",
    "loopback",
)
"""Parts of names of inputs that hear what the computer itself plays."""


def origin_of_camera_name(name: str) -> Origin:
    """Judge a camera by the name its driver gives it."""
    return "virtual" if _contains(name, VIRTUAL_NAMES) else "real"


def origin_of_sound_name(name: str) -> Origin:
    """Judge a microphone by the name its driver or sound server gives it."""
    if _contains(name, LOOPBACK_SOUND_NAMES):
        return "loopback"
    return "virtual" if _contains(name, VIRTUAL_SOUND_NAMES) else "real"


def origin_of_address(address: str) -> Origin:
    """Judge a network camera: `loopback` where its host, once resolved, is this very computer."""
    host = urlsplit(address).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return "real"
    return "loopback" if any(_is_here(str(entry[4][0])) for entry in found) else "real"


def _is_here(address: str) -> bool:
    """Tell whether `address` belongs to this computer: loopback, or one of its own interfaces."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped  # Windows cannot bind the mapped form
    if ip.is_loopback or ip.is_unspecified:
        return True
    family = socket.AF_INET6 if isinstance(ip, ipaddress.IPv6Address) else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(ip), 0))  # only an address of our own can be bound
        except OSError:
            return False
    return True


def _contains(name: str, parts: tuple[str, ...]) -> bool:
    folded = name.casefold()
    return any(part in folded for part in parts)
