"""How fast this processor is, by a second of simple work on one thread and another on two.

The work is deflate (zlib, level 6) of text: whole numbers, branches and memory, no instruction sets
that only some processors have; Python lets go of its lock meanwhile. Time is counted in processor
time of each thread, so that other programs, and the other checks, hardly matter: 6% from lowest to
highest on two cores at loads of 6 to 11. The threads give way to everybody: a trial recording
beside them has the processor first.

Measured on one computer only: 33 MB/s (31.9 to 33.7, CPython 3.11, zlib 1.2.13) on an Intel Xeon
of 2023 (Sapphire Rapids, 2.6 GHz, turbo not told, two cores of a virtual machine), and 30 MB/s
there with Windows' Python 3.12 in Wine. What a Core i5 of the first generation at 3.0 GHz does, the
least that the rule's words allow, is estimated by the ZIP test of bm.hardlimit.com (one thread): an
i3-550 of the same generation has 3.14k points at 3.2 GHz, so 2.95k at 3.0; for the Xeon, not listed
there, 5.5k are assumed (an N100 has 5.54k). That makes 17 MB/s. A third more or less is possible,
and so the check decides by it only well above and well below 1. The same list would give an N100
1.9, an i5-6500 1.6, an i5-4278U 1.35, a Pentium G850 1.3, a Celeron N4020 1.0, an i5-450M 0.7.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
import zlib

REFERENCE_MB_S = 17.0
LASTS_S = 1.0
_SIZE = 1 << 17
_LEVEL = 6
_LEAST_S = 0.1
"""With less processor time than this nothing is measured: Windows counts it in 1/64 s."""


def measure_speed(lasts_s: float = LASTS_S) -> tuple[float | None, float | None]:
    """Return the speed of one thread alone and of each of two; 1.0 is the reference.

    Takes twice `lasts_s` seconds, twice that on a computer that has no time left for it. None:
    there was not even a tenth of a second of processor time.
    """
    text = sample_text()
    return _speed(text, 1, lasts_s), _speed(text, 2, lasts_s)


def sample_text(size: int = _SIZE) -> bytes:
    """Return the same text-like bytes everywhere; deflate leaves 37% of them."""
    source = random.Random(7)  # noqa: S311 - no secret: the same bytes each time
    words = [
        bytes(source.randrange(97, 123) for _ in range(source.randrange(2, 9))) for _ in range(2000)
    ]
    text = bytearray()
    while len(text) < size:
        text += words[min(int(source.expovariate(1 / 200)), len(words) - 1)] + b" "
    return bytes(text[:size])


def _speed(text: bytes, threads: int, lasts_s: float) -> float | None:
    """Return how fast each of so many threads is, in references: the mean."""
    speeds: list[float] = []
    workers = [
        threading.Thread(target=_work, args=(text, lasts_s, speeds), daemon=True)
        for _ in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if len(speeds) < threads:
        return None
    return sum(speeds) / len(speeds) / REFERENCE_MB_S


def _work(text: bytes, lasts_s: float, speeds: list[float]) -> None:
    _give_way()
    begun, used_before = time.perf_counter(), time.thread_time()
    rounds, lasted, used = 0, 0.0, 0.0
    while lasted < lasts_s or (used < _LEAST_S and lasted < 2 * lasts_s):
        zlib.compress(text, _LEVEL)
        rounds += 1
        lasted, used = time.perf_counter() - begun, time.thread_time() - used_before
    if used >= _LEAST_S:
        speeds.append(rounds * len(text) / 1e6 / used)


if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import BOOL, HANDLE, INT

    _kernel = ctypes.WinDLL("kernel32")
    _kernel.GetCurrentThread.restype = HANDLE
    _kernel.SetThreadPriority.argtypes = [HANDLE, INT]
    _kernel.SetThreadPriority.restype = BOOL
    _LOWEST = -2  # THREAD_PRIORITY_LOWEST

    def _give_way() -> None:
        _kernel.SetThreadPriority(_kernel.GetCurrentThread(), _LOWEST)
else:

    def _give_way() -> None:
        """Let this thread run last; Linux keeps a priority for each."""
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
