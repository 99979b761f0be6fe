"""How the verbs speak: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, TextIO

from client.base.errors import SaiJianError
from client.base.text import Text, without_prefix


def tell(text: Text) -> None:
    """Show one sentence of progress, with the time of day; one that nobody reads ends nothing."""
    _to_stderr(f"{time.strftime('%H:%M:%S')} {text.say()}")


def show_json(value: Any) -> None:  # noqa: ANN401 - whatever a program may read
    """Print one JSON object; paths in it stand as people write them."""
    print(json.dumps(_readable(value), ensure_ascii=False, indent=1), flush=True)


def _readable(value: Any) -> Any:  # noqa: ANN401 - whatever JSON may hold
    if isinstance(value, str):
        return without_prefix(value)
    if isinstance(value, dict):
        return {name: _readable(member) for name, member in value.items()}
    return [_readable(member) for member in value] if isinstance(value, list | tuple) else value


def show_error(error: SaiJianError, *, as_json: bool) -> None:
    """Print what happened and what to do; for programs as a JSON object on standard output."""
    if as_json:
        show_json(
            {
                "error": {
                    "code": error.code,
                    "title": error.title._asdict(),
                    "advice": error.advice._asdict(),
                }
            }
        )
    _to_stderr(f"saijian: {error.sentence()}")


def let_go(stream: TextIO) -> None:
    """Send to nowhere what else goes to `stream`, whose reader has gone: Python would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _to_stderr(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        let_go(sys.stderr)
