"""Looks after the folder in its own thread: no reader waits for a share that stands still."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from client.base.text import Text
from client.preflight.board.document import board_document, card_json, ordered
from client.preflight.board.exceptions import Exceptions, load_exceptions
from client.preflight.board.folder import MOST_FILES, ReportFolder
from client.preflight.board.room import Expected, Room, read_room
from client.preflight.reports.model import BrokenReportError, printable

PERIOD_S = 1.0
SILENT_S = 10.0
"""A folder that has not answered for so long is said to stand still."""
_EMPTY = Room((), {}, ())


class Board:
    """The room of a reports folder, and what changed in it since when.

    `look` reads; every other method answers at once, from any thread.
    """

    def __init__(self, path: Path, expected: Expected) -> None:
        """Name the folder; nothing is read yet."""
        self.path = path
        self._folder = ReportFolder(path)
        self._expected = expected
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._room = _EMPTY
        self._exceptions = Exceptions()
        self._notes: tuple[Text, ...] = ()
        self._cards: dict[str, tuple[int, dict[str, Any]]] = {}
        self._rest: Any = None
        self._seen: Any = None
        """Of what the room was made last; a room in which nothing happens is not made again."""
        self._revision = 0
        self._looked = time.monotonic()
        self._end = threading.Event()

    @property
    def room(self) -> Room:
        """Return the room as it was seen last."""
        return self._room

    @property
    def exceptions(self) -> Exceptions:
        """Return the exceptions as they were read last."""
        return self._exceptions

    def look(self) -> None:
        """Read what is new in the folder. One that cannot be listed leaves what was seen last."""
        with self._looking:
            notes: list[Text] = []
            try:
                exceptions = load_exceptions(self.path)
            except (BrokenReportError, OSError) as error:
                exceptions, why = Exceptions(), getattr(error, "why", Text(str(error), str(error)))
                notes.append(
                    Text(
                        f"豁免文件读不出，暂不采用：{why.zh}",
                        f"The exceptions cannot be read and do not count: {why.en}",
                    )
                )
            try:
                filed = self._folder.look()
            except OSError as error:
                self._seen = None
                self._publish(self._room, self._exceptions, (_gone(error),))
                return
            if self._folder.is_cut:
                notes.append(
                    Text(
                        f"文件超过 {MOST_FILES} 个，其余没有读；请清理旧报告。",
                        f"More than {MOST_FILES} files, the rest is not read: move old ones away.",
                    )
                )
            now = datetime.now(UTC)
            minute = now.replace(second=0, microsecond=0)
            seen = (tuple(map(id, filed)), exceptions, notes, minute)
            if seen == self._seen:
                self._looked = time.monotonic()
                return
            self._seen = seen
            room = read_room(filed, exceptions, self._expected, now)
            self._publish(room, exceptions, (*notes, *_conflicts(room), *_planned(room)))

    def _publish(self, room: Room, exceptions: Exceptions, notes: tuple[Text, ...]) -> None:
        made = {card["key"]: card for card in map(card_json, ordered(room.cards))}
        with self._lock:
            old = self._cards
            rest = (exceptions, notes, room.ticks, room.broken)
            changed = [key for key, card in made.items() if key not in old or old[key][1] != card]
            if changed or made.keys() != old.keys() or rest != self._rest:
                self._revision += 1
            self._cards = {
                key: (self._revision if key in changed else old[key][0], card)
                for key, card in made.items()
            }
            self._room, self._exceptions, self._notes, self._rest = room, exceptions, notes, rest
            self._looked = time.monotonic()

    def document(self, since: int | None = None) -> dict[str, Any]:
        """Return the board; with `since`, a `revision` of before, only the cards changed from then.

        `keys` names all cards, worst first.
        """
        with self._lock:
            cards = [card for at, card in self._cards.values() if since is None or at > since]
            notes = list(self._notes)
            silent = time.monotonic() - self._looked
            if silent > SILENT_S:
                notes.insert(0, _silent(silent))
            now = datetime.now(UTC)
            made = board_document(
                self._room, self._exceptions, self.path.name, now, notes, cards=cards
            )
            return {**made, "revision": self._revision, "keys": list(self._cards)}

    def watch(self) -> None:
        """Look again and again, in a thread that ends with `close`."""

        def work() -> None:
            while not self._end.wait(PERIOD_S):
                self.look()

        threading.Thread(target=work, name="board", daemon=True).start()

    def close(self) -> None:
        """Let the thread end."""
        self._end.set()


def _gone(error: OSError) -> Text:
    said = printable(error.strerror or type(error).__name__, 100)
    return Text(
        f"报告文件夹现在读不到（{said}），下面是最后一次读到的内容；请检查网络。",
        f"The folder cannot be read now ({said}); below is what was read last. Check the network.",
    )


def _silent(seconds: float) -> Text:
    return Text(
        f"报告文件夹 {seconds:.0f} 秒没有响应，下面是最后一次读到的内容；请检查网络。",
        f"The folder has not answered for {seconds:.0f} s; below is what was read last.",
    )


def _conflicts(room: Room) -> list[Text]:
    return [
        Text(
            f"{card.seat} 有几台电脑都报告为同一台：{'、'.join((card.report.host, *card.others))}",
            f"{card.seat}: several computers say they are its {card.role} one: "
            f"{', '.join((card.report.host, *card.others))}",
        )
        for card in room.cards
        if card.others and card.report is not None
    ]


def _planned(room: Room) -> list[Text]:
    seen = len({card.seat for card in room.cards})
    if room.seats_planned is None or seen >= room.seats_planned:
        return []
    return [
        Text(
            f"方案里本考场有 {room.seats_planned} 个座位，这里只有 {seen} 个。",
            f"The plan gives this room {room.seats_planned} seats; {seen} are here.",
        )
    ]
