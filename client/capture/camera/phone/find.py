"""Looks for cameras in this computer's own networks: bounded in time, in places, in connections."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from client.base.text import Text
from client.capture.camera.phone.apps import APPS, SCHEMES, App, Kind, ports
from client.capture.camera.phone.ask import CONNECT_S, picture_at
from client.capture.camera.phone.nets import Net, neighbours

LIMIT_S = 10.0
AT_ONCE = 128
"""Connections under way at any moment."""


@dataclass(frozen=True)
class Found:
    """A camera that showed a picture, or asks for a password."""

    address: str
    """The whole address to use; with a password, that is still to be put in."""
    app: Text
    kind: Kind
    width: int
    height: int
    locked: bool
    mac: str
    """Hardware address, empty where unknown."""
    gateway: bool
    """It is what this computer is connected through: by cable or the phone's own hotspot."""


@dataclass
class Search:
    """What came of it, and how far it got."""

    found: list[Found] = field(default_factory=list)
    looked_at: int = 0
    """Addresses, of `places`."""
    places: int = 0
    alive: int = 0
    complete: bool = False
    """False where the time was over before."""


Watcher = Callable[[Search], None]


def find(
    nets: Sequence[Net],
    apps: tuple[App, ...] = APPS,
    saw: Watcher = lambda _: None,
    limit_s: float = LIMIT_S,
) -> Search:
    """Look at every address of `nets`; `saw` is told of each step. Ends after `limit_s`.

    The first port is knocked at everywhere. The others only where somebody is: who answered, or
    whose hardware address became known.
    """
    return asyncio.run(_Looking(nets, apps, saw).run(limit_s))


class _Looking:
    def __init__(self, nets: Sequence[Net], apps: tuple[App, ...], saw: Watcher) -> None:
        self._nets = nets
        self._apps = apps
        self._saw = saw
        self._doors = asyncio.Semaphore(AT_ONCE)
        self._search = Search()

    async def run(self, limit_s: float) -> Search:
        hosts = list(dict.fromkeys(host for net in self._nets for host in net.hosts()))
        self._search.places = len(hosts)
        first, *others = ports(self._apps)
        try:
            async with asyncio.timeout(limit_s):
                answers = await asyncio.gather(*(self._first(host, first) for host in hosts))
                known = neighbours()
                alive = [
                    host
                    for host, answered in zip(hosts, answers, strict=True)
                    if answered or str(host) in known
                ]
                self._search.alive = len(alive)
                self._saw(self._search)
                pairs = [(host, port) for port in others for host in alive]
                await asyncio.gather(*(self._look(host, port) for host, port in pairs))
                self._search.complete = True
        except TimeoutError:
            pass
        return self._search

    async def _first(self, host: ipaddress.IPv4Address, port: int) -> bool:
        answered = await self._look(host, port)
        self._search.looked_at += 1
        self._saw(self._search)
        return answered

    async def _look(self, host: ipaddress.IPv4Address, port: int) -> bool:
        """Return whether anybody is at `host`; what serves a picture at `port` is noted."""
        async with self._doors:
            try:
                async with asyncio.timeout(CONNECT_S):
                    _, writer = await asyncio.open_connection(str(host), port)
            except ConnectionRefusedError:
                return True
            except (OSError, TimeoutError):
                return False
            writer.transport.abort()
            await self._ask(host, port)
            return True

    async def _ask(self, host: ipaddress.IPv4Address, port: int) -> None:
        for app in self._apps:
            for path in app.paths if app.port == port else ():
                picture = await picture_at(str(host), port, path, app.kind)
                if picture is None:
                    continue
                self._search.found.append(
                    Found(
                        address=f"{SCHEMES[app.kind]}://{host}:{port}{path}",
                        app=app.name,
                        kind=app.kind,
                        width=picture.width,
                        height=picture.height,
                        locked=picture.locked,
                        mac=neighbours().get(str(host), ""),
                        gateway=any(host in net.gateways for net in self._nets),
                    )
                )
                self._saw(self._search)
                return
