"""Each microphone once: what stands in the list for something else does not count."""

from __future__ import annotations

import pytest

from client.capture.audio import inputs
from client.capture.audio.inputs import SoundInput, microphones

MME, WASAPI = 0, 2
ARRAY = "麦克风阵列 (Realtek(R) Audio)"
ON_WINDOWS = [
    SoundInput("Microsoft 声音映射器 - Input", "real", 44_100, 0, system=MME),
    SoundInput(ARRAY, "real", 44_100, 1, system=MME),
    SoundInput("麦克风 (USB Audio Device)", "real", 44_100, 2, system=MME),
    SoundInput(ARRAY, "real", 48_000, 9, system=WASAPI),
]
ON_LINUX = [
    SoundInput("HDA Intel PCH: ALC257 (hw:0,0)", "real", 44_100, 0),
    SoundInput("pulse", "real", 44_100, 3),
]
SERVER = [SoundInput("Built-in Audio", "real", 48_000, 3, "alsa_input.pci")]


@pytest.mark.parametrize(
    ("system", "listed", "numbers"),
    [
        ("win32", ON_WINDOWS, [1, 2]),
        ("win32", [], []),
        ("linux", ON_LINUX, [0]),
        ("linux", ON_LINUX[:1] + SERVER, [3]),
        ("linux", [], []),
    ],
)
def test_each_once(monkeypatch, system: str, listed, numbers) -> None:
    monkeypatch.setattr(inputs, "sound_inputs", lambda: listed)
    monkeypatch.setattr(inputs.sys, "platform", system)
    assert [entry.index for entry in microphones()] == numbers
