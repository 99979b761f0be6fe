"""What PulseAudio (or PipeWire in its place) says of its sources, asked through `pactl`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from client.capture.origin import Origin, origin_of_sound_name

_TIMEOUT = 3.0


@dataclass(frozen=True)
class PulseSource:
    """A source of the sound server."""

    name: str
    """What `PULSE_SOURCE` takes: `alsa_input.usb-…`, or `NAME.monitor` for what a sink plays."""
    description: str
    is_monitor: bool
    rate: int
    """Hz, or 0 where it is not told."""

    @property
    def origin(self) -> Origin:
        """A monitor hears the computer, not the room."""
        if self.is_monitor:
            return "loopback"
        return origin_of_sound_name(f"{self.name} {self.description}")


def pulse_sources() -> list[PulseSource]:
    """Return the server's sources in its order; none where there is no server or no `pactl`."""
    try:
        listing = json.loads(_pactl("-f", "json", "list", "sources") or "[]")
        return [_source(entry) for entry in listing]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def default_source() -> str:
    """Return the name that a process gets which asks for none; empty where it is not known."""
    return named_source() or _pactl("get-default-source").strip()


def named_source() -> str:
    """Return the source that whoever started us named for all programs; empty where none."""
    return os.environ.get("PULSE_SOURCE", "")


def streams_of(process: int) -> dict[int, int]:
    """Return the recording streams of a process: their number to that of their source."""
    try:
        listing = json.loads(_pactl("-f", "json", "list", "source-outputs") or "[]")
        return {
            int(entry["index"]): int(entry["source"])
            for entry in listing
            if entry["properties"].get("application.process.id") == str(process)
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def muted_sources() -> set[int]:
    """Return the numbers of the server's sources that are muted."""
    try:
        listing = json.loads(_pactl("-f", "json", "list", "sources") or "[]")
        return {int(entry["index"]) for entry in listing if entry["mute"] is True}
    except (ValueError, TypeError, KeyError, AttributeError):
        return set()


@contextmanager
def asking_for(source: str | None) -> Iterator[None]:
    """Let the ALSA plugin connect to `source` within the block (it reads `PULSE_SOURCE`)."""
    before = os.environ.get("PULSE_SOURCE")
    if source is not None:
        os.environ["PULSE_SOURCE"] = source
    try:
        yield
    finally:
        if before is not None:
            os.environ["PULSE_SOURCE"] = before
        elif source is not None:
            del os.environ["PULSE_SOURCE"]


def _source(untrusted: dict[str, Any]) -> PulseSource:
    name = str(untrusted["name"])
    monitored = untrusted.get("monitor_source") or untrusted.get("monitor_of_sink")
    specification = str(untrusted.get("sample_specification", "")).split()
    rates = [part[:-2] for part in specification if part.endswith("Hz")]
    return PulseSource(
        name=name,
        description=str(untrusted.get("description") or name),
        is_monitor=bool(monitored) or name.endswith(".monitor"),
        rate=int(rates[0]) if rates and rates[0].isdecimal() else 0,
    )


def _pactl(*words: str) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        answer = subprocess.run(
            ["pactl", *words],
            env=environment,
            capture_output=True,
            timeout=_TIMEOUT,
            check=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout
