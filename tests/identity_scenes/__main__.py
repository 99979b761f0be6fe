"""The whole measurement: `python -m tests.identity_scenes [COUNT] [FIRST]` prints its table."""

from __future__ import annotations

import sys
from collections import Counter

from tests.identity_scenes.measure import Bench, Result
from tests.identity_scenes.scene import scene


def main() -> None:
    """Show COUNT scenes (320) from number FIRST (0) on."""
    given = [int(word) for word in sys.argv[1:]]
    count, first = (*given, *(320, 0)[len(given) :])
    bench = Bench()
    results = []
    for number in range(first, first + count):
        result = bench.run(scene(number))
        results.append(result)
        if result.scene.is_legible != result.accepted:
            say(_line(result))
    say(table(results))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _line(result: Result) -> str:
    it = result.scene
    return (
        f"{it.seed:4} {'legible' if it.is_legible else 'not'} accepted={result.accepted} "
        f"width={it.card_width:.0f} digit={it.digit:.1f} blur={it.blur / it.digit:.3f} "
        f"turn={it.turn:.0f} light={it.light:.2f} glare={it.glare} {it.ground} "
        f"hand={it.has_hand} {[str(fault) for fault in result.faults]}"
    )


def table(results: list[Result]) -> str:
    """Return what was counted."""
    legible = [r for r in results if r.scene.is_legible]
    below = [r for r in results if r.scene.is_below]
    right = sum(r.accepted for r in legible)
    slow = sorted(r.slowest_s for r in results)
    taken = Counter(r.pictures for r in legible if r.accepted)
    return "\n".join(
        (
            f"scenes {len(results)}, legible {len(legible)}, below the limits {len(below)}",
            f"legible accepted: {right} ({100 * right / max(1, len(legible)):.1f} %)",
            f"below the limits accepted: {sum(r.accepted for r in below)}",
            f"taken for another: {sum(r.taken_for_another for r in results)}",
            f"pictures until accepted: {dict(sorted(taken.items()))}",
            f"processor seconds a picture: median {slow[len(slow) // 2]:.2f}, most {slow[-1]:.2f}",
        )
    )


if __name__ == "__main__":
    main()
