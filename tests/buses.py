"""A system bus and a session bus of our own; a logind and a screen saver that tell what they hear.

with buses() as bus:
    run("saijian", "record", env={**os.environ, **bus.environment})
    bus.system.await_event("lock")
    bus.system.command("PrepareForShutdown true")
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.devices import NotReadyError, running

PATIENCE = 20.0
SIMULATOR = Path(__file__).parent / "simulators" / "logind.py"
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


class Service:
    """The simulator on one bus: its events so far, and a way to command it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._news = threading.Condition()
        self._events: list[tuple[float, list[Any]]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._events.append((time.monotonic(), json.loads(line)))
                self._news.notify_all()

    def events(self, name: str) -> list[list[Any]]:
        """Return what came of one kind, each without its name."""
        with self._news:
            return [values[1:] for _, values in self._events if values[0] == name]

    def await_event(self, *beginning: Any, times: int = 1) -> float:
        """Wait until events that begin so came `times` times; return when the last one did."""

        def moments() -> list[float]:
            size = len(beginning)
            return [at for at, values in self._events if values[:size] == list(beginning)]

        with self._news:
            came = self._news.wait_for(lambda: len(moments()) >= times, PATIENCE)
            assert came, f"no {beginning}: {self._events}"
            return moments()[times - 1]

    def command(self, line: str) -> float:
        """Command the simulator; return when."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return time.monotonic()


@dataclass(frozen=True)
class Buses:
    """Both buses, with what is on them."""

    environment: dict[str, str]
    system: Service
    session: Service


@contextlib.contextmanager
def buses() -> Iterator[Buses]:
    """Start both; at the end nothing of them is left."""
    with contextlib.ExitStack() as started:
        home = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="saijian-bus-")))
        environment = {}
        for kind in ("system", "session"):
            socket, config = home / kind, home / f"{kind}.conf"
            config.write_text(_CONFIG.format(socket=socket))
            started.enter_context(running("dbus-daemon", f"--config-file={config}", "--nofork"))
            environment[f"DBUS_{kind.upper()}_BUS_ADDRESS"] = f"unix:path={socket}"
            _await(socket)
        services = [
            started.enter_context(_service(kind, environment)) for kind in ("system", "session")
        ]
        yield Buses(environment, *services)


@contextlib.contextmanager
def _service(kind: str, environment: dict[str, str]) -> Iterator[Service]:
    with subprocess.Popen(
        ["/usr/bin/python3", str(SIMULATOR), kind],
        env={"PATH": os.environ["PATH"], **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            service = Service(process)
            service.await_event("ready")
            yield service
        finally:
            process.terminate()
            process.wait(PATIENCE)
            service._reader.join(PATIENCE)


def _await(socket: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not socket.exists():
        if time.monotonic() > deadline:
            raise NotReadyError("dbus-daemon")
        time.sleep(0.02)
