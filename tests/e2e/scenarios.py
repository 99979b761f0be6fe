"""Long sessions in which something goes away. They run side by side, on one organizer each."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.base.clock import SECOND_US, monotonic_us
from client.base.files import FileLock
from client.evidence.entries import Step
from client.evidence.layout import SessionFolder
from tests import devices
from tests.e2e import recorded
from tests.e2e.program import PATIENCE, Desk, Finished, desk, eventually, marked, named, note, the
from tests.e2e.venue import Organizer, attend, begun_session

LEAD = 15.0
"""Seconds until filming begins: four organizers and four contestants start at once."""


@dataclass
class Story:
    """One session from outside: where it is, what was done to it and when."""

    desk: Desk
    organizer: Organizer
    camera: str
    microphone: str
    dice: random.Random
    folder: Path = Path()
    away: tuple[float, float] = (0.0, 0.0)
    """Seconds of the recording between which somebody was gone."""
    said: Finished | None = None
    """The verb that ended the session."""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def sessions(self) -> Path:
        return self.desk.home / "sessions"

    @property
    def copy(self) -> Path:
        return self.organizer.copy_of(self.folder)

    def attend(self):
        """Start `saijian attend`; every time with the same arguments."""
        plan = self.facts.get("plan", f"http://127.0.0.1:{self.organizer.port}/plan")
        return attend(self.desk, plan, self.camera, self.microphone, self.sessions)

    def now(self) -> float:
        """Return the seconds since the identity step began."""
        steps = [x for x in recorded.lines(self.folder) if isinstance(x.entry, Step)]
        begun = next(x.mono_us for x in steps if x.entry.name == "identity")
        return (monotonic_us() - begun) / SECOND_US

    def until(self, second: float) -> None:
        """Return at this second of the recording."""
        time.sleep(max(0.0, second - self.now()))

    def verify(self) -> dict[str, Any]:
        """Return what `saijian verify` says with the organizer's key."""
        key = self.organizer.key
        said = self.desk.run("verify", self.folder, "--organizer-key", key, "--json", "--decode")
        return said.document


def organizer_killed_attend_killed(story: Story) -> None:
    """The organizer dies and is started again; then the attending program dies."""
    server = story.organizer.serve()
    first = story.attend()
    story.folder = begun_session(story.sessions, first)
    story.until(story.dice.uniform(3, 6))
    server.kill()
    gone = story.now()
    time.sleep(story.dice.uniform(2, 5))
    story.organizer.serve()
    story.away = (gone, story.now())
    story.until(story.dice.uniform(16, 20))
    recorder = the(story.desk, "recorder", "--session", story.folder).pid
    uploader = the(story.desk, "uploader", "--session", story.folder).pid
    first.kill()
    again = story.attend()
    time.sleep(4)
    story.facts["recorders"] = recorder, the(story.desk, "recorder", "--session", story.folder).pid
    story.facts["uploaders"] = uploader, the(story.desk, "uploader", "--session", story.folder).pid
    story.said = again.wait(70)


def left_alone(story: Story) -> None:
    """Everything but the recorder is killed; `saijian upload` sends the rest afterwards."""
    story.organizer.serve()
    first = story.attend()
    story.folder = begun_session(story.sessions, first)
    story.until(story.dice.uniform(3, 5))
    first.kill()
    the(story.desk, "uploader", "--session", story.folder).kill()
    await_end_of_recorder(story)
    eventually(lambda: not named(story.desk, "recorder"), 5, "the end of its process")
    story.facts["processes"] = [p.cmdline() for p in marked(story.desk)]
    story.facts["sealed"] = SessionFolder(story.folder).seal.exists()
    story.said = story.desk.run("upload", story.folder, "--json")


def organizer_away_in_the_middle(story: Story) -> None:
    """The organizer hangs for thirty seconds and comes back by itself."""
    server = story.organizer.serve()
    verb = story.attend()
    story.folder = begun_session(story.sessions, verb)
    story.until(6)
    for process in named(story.desk, "serve", story.organizer.folder):
        process.suspend()
    gone = story.now()
    time.sleep(30)
    for process in named(story.desk, "serve", story.organizer.folder):
        process.resume()
    story.away = (gone, story.now())
    assert server.process.poll() is None
    story.said = verb.wait(70)


def organizer_away_all_the_time(story: Story) -> None:
    """Nobody listens; the computer is switched off after the seal; later it is sent."""
    story.facts["plan"] = str(story.organizer.plan)
    verb = story.attend()
    story.folder = begun_session(story.sessions, verb)
    await_end_of_recorder(story)
    eventually(SessionFolder(story.folder).seal.exists, what="the seal")
    verb.kill()
    the(story.desk, "uploader", "--session", story.folder).kill()
    story.facts["before"] = story.verify()
    story.facts["early"] = story.desk.run("upload", story.folder, "--once", "--json")
    story.organizer.serve()
    story.said = story.desk.run("upload", story.folder, "--json")


def await_end_of_recorder(story: Story) -> None:
    lock = FileLock(SessionFolder(story.folder).recorder_lock)
    eventually(lambda: not lock.is_held(), PATIENCE, "the end of the recorder")


TELLERS: dict[str, tuple[Callable[[Story], None], int]] = {
    "killed": (organizer_killed_attend_killed, 40),
    "alone": (left_alone, 14),
    "middle": (organizer_away_in_the_middle, 44),
    "offline": (organizer_away_all_the_time, 14),
}
"""What happens in each story, and how many seconds it records."""


class Stories:
    """All stories, told at the same time in threads; ask for one to wait for its end."""

    def __init__(self, things: ExitStack) -> None:
        """Begin to tell; `things` ends everything."""
        screen = things.enter_context(devices.display())
        sound = things.enter_context(devices.sound_server())
        pool = things.enter_context(ThreadPoolExecutor(len(TELLERS)))
        self._told: dict[str, Future[Story]] = {}
        for name, (tell, seconds) in TELLERS.items():
            at = things.enter_context(desk(screen, sound))
            camera = things.enter_context(devices.mjpeg_camera(320, 240, 5))
            seed = random.randrange(1 << 32)
            note(f"seed of {name}: {seed}")
            organizer = Organizer(at, at.home / "organizer")
            story = Story(at, organizer, camera.address, sound.source, random.Random(seed))
            self._told[name] = pool.submit(_told, story, tell, seconds)

    def __getitem__(self, name: str) -> Story:
        """Return a story, once it has ended."""
        return self._told[name].result(115)


def _told(story: Story, tell: Callable[[Story], None], seconds: int) -> Story:
    story.organizer.prepare(seconds, LEAD)
    tell(story)
    return story
