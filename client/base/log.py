"""Logging: one rotating file a process, and standard error for the command line."""

from __future__ import annotations

import copy
import logging
import logging.handlers
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


class _Brief(logging.Formatter):
    """For people: what went wrong, without where in the program."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; the record, which goes to a file as well, stays as it is."""
        brief = copy.copy(record)
        brief.exc_text = brief.stack_info = None
        if brief.exc_info and brief.exc_info[1] is not None:
            error = brief.exc_info[1]
            brief.exc_text = f"{type(error).__name__}: {error}"
        return super().format(brief)


def log_to_file(path: Path) -> None:
    """Send this process's log to `path`, at most 3 x 1 MB; a drive that went away ends nothing."""
    logging.raiseExceptions = False
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=1_000_000, backupCount=2, encoding="utf-8"
    )
    _install(handler, logging.INFO, logging.Formatter(FORMAT))


def log_to_stderr(*, verbose: bool) -> None:
    """Send warnings, or everything when `verbose`, to standard error."""
    level = logging.INFO if verbose else logging.WARNING
    form = logging.Formatter(FORMAT) if verbose else _Brief(FORMAT)
    _install(logging.StreamHandler(sys.stderr), level, form)


def _install(handler: logging.Handler, level: int, form: logging.Formatter) -> None:
    handler.setFormatter(form)
    handler.setLevel(level)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(level, root.level))
