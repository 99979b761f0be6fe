"""How the verbs speak: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from client.base.errors import SaiJianError
from client.base.text import Text


def tell(text: Text) -> None:
    """Show one sentence of progress, with the time of day."""
    print(f"{time.strftime('%H:%M:%S')} {text.say()}", file=sys.stderr, flush=True)


def show_json(value: Any) -> None:  # noqa: ANN401 - whatever a program may read
    """Print one JSON object."""
    print(json.dumps(value, ensure_ascii=False, indent=1), flush=True)


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
    print(f"saijian: {error.sentence()}", file=sys.stderr, flush=True)
