"""The search for a phone: which places, what counts as a camera, whose phone it is."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path

import pytest

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.camera.hls import BurstPace, is_hls, require_same_host
from client.capture.camera.phone import again, memory
from client.capture.camera.phone.apps import APPS, SCHEMES, ports
from client.capture.camera.phone.ask import jpeg_size, status_of
from client.capture.camera.phone.battery import percent_of, tells_battery
from client.capture.camera.phone.find import Found, Search
from client.capture.camera.phone.nets import PRIVATE, WIDEST, parsed_neighbours, small_net


def test_the_table_of_apps_is_whole() -> None:
    assert len(ports(APPS)) <= 6
    for app in APPS:
        assert app.kind in SCHEMES
        assert 0 < app.port < 65_536
        assert app.paths
        assert all(path.startswith("/") and path.isascii() for path in app.paths)


@pytest.mark.parametrize(
    ("address", "mask", "hosts"),
    [
        ("192.168.1.7", "255.255.255.0", 253),
        ("10.3.200.9", "255.0.0.0", 1021),  # cut to /22
        ("172.20.10.2", "255.255.255.240", 13),
        ("192.168.42.17", "255.255.255.0", 253),
        ("10.0.0.1", "255.255.255.255", 0),
    ],
)
def test_only_hosts_of_the_own_small_network_are_looked_at(address, mask, hosts) -> None:
    net = small_net("wlan0", address, mask)
    assert net is not None
    assert net.network.prefixlen >= WIDEST
    places = net.hosts()
    assert len(places) == hosts
    own = ipaddress.IPv4Address(address)
    assert own not in places
    assert all(place in net.network for place in places)
    assert all(any(place in private for private in PRIVATE) for place in places)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.64.1.1", "127.0.0.1", "192.0.2.5", "172.32.0.1"]
)
def test_no_public_network_is_ever_looked_at(address: str) -> None:
    assert small_net("eth0", address, "255.255.255.0") is None


def test_gateways_come_first_and_only_those_of_the_network() -> None:
    gateways = tuple(ipaddress.IPv4Address(a) for a in ("192.168.42.254", "8.8.8.8"))
    net = small_net("usb0", "192.168.42.17", "255.255.255.0", gateways)
    assert net is not None
    assert [str(host) for host in net.hosts()[:3]] == [
        "192.168.42.254",
        "192.168.42.129",
        "192.168.42.16",
    ]


LINUX = """IP address       HW type     Flags       HW address            Mask     Device
192.168.1.20     0x1         0x2         AA:bb:cc:00:11:22     *        wlan0
192.168.1.21     0x1         0x0         00:00:00:00:00:00     *        wlan0
"""
WINDOWS = """
接口: 192.168.1.7 --- 0x9
  Internet 地址         物理地址              类型
  192.168.1.20          aa-bb-cc-00-11-22     动态
  rubbish
