"""The window's side of the coach: feeds its process, walks through the steps, survives its death.

One thread talks to the process, one enters reports and ends a process that hangs. Whatever happens
to it, 先继续 comes after 45 s.
"""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from client.base.job import helper
from client.base.process import own_command
from client.identity.faults import Fault
from client.identity.messages import Begin, Look, Ready, Seen, read, write
from client.identity.outcome import Document, Enrolled, Outcome
from client.identity.steps import TABLE, Needs, Step, Walk

EVERY_S = 1.0
"""Between two pictures; after one that took longer, a quarter of that."""
ANSWERS_S = 15.0
"""A process that is silent for so long hangs, and is ended."""
LOADS_S = 60.0
AGAIN_S, MOST_WAITS = 2.0, 8
"""Before a dead process is started again; so many times as long when it dies again and again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What a step came to, for the journal: `lacking` is what its last picture lacked."""

    step: Step
    accepted: bool
    read: Outcome | None
    lacking: Fault | None


@dataclass(frozen=True)
class Coaching:
    """The identity check at one moment, as a page draws it."""

    walk: Walk
    may_skip: bool
    is_working: bool
    """Whether the process answers; without it only 先继续 leads on."""
    card: tuple[tuple[float, float], ...] = ()
    """Where the document is, as parts of width and height; empty while unknown."""
    document: Document = Document.CARD


@dataclass(frozen=True)
class Surroundings:
    """What the coach is given: all may be called from its thread."""

    picture: Callable[[], bytes | None]
    """The newest whole picture of the camera, a JPEG, once."""
    level: Callable[[], float]
    report: Callable[[Report], None]
    """Enters what a step came to; may raise, and is then asked again."""


