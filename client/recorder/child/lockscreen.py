"""Is the computer locked? On Linux logind and the desktop's lock screens tell, over D-Bus.

Nothing is started by asking. Source: systemd's manual, org.freedesktop.login1(5), LockedHint.
"""

from __future__ import annotations

import logging

from client.recorder.child.bus import DAEMON, Bus, BusError, Peer

SESSION = Peer(
    "org.freedesktop.login1",
    "/org/freedesktop/login1/session/auto",
    "org.freedesktop.login1.Session",
)
HINT = "LockedHint"
SAVERS = tuple(
    Peer(f"org.{who}.ScreenSaver", f"/org/{who}/ScreenSaver", f"org.{who}.ScreenSaver")
    for who in ("freedesktop", "gnome", "cinnamon", "mate", "xfce")
)

log = logging.getLogger(__name__)


class LockScreen:
    """Asks from one thread; who does not answer is not asked again."""

    def __init__(self) -> None:
        """Connect to the buses that are there, and see who can tell."""
        self._system = _bus(of_session=False)
        self._session = _bus(of_session=True)
        self._savers = [peer for peer in SAVERS if self._is_there(peer)]

    def is_on(self) -> bool:
        """Tell whether anybody says that the computer is locked."""
        return self._hint() or any(map(self._is_active, tuple(self._savers)))

    def close(self) -> None:
        """Leave the buses."""
        for bus in (self._system, self._session):
            if bus is not None:
                bus.close()
        self._system = self._session = None

    def _is_there(self, peer: Peer) -> bool:
        if self._session is None:
            return False
        try:
            owned = self._session.call(DAEMON, "NameHasOwner", "s", peer.service, answer="b")
            return bool(owned) and self._session.call(peer, "GetActive", "", answer="b") >= 0
        except BusError as error:
            log.info("%s does not tell: %s", peer.service, error)
            return False

    def _is_active(self, peer: Peer) -> bool:
        try:
            return self._session is not None and bool(
                self._session.call(peer, "GetActive", "", answer="b")
            )
        except BusError:
            self._savers.remove(peer)
            return False

    def _hint(self) -> bool:
        if self._system is None:
            return False
        try:
            return self._system.truth(SESSION, HINT)
        except BusError as error:
            log.info("logind does not tell: %s", error)
            self._system.close()
            self._system = None
            return False


def _bus(*, of_session: bool) -> Bus | None:
    try:
        return Bus(of_session=of_session)
    except BusError as error:
        log.info("no bus: %s", error)
        return None
