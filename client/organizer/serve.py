"""`organizer serve`: one uvicorn on one socket; TLS always where others can reach it."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from client.base.errors import BadInputError, OrganizerError
from client.base.files import FileLock
from client.base.serving import AnnouncingServer, listen
from client.base.text import Text
from client.contest.addresses import is_loopback
from client.organizer.api import build_app
from client.organizer.connections import KEEP_ALIVE_SECONDS, PatientProtocol
from client.organizer.folder import OrganizerFolder
from client.organizer.office import open_office
from client.organizer.reports import ReadReport

if sys.platform != "win32":
    import resource

_GRACE_SECONDS = 3
_CONNECTIONS = 16_384


@dataclass(frozen=True)
class Listening:
    """Where a server listens, as it announces it."""

    address: str
    """`http(s)://host:port` of the socket."""
    port: int
    tls: bool
    plan_sha256: str
    key: str
    plan_url: str
    """For `saijian attend --plan`: by the plan's own address, with the key that vouches for it."""

    def line(self) -> str:
        """Return the one JSON line that a parent process waits for."""
        return json.dumps({"event": "listening", **self.__dict__})


def serve(
    folder: OrganizerFolder,
    host: str,
    port: int,
    announce: Callable[[Listening], None],
    read_report: ReadReport,
    *,
    tls: bool = False,
) -> None:
    """Serve until SIGTERM or Ctrl-C; `announce` is called once, when connections are taken.

    Port 0 takes a free one. Off loopback TLS is on whatever `tls` says. BadInputError where no plan
    is published; OrganizerError where the port is taken or the folder is served already.
    """
    _has_plan(folder)
    lock = FileLock(folder.serve_lock)
    if not lock.acquire():
        raise OrganizerError(
            Text(f"{folder.path} 已有一个服务在运行。", f"{folder.path} is being served already."),
            Text("请先结束那个进程。", "End that process first."),
        )
    try:
        tls = tls or not is_loopback(host)
        with _listen(host, port) as listener:
            _run(folder, listener, announce, read_report, tls=tls)
    finally:
        lock.release()


def allow_connections() -> None:
    """Ask for as many open files as this user may have: a venue's computers keep theirs open.

    Two hundred seats with two computers each keep up to three connections a computer; many systems
    begin a process with room for 1024.
    """
    if sys.platform != "win32":
        had, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _CONNECTIONS if most == resource.RLIM_INFINITY else min(most, _CONNECTIONS)
        if 0 <= had < wanted:
            with contextlib.suppress(OSError, ValueError):  # then it goes as far as it goes
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _has_plan(folder: OrganizerFolder) -> None:
    if not folder.plan.exists():
        raise BadInputError(
            Text("还没有发布竞赛方案。", "No contest plan is published yet."),
            Text(
                f"请先运行：saijian organizer plan sign {folder.path} 方案.json",
                f"First run: saijian organizer plan sign {folder.path} PLAN.json",
            ),
        )


def _listen(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        raise OrganizerError(
            Text(f"无法在 {host}:{port} 提供服务。", f"Cannot listen on {host}:{port}."),
            Text(
                "请检查地址是否属于本机、端口是否被占用，或用 --port 0。",
                "Check that the address is this computer's and the port is free, or use --port 0.",
            ),
        ) from error


def _run(
    folder: OrganizerFolder,
    listener: socket.socket,
    announce: Callable[[Listening], None],
    read_report: ReadReport,
    *,
    tls: bool,
) -> None:
    allow_connections()
    office = open_office(folder)
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    published = office.plans.current()
    here = Listening(
        address=f"{'https' if tls else 'http'}://{shown}:{port}",
        port=port,
        tls=tls,
        plan_sha256=published.sha256,
        key=office.public_key,
        plan_url=f"{published.plan.organizer.address.rstrip('/')}/plan#key={office.public_key}",
    )
    config = uvicorn.Config(
        build_app(office, read_report),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        http=PatientProtocol,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ssl_certfile=str(folder.certificate) if tls else None,
        ssl_keyfile=str(folder.certificate_key) if tls else None,
        ws="none",
    )
    AnnouncingServer(config, lambda: announce(here)).run(sockets=[listener])
