"""D-Bus by libsystemd's sd-bus (or elogind's), which is there wherever logind is: no package more.

A connection belongs to one thread. Signals come out of `signals`; nothing is called back.
Source: systemd's manual, sd-bus(3).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
from collections.abc import Iterator
from ctypes import POINTER, Structure, byref, c_char, c_char_p, c_int, c_uint64, c_void_p
from functools import lru_cache
from typing import NamedTuple

LIBRARIES = ("libsystemd.so.0", "libelogind.so.0")
CALL_TAKES_US = 3_000_000
"""So long an answer is waited for; a service that is started for us may take some of it."""

_NUMBERS = {"b": c_int, "i": ctypes.c_int32, "u": ctypes.c_uint32, "t": c_uint64, "h": c_int}
_BUS, _MESSAGE = c_void_p, c_void_p


class BusError(OSError):
    """No bus, no such service, or it refused."""


class Peer(NamedTuple):
    """One interface of one object of one service."""

    service: str
    path: str
    interface: str


DAEMON = Peer("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


class _Error(Structure):
    """sd_bus_error."""

    _fields_ = (("name", c_char_p), ("message", c_char_p), ("need_free", c_int))


_SIGNATURES = {
    "sd_bus_open_system": (POINTER(_BUS),),
    "sd_bus_open_user": (POINTER(_BUS),),
    "sd_bus_message_new_method_call": (_BUS, POINTER(_MESSAGE), *[c_char_p] * 4),
    "sd_bus_message_append_basic": (_MESSAGE, c_char, c_void_p),
    "sd_bus_message_read_basic": (_MESSAGE, c_char, c_void_p),
    "sd_bus_message_is_signal": (_MESSAGE, c_char_p, c_char_p),
    "sd_bus_call": (_BUS, _MESSAGE, c_uint64, POINTER(_Error), POINTER(_MESSAGE)),
    "sd_bus_get_property_trivial": (_BUS, *[c_char_p] * 4, POINTER(_Error), c_char, c_void_p),
    "sd_bus_process": (_BUS, POINTER(_MESSAGE)),
    "sd_bus_get_fd": (_BUS,),
}
_ENDINGS = {
    "sd_bus_flush_close_unref": (_BUS,),
    "sd_bus_message_unref": (_MESSAGE,),
    "sd_bus_error_free": (POINTER(_Error),),
}


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """Return sd-bus; BusError where there is none."""
    for name in LIBRARIES:
        with contextlib.suppress(OSError, AttributeError):
            loaded = ctypes.CDLL(name)
            for function, arguments in _SIGNATURES.items():
                getattr(loaded, function).argtypes = arguments
            for function, arguments in _ENDINGS.items():
                getattr(loaded, function).argtypes = arguments
                getattr(loaded, function).restype = None
            return loaded
    raise BusError("no libsystemd")


def checked(result: int) -> int:
    """Return what sd-bus returned; BusError for its negative error numbers."""
    if result < 0:
        raise BusError(-result, os.strerror(-result))
    return result


class Bus:
    """A connection to the system's or the session's bus."""

    def __init__(self, *, of_session: bool = False) -> None:
        """Connect; BusError where there is none."""
        self.sd = library()
        self.handle = _BUS()
        opens = self.sd.sd_bus_open_user if of_session else self.sd.sd_bus_open_system
        checked(opens(byref(self.handle)))

    def close(self) -> None:
        """Send what waits, then leave."""
        self.sd.sd_bus_flush_close_unref(self.handle)
        self.handle = _BUS()

    def call(
        self, peer: Peer, member: str, signature: str, *values: str | int, answer: str = ""
    ) -> int:
        """Call a method and return its first result, a number of the type `answer`, 0 without.

        A file descriptor (`h`) is the caller's to close. BusError when it is refused or too slow.
        """
        message, reply, error = _MESSAGE(), _MESSAGE(), _Error()
        names = (*peer, member)
        checked(
            self.sd.sd_bus_message_new_method_call(
                self.handle, byref(message), *(name.encode() for name in names)
            )
        )
        try:
            for kind, value in zip(signature, values, strict=True):
                self.append(message, kind, value)
            result = self.sd.sd_bus_call(
                self.handle, message, CALL_TAKES_US, byref(error), byref(reply)
            )
            if result < 0:
                said = (error.message or error.name or b"").decode("utf-8", "replace")
                raise BusError(-result, said or os.strerror(-result))
            number = self.read(reply, answer) if answer else 0
            return os.dup(number) if answer == "h" else number
        finally:
            self.sd.sd_bus_error_free(byref(error))
            self.sd.sd_bus_message_unref(message)
            self.sd.sd_bus_message_unref(reply)

    def truth(self, peer: Peer, name: str) -> bool:
        """Return a property that is true or false. BusError when it is refused or too slow."""
        value, error = c_int(), _Error()
        names = (each.encode() for each in (*peer, name))
        try:
            checked(
                self.sd.sd_bus_get_property_trivial(
                    self.handle, *names, byref(error), b"b", byref(value)
                )
            )
        finally:
            self.sd.sd_bus_error_free(byref(error))
        return bool(value.value)

    def append(self, message: c_void_p, kind: str, value: str | int) -> None:
        """Append a string or a number to a message."""
        if isinstance(value, str):
            text = c_char_p(value.encode())
            checked(self.sd.sd_bus_message_append_basic(message, kind.encode(), text))
        else:
            number = _NUMBERS[kind](value)
            checked(self.sd.sd_bus_message_append_basic(message, kind.encode(), byref(number)))

    def read(self, message: c_void_p, kind: str) -> int:
        """Return the next value of a message, a number."""
        number = _NUMBERS[kind]()
        checked(self.sd.sd_bus_message_read_basic(message, kind.encode(), byref(number)))
        return int(number.value)

    def listen(self, peer: Peer, member: str) -> None:
        """Have the signals `member` of `peer` sent to us."""
        service, path, interface = peer
        rule = f"type='signal',sender='{service}',path='{path}'"
        rule += f",interface='{interface}',member='{member}'"
        self.call(DAEMON, "AddMatch", "s", rule)

    def signals(
        self, peer: Peer, members: tuple[str, ...], until: int
    ) -> Iterator[tuple[str, bool]]:
        """Yield each signal of `members`, with the truth value that it carries.

        Ends once the file `until` can be read. BusError when the bus goes away.
        """
        ours = checked(self.sd.sd_bus_get_fd(self.handle))
        while True:
            message = _MESSAGE()
            if not checked(self.sd.sd_bus_process(self.handle, byref(message))):
                if until in select.select([ours, until], [], [])[0]:
                    return
                continue
            if message.value is None:
                continue
            try:
                for member in members:
                    if self.is_signal(message, peer, member):
                        yield member, bool(self.read(message, "b"))
            finally:
                self.sd.sd_bus_message_unref(message)

    def is_signal(self, message: c_void_p, peer: Peer, member: str) -> bool:
        """Tell whether a message is this signal."""
        named = self.sd.sd_bus_message_is_signal(message, peer.interface.encode(), member.encode())
        return bool(checked(named))