"""


@pytest.mark.parametrize("table", [LINUX, WINDOWS])
def test_hardware_addresses_as_linux_and_windows_list_them(table: str) -> None:
    assert parsed_neighbours(table) == {"192.168.1.20": "aa:bb:cc:00:11:22"}


SIZE = b"\xff\xc0\x00\x11\x08\x01\x68\x02\x80"


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"--x\r\n\r\n\xff\xd8\xff\xe0\x00\x04ab" + SIZE, (640, 360)),
        (b"\xff\xd8" + SIZE, (640, 360)),
        (b"\xff\xd8" + SIZE[:6], None),
        (b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x00\x00\x00", None),
        (b"\xff\xd8\xff\xe0\xff\xff", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_the_size_in_a_jpeg(data: bytes, size) -> None:
    assert jpeg_size(data) == size


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"HTTP/1.1 200 OK\r\n", 200),
        (b"RTSP/1.0 401 Unauthorized\r\n", 401),
        (b"SSH-2.0-x\r\n", 0),
        (b"HTTP/1.1 -5\r\n", 0),
        (b"", 0),
    ],
)
def test_the_status_of_an_answer(head: bytes, status: int) -> None:
    assert status_of(head) == status


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        (b'{"battery_level":{"unit":"%","data":[[1,[82.0]],[2,[19.4]]]}}', 19),
        (b'{"battery_level":{"data":[]}}', None),
        (b'{"battery_level":{"data":[[1,[1e999]]]}}', None),
        (b'{"battery_level":{"data":[[1,[140]]]}}', None),
        (b"[" * 50_000, None),
        (b"<html>", None),
    ],
)
def test_the_battery_as_ip_webcam_tells_it(said: bytes, percent) -> None:
    assert percent_of(said) == percent
    assert tells_battery("http://10.0.0.2:8080/video") == "/sensors.json"
    assert tells_battery("http://10.0.0.2:4747/video") == ""


def found(host: str, mac: str, *, gateway: bool = False) -> Found:
    return Found(
        f"http://{host}:8080/video", Text("a", "a"), "mjpeg", 640, 360, False, mac, gateway
    )


def test_a_phone_is_the_same_by_hardware_or_as_the_gateway_only(
    tmp_path: Path, monkeypatch
) -> None:
    file = tmp_path / "phones.json"
    memory.remember(file, [found("10.0.0.2", "aa:aa"), found("10.0.0.3", "")])
    assert json.loads(file.read_bytes()) == [
        {"address": "http://10.0.0.2:8080/video", "mac": "aa:aa", "gateway": False}
    ]
    mine = memory.known_as(file, "http://me:pw@10.0.0.2:8080/video")
    assert mine is not None
    assert memory.known_as(file, "http://10.0.0.2:8081/video") is None
    assert memory.known_as(file, "http://10.0.0.3:8080/video") is None
    here = [found("10.0.0.7", "bb:bb"), found("10.0.0.9", "", gateway=True)]
    monkeypatch.setattr(again, "own_nets", list)
    monkeypatch.setattr(
        "client.capture.camera.phone.find.find", lambda *_, **__: Search(found=here)
    )
    assert again.address_now(mine, "http://me:pw@10.0.0.2:8080/video") is None  # a neighbour's
    here.append(found("10.0.0.8", "aa:aa"))
    moved = again.address_now(mine, "http://me:pw@10.0.0.2:8080/video")
    assert moved == "http://me:pw@10.0.0.8:8080/video"
    cable = memory.Known("http://10.0.0.2:8080/video", "", gateway=True)
    assert again.address_now(cable, cable.address) == "http://10.0.0.9:8080/video"


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'[{"address":1}]', b"x" * 100_000])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "phones.json"
    file.write_bytes(data)
    assert memory.load(file) == []
    assert memory.load(tmp_path / "none") == []


@pytest.mark.parametrize(
    "line",
    [
        "http://192.0.2.9/a.ts",
        "//192.0.2.9/a.ts",
        "file:///etc/passwd",
        '#EXT-X-KEY:METHOD=AES-128,URI="http://192.0.2.9/k"',
        "http://[::1",
    ],
)
def test_a_playlist_must_stay_at_its_host(line: str) -> None:
    address = "http://10.0.0.2:8080/live.m3u8"
    assert is_hls(address)
    require_same_host(address, "#EXTM3U\n#EXTINF:2,\nlive1.ts\n/films/live2.ts\n")
    with pytest.raises(DeviceError):
        require_same_host(address, f"#EXTM3U\n{line}\n")


def test_pictures_of_a_burst_are_held_until_their_turn() -> None:
    pace = BurstPace()
    assert pace.wait_us(0, 1_000_000) == 0
    assert pace.wait_us(100_000, 1_000_000) == 100_000
    assert pace.wait_us(200_000, 1_150_000) == 50_000
    assert pace.wait_us(300_000, 4_000_000) == 0  # it was waited for: a new beginning
    assert pace.wait_us(400_000, 4_000_000) == 100_000
    assert pace.wait_us(900_000_000, 4_200_000) == 0  # a stamp that jumps is not waited for
