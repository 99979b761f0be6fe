"""`saijian`: dispatch only. The recorder and the uploader import nothing that they do not use."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from client.evidence.layout import SessionFolder
    from client.recorder.protocol import Audience


def main() -> int:
    """Run the verb on the command line, the window without one; return the exit code."""
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb == "recorder":
        from client.recorder.child.main import main as recorder

        return recorder(sys.argv[2:])
    if verb == "uploader":
        from client.upload.process import main as uploader

        return uploader(sys.argv[2:])
    from client.wiring import run

    return run(sys.argv[1:], _record)


def _record(folder: SessionFolder, audience: Audience) -> int:
    from client.recorder.child.main import record

    return record(folder, audience)


if __name__ == "__main__":
    sys.exit(main())
