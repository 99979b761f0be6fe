"""Which sound inputs there are, and which one a name means."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.audio.portaudio import fresh_portaudio
from client.capture.audio.pulse import PulseSource, default_source, pulse_sources
from client.capture.origin import Origin, origin_of_sound_name

DEFAULT = "default"
_BRIDGES = ("default", "pulse", "pipewire", "sysdefault")
"""ALSA names behind which a sound server chooses the device: never one to show or to judge."""


@dataclass(frozen=True)
class SoundInput:
    """A microphone that can be opened."""

    name: str
    origin: Origin
    rate: int
    """Its own samples a second, 0 where it is not told."""
    index: int | None
    """PortAudio's number; None: whatever PortAudio takes by default."""
    pulse: str | None = None
    """Name of the sound server's source that is to be behind it."""


def sound_inputs() -> list[SoundInput]:
    """Return everything that can be opened: PortAudio's devices, then the sound server's."""
    devices = _portaudio_inputs()
    bridge = _bridge(devices)
    sources = pulse_sources() if bridge is not None else []
    if bridge is None or not sources:
        return devices
    own = [device for device in devices if device.name not in _BRIDGES]
    return own + [_behind(bridge, source) for source in sources]


def find_input(name: str) -> SoundInput:
    """Return the input that `name` means: `default`, an exact name, or the first with that part."""
    wanted = name.casefold()
    inputs = sound_inputs()
    if wanted in _BRIDGES:
        return _default(inputs)
    exact = [i for i in inputs if wanted in (i.name.casefold(), (i.pulse or "").casefold())]
    part = [i for i in inputs if wanted in f"{i.name} {i.pulse or ''}".casefold()]
    if wanted and (exact or part):
        return (exact or part)[0]
    raise _unknown(name, inputs)


def _default(inputs: list[SoundInput]) -> SoundInput:
    """Name the device behind the default, so that the journal does not just say `default`."""
    if not inputs:
        raise _unknown(DEFAULT, inputs)
    behind = [i for i in inputs if i.pulse is not None]
    if behind:
        source = default_source()
        for entry in behind:
            if entry.pulse == source:
                return entry
    info = fresh_portaudio().query_devices(kind="input")
    name = str(info["name"])
    return SoundInput(name, origin_of_sound_name(name), int(info["default_samplerate"]), None)


def _portaudio_inputs() -> list[SoundInput]:
    return [
        SoundInput(
            str(info["name"]),
            origin_of_sound_name(str(info["name"])),
            int(info["default_samplerate"]),
            int(info["index"]),
        )
        for info in fresh_portaudio().query_devices()
        if info["max_input_channels"] > 0
    ]


def _bridge(devices: list[SoundInput]) -> SoundInput | None:
    """Return the PortAudio device that leads to the sound server, on Linux."""
    if sys.platform != "linux":
        return None
    named = {device.name: device for device in devices}
    return next((named[name] for name in ("pulse", "default") if name in named), None)


def _behind(bridge: SoundInput, source: PulseSource) -> SoundInput:
    return SoundInput(source.description, source.origin, source.rate, bridge.index, source.name)


def _unknown(name: str, inputs: list[SoundInput]) -> DeviceError:
    known = "、".join(i.name for i in inputs)
    return DeviceError(
        Text(f"没有找到麦克风“{name}”。", f"There is no microphone “{name}”."),
        Text(
            f"可用的麦克风：{known}。"
            if known
            else "请接上麦克风，并确认系统设置允许本程序使用麦克风。",
            f"Microphones here: {known}."
            if known
            else "Plug a microphone in and allow this program to use it in the system's settings.",
        ),
    )
