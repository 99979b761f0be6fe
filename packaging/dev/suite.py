"""Run the tests as `make test` does: all beside each other, then those that measure, alone.

    make test ARGS="-k journal -x"      make test WORKERS=3

What fails runs once more by itself, and the run says so (docs/decisions/0044).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence

WORKERS = os.environ.get("WORKERS", "2")
BESIDE = ("-m", "not alone", "-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder")
ALONE = ("-m", "alone")
FAILED, NONE_SELECTED = 1, 5
"""Exit codes of pytest."""
AGAIN = "--second-chance"
"""Our option of pytest, see tests/conftest.py."""

Pytest = Callable[[Sequence[str]], int]
"""Runs pytest with these words and returns its exit code."""


def main(words: list[str]) -> int:
    """Return 0, or the exit code of the first pass that failed twice."""
    for which in (BESIDE, ALONE):
        code = twice(_pytest, [*which, *words], [*which[:2], *words])
        if code and not (words and code == NONE_SELECTED):  # a selection may have none of one kind
            return code
    return 0


def twice(pytest: Pytest, first: Sequence[str], second: Sequence[str]) -> int:
    """Run the tests, then once more, by themselves, those that failed; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="saijian-tests-") as cache:
        remembering = ["-o", f"cache_dir={cache}"]
        code = pytest([*remembering, *first])
        if code == FAILED:
            print("what failed runs once more, by itself", flush=True)
            code = pytest([*remembering, AGAIN, *second])
        return code


def _pytest(words: Sequence[str]) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *words], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
