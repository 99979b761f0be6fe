"""Whether Windows has muted a microphone: its Core Audio, called through tables of functions.

Only the few methods that are needed (mmdeviceapi.h, endpointvolume.h, propsys.h). COM itself is
handed in, so that the calls can be made against tables that a test has built.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_int, c_long, c_uint, c_uint32, c_void_p
from typing import Any, Protocol
from uuid import UUID

EVERY_S = 0.5
CUT = 31
"""Letters of a name that PortAudio has from MME (MAXPNAMELEN without its end)."""
MAPPERS = ("sound mapper", "声音映射器", "primary sound capture", "主声音捕获")
"""Parts of names, in lower case, behind which Windows chooses the default device."""

_CAPTURE, _CONSOLE, _ACTIVE, _READ, _EVERYWHERE, _STRING = 1, 0, 1, 0, 23, 31
_RELEASE = 2
_ENUMERATE, _DEFAULT = 3, 4
_COUNT, _ITEM = 3, 4
_ACTIVATE, _PROPERTIES = 3, 4
_VALUE = 5
_MUTED = 15
_METHOD: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)


class Guid(ctypes.Structure):
    """GUID."""

    _fields_ = (("bytes", ctypes.c_ubyte * 16),)

    @classmethod
    def of(cls, text: str) -> Guid:
        """Return the one that is written so."""
        return cls.from_buffer_copy(UUID(text).bytes_le)


class PropertyKey(ctypes.Structure):
    """PROPERTYKEY."""

    _fields_ = (("set", Guid), ("number", c_uint32))


class PropertyValue(ctypes.Structure):
    """PROPVARIANT, of which only strings are read."""

    _fields_ = (("type", ctypes.c_uint16), ("_", ctypes.c_uint16 * 3), ("value", c_void_p * 2))


ENUMERATOR_CLASS = Guid.of("BCDE0395-E52F-467C-8E3D-C4579291692E")
ENUMERATOR = Guid.of("A95664D2-9614-4F35-A746-DE8DB63617E6")
VOLUME = Guid.of("5CDF2C82-841E-4546-9722-0CF74078229A")
NAME = PropertyKey(Guid.of("A45C254E-DF1C-4EFD-8020-67D146A850E0"), 14)


class Com(Protocol):
    """What of COM is needed; calls belong to the thread that made it."""

    def enumerator(self) -> int:
        """Return a new IMMDeviceEnumerator; OSError where there is none."""
        ...

    def clear(self, value: PropertyValue) -> None:
        """Free what a value points to."""
        ...

    def close(self) -> None:
        """Leave COM."""
        ...


def is_muted(com: Com, name: str) -> bool:
    """Tell whether Windows has muted the microphone that PortAudio or DirectShow calls `name`.

    False for one that it does not know. Raises OSError where Core Audio does.
    """
    with _held(com.enumerator()) as devices, _found(com, devices, name) as device:
        if not device:
            return False
        volume = _made(device, _ACTIVATE, POINTER(Guid), c_uint32, c_void_p)(
            byref(VOLUME), _EVERYWHERE, None
        )
        with _held(volume) as held:
            muted = c_int()
            _call(held, _MUTED, POINTER(c_int))(byref(muted))
            return bool(muted.value)


@contextmanager
def _found(com: Com, devices: int, name: str) -> Iterator[int]:
    """Give the device of that name, or 0."""
    if any(part in name.casefold() for part in MAPPERS):
        with _held(_made(devices, _DEFAULT, c_int, c_int)(_CAPTURE, _CONSOLE)) as device:
            yield device
        return
    with _held(_made(devices, _ENUMERATE, c_int, c_uint32)(_CAPTURE, _ACTIVE)) as all_of_them:
        count = c_uint()
        _call(all_of_them, _COUNT, POINTER(c_uint))(byref(count))
        for number in range(count.value):
            with _held(_made(all_of_them, _ITEM, c_uint)(number)) as device:
                if is_called(name, _name_of(com, device)):
                    yield device
                    return
    yield 0


def is_called(name: str, whole: str) -> bool:
    """Tell whether `name` is `whole`, or what MME leaves of it."""
    return name == whole or (len(name) == CUT and whole.startswith(name))


def _name_of(com: Com, device: int) -> str:
    with _held(_made(device, _PROPERTIES, c_uint32)(_READ)) as properties:
        value = PropertyValue()
        _call(properties, _VALUE, POINTER(PropertyKey), POINTER(PropertyValue))(
            byref(NAME), byref(value)
        )
        try:
            pointer = value.value[0]
            return ctypes.wstring_at(pointer) if value.type == _STRING and pointer else ""
        finally:
            com.clear(value)


def _call(pointer: int, number: int, *types: Any) -> Callable[..., None]:  # noqa: ANN401 - ctypes
    """Return what calls method `number` of the object; OSError where that fails."""
    table = ctypes.cast(pointer, POINTER(POINTER(c_void_p)))[0]
    method = _METHOD(c_long, c_void_p, *types)(table[number])

    def call(*values: object) -> None:
        result = method(pointer, *values)
        if result < 0:
            raise OSError(f"Core Audio: 0x{result & 0xFFFFFFFF:08X}")

    return call


def _made(pointer: int, number: int, *types: Any) -> Callable[..., int]:  # noqa: ANN401 - the same
    """Return what calls a method that makes an object: its last parameter is where to."""

    def call(*values: object) -> int:
        made = c_void_p()
        _call(pointer, number, *types, POINTER(c_void_p))(*values, byref(made))
        if not made.value:
            raise OSError("Core Audio: nothing")
        return made.value

    return call


@contextmanager
def _held(pointer: int) -> Iterator[int]:
    """Give an object and release it."""
    try:
        yield pointer
    finally:
        table = ctypes.cast(pointer, POINTER(POINTER(c_void_p)))[0]
        _METHOD(c_uint32, c_void_p)(table[_RELEASE])(pointer)


class MuteWatch:
    """Asks twice a second in a thread of its own: Core Audio waits for drivers."""

    def __init__(self, name: str, make_com: Callable[[], Com]) -> None:
        """Begin to ask for the microphone `name`."""
        self._name, self._make_com = name, make_com
        self._closed = threading.Event()
        self.is_muted = False
        self._thread = threading.Thread(target=self._ask, name="mute-watch", daemon=True)
        self._thread.start()

    def is_moved(self) -> bool:
        """Return False: Windows moves no stream to another microphone."""
        return False

    def close(self) -> None:
        """Stop asking; waits a second at most."""
        self._closed.set()
        self._thread.join(1.0)

    def _ask(self) -> None:
        try:
            com = self._make_com()
        except OSError:
            return
        try:
            while not self._closed.is_set():
                self._look(com)
                self._closed.wait(EVERY_S)
        finally:
            com.close()

    def _look(self, com: Com) -> None:
        try:
            self.is_muted = is_muted(com, self._name)
        except OSError:  # the sound service restarts, a device was just unplugged
            self.is_muted = False


if sys.platform == "win32":
    _ole = ctypes.OleDLL("ole32")

    class WindowsCom:
        """See `Com`."""

        def __init__(self) -> None:
            """Enter COM in this thread, for any thread's objects."""
            _ole.CoInitializeEx(None, 0)

        def enumerator(self) -> int:
            """Return a new IMMDeviceEnumerator."""
            made = c_void_p()
            _ole.CoCreateInstance(
                byref(ENUMERATOR_CLASS), None, _EVERYWHERE, byref(ENUMERATOR), byref(made)
            )
            return made.value or 0

        def clear(self, value: PropertyValue) -> None:
            """Free what a value points to."""
            _ole.PropVariantClear(byref(value))

        def close(self) -> None:
            """Leave COM."""
            ctypes.windll.ole32.CoUninitialize()
