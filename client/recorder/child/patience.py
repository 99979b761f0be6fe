"""Opening a device whose driver may hang: the wait ends, so that another device has its turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, Protocol, TypeVar

from client.base.errors import DeviceError
from client.base.text import Text

LIMIT_S = 10.0
"""A local camera opens within 1 to 5 s."""
KEPT_S = 5.0
"""One that opened too late is kept so long: the next try, 2 s later, may take it."""
HANGS = Text("摄像头驱动没有反应", "the camera's driver does not answer")
_ADVICE = Text(
    "请拔下摄像头再插上；也可以换用备用摄像头。",
    "Unplug the camera, plug it in again; or use the spare.",
)


class Closable(Protocol):
    """What is opened here."""

    def close(self) -> None:
        """Let it go."""
        ...


Device = TypeVar("Device", bound=Closable)


class Patient(Generic[Device]):
    """Opens in a thread of its own, one at a time, and waits for it so long and no longer.

    The thread stays: a Windows driver may need the one that opened it.
    """

    def __init__(self, opener: Callable[[], Device], limit_s: float = LIMIT_S) -> None:
        """Prepare; the thread begins with the first opening."""
        self._opener, self._limit_s = opener, limit_s
        self._asked: SimpleQueue[Future[Device]] = SimpleQueue()
        self._pending: Future[Device] | None = None
        self._is_wanted = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def __call__(self) -> Device:
        """Open it, or take what an earlier call waited for in vain; DeviceError where it hangs.

        What the opener raises is raised.
        """
        with self._changed:
            self._is_wanted = True
            self._changed.notify_all()
            pending = self._pending = self._pending or self._ask()
        try:
            return pending.result(self._limit_s)
        except TimeoutError:
            with self._changed:
                if pending.done():
                    return pending.result()
            raise DeviceError(HANGS, _ADVICE) from None
        finally:
            with self._changed:
                self._is_wanted = False
                if pending.done():
                    self._pending = None

    def _ask(self) -> Future[Device]:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="opener", daemon=True)
            self._thread.start()
        made: Future[Device] = Future()
        self._asked.put(made)
        return made

    def _work(self) -> None:
        while True:
            asked = self._asked.get()
            try:
                self._hand_over(asked, self._opener())
            except Exception as error:  # noqa: BLE001 - raised in the thread that asked
                asked.set_exception(error)

    def _hand_over(self, asked: Future[Device], device: Device) -> None:
        """Give it to whoever waits, or will soon; else let it go."""
        with self._changed:
            if self._changed.wait_for(lambda: self._is_wanted, KEPT_S):
                asked.set_result(device)
                return
            self._pending = None
        device.close()