class Coach:
    """Safe from any thread. `close` ends its process and forgets who is enrolled."""

    def __init__(
        self,
        steps: tuple[Step, ...],
        enrolled: Enrolled,
        around: Surroundings,
        command: tuple[str, ...] | None = None,
    ) -> None:
        """Start; `command` is another way to start the process, for tests."""
        self._around = around
        self._enrolled = enrolled
        self._command = command or tuple(own_command("coach"))
        self._lock = threading.Lock()
        self._walk = Walk(steps, since_s=time.monotonic())
        self._document = Document.CARD
        self._seen: Seen | None = None
        self._working = False
        self._process: subprocess.Popen[bytes] | None = None
        self._due_s = float("inf")
        """When the process is taken to hang."""
        self._unsaid: list[Report] = []
        self._closing = threading.Event()
        self._is_leaving = False
        self._in_vain = 0
        """Starts since the last answer."""
        self._threads = [
            threading.Thread(target=work, name=f"coach {work.__name__}", daemon=True)
            for work in (self._run, self._tend)
        ]
        for thread in self._threads:
            thread.start()

    def view(self) -> Coaching:
        """Return the present moment."""
        with self._lock:
            walk, seen = self._walk, self._seen
            return Coaching(
                walk,
                walk.may_skip(time.monotonic()),
                self._working,
                seen.card if seen is not None else (),
                self._document,
            )

    def skip(self) -> None:
        """先继续: go on without this step, where that is offered."""
        with self._lock:
            self._moved(self._walk.skip(time.monotonic()))

    def again(self, document: Document | None = None) -> None:
        """Begin with the first step again, with another kind of document where one is given."""
        with self._lock:
            self._document = document or self._document
            self._walk = self._walk.again(time.monotonic())
            self._seen = None

    def leave(self) -> None:
        """End the process now, and all once the steps left over are reported as not reached."""
        with self._lock:
            while (step := self._walk.step) is not None:
                self._report(step, self._walk.lacking, accepted=False)
                self._walk = self._walk.left(time.monotonic())
            self._is_leaving = True
        self._end_process()

    def close(self) -> None:
        """End the process and both threads."""
        self._closing.set()
        self._end_process()
        for thread in self._threads:
            thread.join(5.0)

    def _end_process(self) -> None:
        with self._lock:
            process, self._enrolled = self._process, Enrolled()
        if process is not None:
            process.kill()

    def _report(self, step: Step, lacking: Fault | None, *, accepted: bool) -> None:
        reads = Needs.READ in TABLE[step].needs
        read = self._seen.read if reads and self._seen is not None else None
        self._unsaid.append(Report(step, accepted, read, lacking))

    def _moved(self, walk: Walk) -> None:
        """Take `walk`; called with the lock held. A step that is over is reported."""
        before, self._walk = self._walk, walk
        if walk.at == before.at or before.step is None:
            return
        accepted = len(walk.skipped) == len(before.skipped)
        lacking = None if accepted else before.lacking
        self._report(before.step, lacking, accepted=accepted)

    # ---- threads -------------------------------------------------------------------------------
    def _tend(self) -> None:
        """Enter reports, and end a process that hangs."""
        while not self._closing.wait(0.2):
            self._say()
            with self._lock:
                if self._is_leaving and not self._unsaid:
                    self._closing.set()
                hangs = time.monotonic() > self._due_s
                process = self._process
            if hangs and process is not None:
                log.warning("the coach hangs and is ended")
                process.kill()

    def _say(self) -> None:
        with self._lock:
            unsaid, self._unsaid = self._unsaid, []
        for place, report in enumerate(unsaid):
            try:
                self._around.report(report)
            except Exception as error:  # noqa: BLE001 - the recorder may be coming back
                log.warning("a step is not in the journal yet: %s", type(error).__name__)
                with self._lock:
                    self._unsaid = [*unsaid[place:], *self._unsaid]
                return

    def _run(self) -> None:
        while not self._is_over():
            try:
                with helper(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                ) as process:
                    try:
                        self._serve(process)
                    finally:
                        process.kill()  # it has nothing to save
            except (OSError, EOFError, ValueError) as error:
                log.warning("the coach ended: %s", type(error).__name__)
            with self._lock:
                self._working, self._process, self._due_s = False, None, float("inf")
                self._seen = None
            self._in_vain += 1
            self._closing.wait(AGAIN_S * min(self._in_vain, MOST_WAITS))

    def _serve(self, process: subprocess.Popen[bytes]) -> None:
        """Feed it until it is not needed any more or fails."""
        pipe, answers = process.stdin, process.stdout
        if pipe is None or answers is None:
            return
        with self._lock:
            self._process, self._due_s = process, time.monotonic() + LOADS_S
            begin = Begin(name=self._enrolled.name, document=self._enrolled.document)
        if self._is_over():
            return
        write(pipe, begin)
        answer, _ = read(answers)
        while isinstance(answer, Ready | Seen) and not self._is_over():
            with self._lock:
                self._working, self._due_s = True, float("inf")
            began = time.monotonic()
            look, jpeg = self._next()
            if look is None:
                continue
            with self._lock:
                self._due_s = time.monotonic() + ANSWERS_S
            write(pipe, look, jpeg)
            answer, _ = read(answers)
            if isinstance(answer, Seen):
                self._take(look, answer)
            took = time.monotonic() - began
            self._closing.wait(max(EVERY_S - took, min(took, EVERY_S) / 4))

    def _is_over(self) -> bool:
        return self._closing.is_set() or self._is_leaving

    def _next(self) -> tuple[Look | None, bytes]:
        """Return what to judge; None where there is nothing at the moment."""
        with self._lock:
            step, document = self._walk.step, self._document
        jpeg = self._around.picture() if step is not None else None
        if step is None or jpeg is None:
            self._closing.wait(0.1)
            return None, b""
        level = self._around.level()
        return Look(step=step, document=document, level=level, size=len(jpeg)), jpeg

    def _take(self, look: Look, seen: Seen) -> None:
        with self._lock:
            is_of_now = self._walk.step is look.step and self._document is look.document
            if not is_of_now:  # the person pressed a button meanwhile
                return
            self._seen, self._in_vain = seen, 0
            self._moved(self._walk.saw(seen.fault, time.monotonic()))
