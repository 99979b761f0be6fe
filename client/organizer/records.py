"""The database: SQLite in WAL mode, durable commits, one writer at a time."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

from client.organizer.tables import Table

_BUSY_MS = 15_000
_WRITING = "saijian_writing"

log = logging.getLogger(__name__)


class Records:
    """Transactions on the organizer's database. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open or create the database at `path`."""
        self._engine = _open(path)
        self._writer = self._engine.execution_options(**{_WRITING: True})
        self._lock = Lock()
        Table.metadata.create_all(self._engine)
        path.chmod(0o600)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a transaction that sees one state of the database and changes nothing."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a transaction that is on the disk when the block ends; an error undoes it."""
        with (
            self._lock,
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def compact(self) -> bool:
        """Rewrite the file, so that nothing deleted is left in its bytes.

        False where that was not done whole, because others read or the disk is full: ask again.
        """
        connection = self._engine.raw_connection()
        try:
            with self._lock:
                connection.cursor().execute("VACUUM")
                row = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            log.warning("the records are not compacted yet: %s", error)
            return False
        finally:
            connection.close()
        return row is not None and row[0] == 0

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _open(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),  # a path may hold `?`
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        pool_size=8,
        max_overflow=64,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 (the driver's own connection)
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # who leaves the roster leaves the file
        f"busy_timeout={_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Take the write lock at the beginning, so that no transaction fails in its middle."""
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
