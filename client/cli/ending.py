"""How every verb ends: an exit code, errors in a person's words, and quietly when nobody reads."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable

from client.base.errors import SaiJianError
from client.base.trouble import file_trouble
from client.cli.say import let_go, show_error

EXIT_INTERRUPTED = 130
EXIT_NOT_READ = 141
"""Whoever read our output has gone: what a shell reports of a program that SIGPIPE ended."""
_PIPE_ERRORS = (errno.EPIPE, errno.EINVAL)
"""The second is what Windows' C library makes of a pipe that is being closed."""


def exit_code_of(work: Callable[[], int], *, as_json: bool) -> int:
    """Do a verb's work and return its exit code; what it raises is told to a person."""
    try:
        code = _told(work, as_json=as_json)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in _PIPE_ERRORS or not _is_output_gone():
            raise
        return EXIT_NOT_READ
    return code


def _told(work: Callable[[], int], *, as_json: bool) -> int:
    try:
        return work()
    except SystemExit as end:  # argparse, after --help and --version
        return int(end.code or 0)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except SaiJianError as error:
        told = error
    except OSError as error:
        trouble = file_trouble(error)
        if trouble is None:
            raise
        told = trouble
    show_error(told, as_json=as_json)
    return told.exit_code


def _is_output_gone() -> bool:
    """Tell whether standard output is a pipe that nobody reads; then keep Python quiet about it.

    Only a write can tell. In a pipe that is read after all, the line feed does no harm.
    """
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        let_go(sys.stdout)
        return True
    return False
