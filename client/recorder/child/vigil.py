"""`saijian awake`: asks the computer to stay awake until this process is ended. Not for people.

A window starts it as a helper (`base/job.py`): whatever ends the window takes the request back.
"""

from __future__ import annotations

import json
import queue
import sys
import threading

from client.evidence.entries import Note
from client.recorder.child.awake import stay_awake

PATIENCE_S = 15.0
"""So long a bus may take to answer."""


def main() -> int:
    """Print what the system answered as one line of JSON, then wait to be ended."""
    answers: queue.SimpleQueue[Note] = queue.SimpleQueue()
    take_back = stay_awake(answers.put)
    try:
        note = answers.get(timeout=PATIENCE_S)
    except queue.Empty:
        return 1
    held = note.level == "info"
    sys.stdout.write(json.dumps({"held": held, "zh": note.zh, "en": note.en}) + "\n")
    sys.stdout.flush()
    if held:
        threading.Event().wait()
    take_back()
    return 0 if held else 1
