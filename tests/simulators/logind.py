"""A logind, a RealtimeKit and a desktop's screen saver on a bus: run by Debian's Python.

It prints a line of JSON for each event and takes commands on its standard input, one a line:
`PrepareForShutdown true`, `PrepareForSleep false`, `refuse sleep`, `lock true`. A lock is held as
with the real one: as long as anybody has the other end of its pipe.

    python3 tests/simulators/logind.py {system|session}
"""

from __future__ import annotations

import json
import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

LOGIN, KIT, SAVER = (
    "org.freedesktop.login1",
    "org.freedesktop.RealtimeKit1",
    "org.freedesktop.ScreenSaver",
)
refused: set[str] = set()


def tell(event: str, *values: object) -> None:
    """Print what happened."""
    sys.stdout.write(json.dumps([event, *values]) + "\n")
    sys.stdout.flush()


class Login(dbus.service.Object):
    """`org.freedesktop.login1.Manager`, as far as recorders use it."""

    @dbus.service.method(f"{LOGIN}.Manager", in_signature="ssss", out_signature="h")
    def Inhibit(self, what: str, who: str, why: str, mode: str) -> object:  # noqa: N802
        """Give the writing end of a pipe; the lock ends when all copies of it are closed."""
        if refused & set(what.split(":")):
            raise dbus.exceptions.DBusException(
                "not for you", name="org.freedesktop.DBus.Error.AccessDenied"
            )
        reading, writing = os.pipe()
        given = dbus.types.UnixFd(writing)
        os.close(writing)
        tell("lock", what, who, why, mode)
        GLib.io_add_watch(reading, GLib.IO_HUP, lambda *_: tell("unlock", what, mode))
        return given

    @dbus.service.signal(f"{LOGIN}.Manager", signature="b")
    def PrepareForShutdown(self, begins: bool) -> None:  # noqa: N802
        """Tell that a shutdown begins, or was cancelled."""

    @dbus.service.signal(f"{LOGIN}.Manager", signature="b")
    def PrepareForSleep(self, begins: bool) -> None:  # noqa: N802
        """Tell that a sleep begins, or is over."""


class Session(dbus.service.Object):
    """`org.freedesktop.login1.Session`: one property."""

    locked = False

    @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="ss", out_signature="v")
    def Get(self, interface: str, name: str) -> object:  # noqa: N802
        """Return `LockedHint`."""
        if (interface, name) != (f"{LOGIN}.Session", "LockedHint"):
            raise dbus.exceptions.DBusException(name)
        return dbus.Boolean(Session.locked)


class Kit(dbus.service.Object):
    """`org.freedesktop.RealtimeKit1`."""

    @dbus.service.method(KIT, in_signature="ti", out_signature="")
    def MakeThreadHighPriority(self, thread: int, nice: int) -> None:  # noqa: N802
        """Take the wish."""
        tell("nice", int(thread), int(nice))


class Saver(dbus.service.Object):
    """`org.freedesktop.ScreenSaver`."""

    @dbus.service.method(SAVER, in_signature="ss", out_signature="u", sender_keyword="sender")
    def Inhibit(self, who: str, why: str, sender: str = "") -> int:  # noqa: N802
        """Promise it for as long as the caller is connected."""
        tell("screen", who, why)
        self.connection.watch_name_owner(sender, lambda owner: owner or tell("screen free"))
        return 7

    active = False

    @dbus.service.method(SAVER, in_signature="", out_signature="b")
    def GetActive(self) -> bool:  # noqa: N802
        """Tell whether the lock screen shows."""
        return Saver.active


def obey(login: Login | None) -> bool:
    """Do what a line of standard input says; the end of it ends us."""
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    what, value = line.split()
    if what == "refuse":
        refused.add(value)
    elif what == "lock":
        Session.locked = Saver.active = value == "true"
    else:
        getattr(login, what)(value == "true")
    return True


def main() -> None:
    """Serve until standard input ends."""
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    names = []
    if sys.argv[1] == "session":
        bus = dbus.SessionBus()
        names.append(dbus.service.BusName(SAVER, bus))
        Saver(bus, "/org/freedesktop/ScreenSaver")
        login = None
    else:
        bus = dbus.SystemBus()
        names += [dbus.service.BusName(name, bus) for name in (LOGIN, KIT)]
        login = Login(bus, "/org/freedesktop/login1")
        Kit(bus, "/org/freedesktop/RealtimeKit1")
        Session(bus, "/org/freedesktop/login1/session/auto")
    GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, lambda *_: obey(login))
    tell("ready")
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
