"""A phone in a network of its own: found, found again at another address, and nobody else bothered.

Three network namespaces on one bridge: the computer, the contestant's phone, a neighbour's phone
that runs the same app.
"""

from __future__ import annotations

import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from client.capture.camera.phone.apps import APPS, ports
from tests import devices, phones
from tests.e2e.program import Desk, desk, eventually, note

pytestmark = pytest.mark.e2e
LAN = ipaddress.IPv4Network("10.77.3.0/24")
COMPUTER, YESTERDAY, TODAY, NEIGHBOUR = (f"10.77.3.{n}" for n in (10, 20, 133, 40))
SNIFFER = """
import socket, sys
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
while True:
    frame = wire.recv(2048)
    if frame[12:14] == b"\\x08\\x00" and frame[23] == 6 and frame[47] & 0x12 == 2:
        print(socket.inet_ntoa(frame[26:30]), socket.inet_ntoa(frame[30:34]),
              int.from_bytes(frame[36:38], "big"), flush=True)
"""
"""Prints who begins a TCP connection to whom: source, destination, port."""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass
class Room:
    """The three namespaces, and what runs in them."""

    name: str
    things: ExitStack
    apps: dict[str, ExitStack] = field(default_factory=dict)

    def within(self, who: str, *command: str) -> tuple[str, ...]:
        return ("ip", "netns", "exec", f"{self.name}{who}", *command)

    def join(self, who: str, address: str) -> None:
        ip("netns", "add", f"{self.name}{who}")
        self.things.callback(ip, "netns", "del", f"{self.name}{who}")
        ip("-n", f"{self.name}{who}", "link", "set", "lo", "up")
        if who == "computer":
            ip("-n", f"{self.name}{who}", "link", "add", "wlan0", "type", "bridge")
        else:
            home, away = f"{self.name}computer", f"{self.name}{who}"
            peer = ("peer", "name", "wlan0", "netns", away)
            ip("-n", home, "link", "add", f"to-{who}", "type", "veth", *peer)
            ip("-n", home, "link", "set", f"to-{who}", "master", "wlan0", "up")
        ip("-n", f"{self.name}{who}", "addr", "add", f"{address}/24", "dev", "wlan0")
        ip("-n", f"{self.name}{who}", "link", "set", "wlan0", "up")

    def serve(self, who: str, address: str, *words: str) -> None:
        """Start the app of `who`; an earlier one ends."""
        self.apps.setdefault(who, self.things.enter_context(ExitStack())).close()
        script = str(phones.SIMULATORS / "phone.py")
        command = self.within(who, sys.executable, script, address, "8080", *words)
        process = self.apps[who].enter_context(devices.running(*command))
        wanted = "".join(f"{n:02X}" for n in reversed(socket.inet_aton(address))) + ":1F90"
        table = Path(f"/proc/{process.pid}/net/tcp")
        devices.wait_until(lambda: wanted in table.read_text(), process)


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    if os.geteuid() != 0:
        pytest.skip("only root can make network namespaces: finding a phone is NOT TESTED")
    with ExitStack() as things:
        made = Room(f"sj{os.getpid()}", things)
        try:
            made.join("computer", COMPUTER)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces here ({error.stderr!r}): NOT TESTED")
        made.join("phone", YESTERDAY)
        made.join("neighbour", NEIGHBOUR)
        yield made


@pytest.fixture(scope="module")
def at(room: Room) -> Iterator[Desk]:
    with desk() as made:
        yield Desk(made.home, made.environment, room.within("computer", sys.executable))


@pytest.fixture(scope="module")
def wire(room: Room, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file that gets a line for each connection that anybody begins."""
    log = tmp_path_factory.mktemp("wire") / "connections"
    with log.open("wb") as file:
        command = room.within("computer", sys.executable, "-c", SNIFFER)
        process = subprocess.Popen(command, stdout=file)
        yield log
        process.kill()
        process.wait()


def journal(folder: Path) -> list[dict]:
    with suppress(OSError, ValueError):
        return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    return []


def entries(folder: Path, kind: str) -> list[dict]:
    return [e for line in journal(folder) if (e := line.get("entry", line)).get("kind") == kind]


def test_a_phone_is_found_and_found_again_and_nobody_else_is_bothered(
    room: Room, at: Desk, wire: Path
) -> None:
    room.serve("phone", YESTERDAY, "--battery", "12")
    begun = time.monotonic()
    found = at.run("phone", "--json").ok().document
    took = time.monotonic() - begun
    assert took < 20
    (camera,) = found["cameras"]
    assert camera["address"] == f"http://{YESTERDAY}:8080/video"
    assert (camera["app"]["en"], camera["width"], camera["height"]) == ("IP Webcam", 640, 360)
    assert found["complete"]
    assert found["networks"] == [str(LAN)]
    note(f"found in {took:.1f} s with the program's start, of {found['looked_at']} addresses")

    for_phone = ("-n", f"{room.name}phone", "addr")
    ip(*for_phone, "del", f"{YESTERDAY}/24", "dev", "wlan0")
    ip(*for_phone, "add", f"{TODAY}/24", "dev", "wlan0")
    room.serve("phone", TODAY, "--battery", "12")
    room.serve("neighbour", NEIGHBOUR)
    out = at.home / "film"
    words = ("--no-screen", "--no-audio", "--camera", camera["address"], "--rotate", "90")
    recorder = at.start("record", "--out", out, "--seconds", "60", *words)
    begun = time.monotonic()
    device = eventually(lambda: entries(out, "device"), 40, "the camera is opened")[0]
    note(f"filmed again {time.monotonic() - begun:.1f} s after the recorder's start")
    assert device["name"] == f"http://{TODAY}:8080/video"
    assert (device["width"], device["height"]) == (360, 640)
    moved = f"has another address: http://{TODAY}:8080/video, before http://{YESTERDAY}"
    for wanted in (moved, "battery is down to 12%"):
        eventually(lambda w=wanted: any(w in n["en"] for n in entries(out, "note")), 15, wanted)
    recorder.process.send_signal(signal.SIGINT)
    recorder.wait()

    connections = [line.split() for line in wire.read_text().splitlines()]
    mine = [(to, int(port)) for source, to, port in connections if source == COMPUTER]
    assert (YESTERDAY, 8080) in mine
    assert all(ipaddress.IPv4Address(to) in LAN for to, _ in mine)
    assert {port for _, port in mine} <= set(ports(APPS))
    assert {to for to, port in mine if port != 8080} <= {YESTERDAY, TODAY, NEIGHBOUR}


def test_where_nobody_answers_it_says_what_to_do(room: Room, at: Desk) -> None:
    for app in room.apps.values():
        app.close()
    said = at.run("phone")
    assert said.code == 1
    assert "USB tethering" in said.out
    assert "hotspot" in said.out
