"""Which sound inputs there are, and which one a name means."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from client.base.errors import DeviceError
from client.base.text import Text
from client.capture.audio.portaudio import in_portaudio, look_anew
from client.capture.audio.pulse import default_source, named_source, pulse_sources
from client.capture.origin import Origin, origin_of_sound_name

DEFAULT = "default"
BRIDGES = ("default", "pulse", "pipewire", "sysdefault")
"""ALSA names behind which a sound server chooses the device: never one to show or to judge."""
_MAPPER = " - Input"
"""How PortAudio calls what stands for the default input on Windows; no device of its own."""


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
    system: int = 0
    """PortAudio's number of the sound system it goes by: Windows has four, ALSA is one."""


def sound_inputs() -> list[SoundInput]:
    """Return everything that can be opened: PortAudio's devices, then the sound server's."""
    devices = _portaudio_inputs()
    bridge = _bridge(devices)
    sources = pulse_inputs(bridge.index) if bridge is not None else []
    if not sources:
        return devices
    return [device for device in devices if device.name not in BRIDGES] + sources


def pulse_inputs(bridge: int | None) -> list[SoundInput]:
    """Return the sound server's sources, to be opened by PortAudio's device `bridge`."""
    return [SoundInput(s.description, s.origin, s.rate, bridge, s.name) for s in pulse_sources()]


def microphones() -> list[SoundInput]:
    """Return each input once, not once for each of Windows' four sound systems."""
    inputs = sound_inputs()
    if sys.platform == "win32":
        first = min((entry.system for entry in inputs), default=0)
        own = [entry for entry in inputs if entry.system == first]
        return [entry for entry in own if not entry.name.endswith(_MAPPER)]
    behind = [entry for entry in inputs if entry.pulse is not None]
    return behind or [entry for entry in inputs if entry.name not in BRIDGES]


def find_input(name: str) -> SoundInput:
    """Return the input that `name` means: `default`, an exact name, or the first with that part."""
    return find_among(name, sound_inputs())


def find_among(name: str, inputs: list[SoundInput]) -> SoundInput:
    """Return the one of `inputs` that `name` means."""
    wanted = name.casefold()
    if wanted in BRIDGES:
        return _default(inputs)
    exact = [i for i in inputs if wanted in (i.name.casefold(), (i.pulse or "").casefold())]
    part = [i for i in inputs if wanted in f"{i.name} {i.pulse or ''}".casefold()]
    if wanted and (exact or part):
        return (exact or part)[0]
    raise _unknown(name, inputs)


def _default(inputs: list[SoundInput]) -> SoundInput:
    """Name the device behind the default, so that the journal does not just say `default`.

    What the computer itself plays is no microphone: it is taken only where the person named it.
    """
    found = _system_default(inputs)
    is_named = found is not None and found.pulse is not None and found.pulse == named_source()
    if found is not None and (is_named or found.origin != "loopback"):
        return found
    microphones = [entry for entry in inputs if entry.origin != "loopback"]
    named = [entry for entry in microphones if entry.name not in BRIDGES]
    if named:
        return min(named, key=lambda entry: (entry.origin != "real", entry.pulse is None))
    if inputs:
        raise DeviceError(NO_MICROPHONE, _ONLY_PLAYED)
    raise _unknown(DEFAULT, inputs)


def _system_default(inputs: list[SoundInput]) -> SoundInput | None:
    behind = {entry.pulse: entry for entry in inputs if entry.pulse is not None}
    if behind:
        return behind.get(default_source())
    if not any(entry.index is not None for entry in inputs):
        return inputs[0] if inputs else None  # DirectShow tells no default
    number = in_portaudio(_default_number)
    return next((entry for entry in inputs if entry.index == number), None)


def _default_number(library: Any) -> int | None:  # noqa: ANN401 - sounddevice ships no types
    try:
        return int(library.query_devices(kind="input")["index"])
    except library.PortAudioError:
        return None


def _portaudio_inputs() -> list[SoundInput]:
    return in_portaudio(lambda library: _inputs_of(look_anew(library)))


def _inputs_of(library: Any) -> list[SoundInput]:  # noqa: ANN401 - sounddevice ships no types
    return [
        SoundInput(
            str(info["name"]),
            origin_of_sound_name(str(info["name"])),
            int(info["default_samplerate"]),
            int(info["index"]),
            system=int(info["hostapi"]),
        )
        for info in library.query_devices()
        if info["max_input_channels"] > 0
    ]


def _bridge(devices: list[SoundInput]) -> SoundInput | None:
    """Return the PortAudio device that leads to the sound server, on Linux."""
    if sys.platform != "linux":
        return None
    named = {device.name: device for device in devices}
    return next((named[name] for name in ("pulse", "default") if name in named), None)


NO_MICROPHONE = Text(
    "没有麦克风：系统的默认录音设备是扬声器的声音。",
    "There is no microphone: the system's default records what the loudspeaker plays.",
)
_ONLY_PLAYED = Text(
    "请接上麦克风，或在系统设置里把默认录音设备改为麦克风。",
    "Plug a microphone in, or choose one as default in the system's sound settings.",
)


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
