"""Collect the notices of a bundle; run by the Python and in the Debian that froze it.

    collect.py SOURCES.JSON SITE-PACKAGES BUNDLE

Whose a system library is, only that Debian's dpkg knows.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "bundle"))

from notices import NoticeError, collect


def main() -> int:
    """Return 0 when everything that is shipped is covered by a text."""
    sources, packages, bundle = map(Path, sys.argv[1:])
    try:
        notices = collect(sources, packages, bundle)
    except NoticeError as error:
        print(error)
        return 1
    print(f"{len(notices)} notices")
    return 0


if __name__ == "__main__":
    sys.exit(main())
