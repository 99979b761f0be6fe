"""Logging: one rotating file a process, and standard error for the command line."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


def log_to_file(path: Path) -> None:
    """Send this process's log to `path`, at most 3 x 1 MB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=1_000_000, backupCount=2, encoding="utf-8"
    )
    _install(handler, logging.INFO)


def log_to_stderr(*, verbose: bool) -> None:
    """Send warnings, or everything when `verbose`, to standard error."""
    _install(logging.StreamHandler(sys.stderr), logging.INFO if verbose else logging.WARNING)


def _install(handler: logging.Handler, level: int) -> None:
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
