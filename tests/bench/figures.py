"""From runs to figures: medians of rounds, ratios, and what the issue asks of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

Runs = Mapping[str, Sequence[Mapping[str, Any]]]
"""By the recorder's name, its rounds; `nothing` is the desk without a recorder."""
NOTHING = "nothing"
MEBI, MEGA = 1 << 20, 1e6


@dataclass(frozen=True)
class Must:
    """A line of the issue with its figure; None where it was not measured."""

    what: str
    limit: float
    figure: float | None
    unit: str = ""
    sense: Literal["at most", "at least"] = "at most"

    @property
    def kept(self) -> bool | None:
        """Tell whether the figure is within the limit."""
        if self.figure is None:
            return None
        return self.figure <= self.limit if self.sense == "at most" else self.figure >= self.limit

    def cells(self) -> list[str]:
        """Return it as a row of a table."""
        verdict = {True: "ok", False: "**not ok**", None: "not measured"}[self.kept]
        return [self.what, f"{self.sense} {self.limit:g}{self.unit}", self._shown(), verdict]

    def _shown(self) -> str:
        return "" if self.figure is None else f"{self.figure:.4g}{self.unit}"


MUST_HEAD = ("must", "limit", "figure", "")


def middle(rounds: Iterable[Mapping[str, Any]], name: str) -> float | None:
    """Return the median of one figure over the rounds; None where no round has it."""
    values = [one[name] for one in rounds if one.get(name) is not None]
    return median(values) if values else None


def ratio(part: float | None, whole: float | None) -> float | None:
    """Return part / whole; None where either is missing or nothing."""
    return None if part is None or not whole else part / whole


def scaled(value: float | None, by: float) -> float | None:
    """Return value / by, None where there is no value."""
    return None if value is None else value / by


def server_share(runs: Runs, name: str, when: Literal["active", "idle"]) -> float | None:
    """Return what the X server took more than without a recorder, in the middle."""
    alone = middle(runs.get(NOTHING, ()), f"server_{when}")
    with_it = middle(runs.get(name, ()), f"server_{when}")
    return None if alone is None or with_it is None else with_it - alone


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def shown(value: float | None, digits: int = 2) -> str:
    """Return a figure for a cell; nothing where there is none."""
    return "" if value is None else f"{value:.{digits}f}"


# ---- cost ----------------------------------------------------------------------------------------

COST_HEAD = (
    *(
        "recorder",
        "active min",
        "of SSR",
        "of ffmpeg",
        "X server",
        "idle min",
        "of a core",
        "X idle",
    ),
    *("start-up", "first frame", "peak PSS", "size", "frames"),
)


def cost_rows(runs: Runs, titles: Mapping[str, str]) -> list[list[str]]:
    """Return a row a recorder: seconds of processor time a minute, seconds, MiB, MB."""
    rows = []
    for name in (name for name in titles if name in runs):
        rounds = runs[name]
        active, idle = middle(rounds, "active"), middle(rounds, "idle")
        against = [ratio(active, middle(runs.get(k, ()), "active")) for k in ("ssr", "ffmpeg")]
        rows.append(
            [
                titles[name],
                f"{shown(active)} s",
                *map(shown, against),
                f"{shown(server_share(runs, name, 'active'))} s",
                f"{shown(idle)} s",
                f"{shown(scaled(idle, 0.6))} %",
                f"{shown(server_share(runs, name, 'idle'))} s",
                f"{shown(middle(rounds, 'start_up'))} s",
                f"{shown(middle(rounds, 'first_frame'))} s",
                f"{shown(scaled(middle(rounds, 'pss'), MEBI), 0)} MiB",
                f"{shown(scaled(middle(rounds, 'size'), MEGA))} MB",
                shown(middle(rounds, "frames"), 0),
            ]
        )
    return rows


def cost_musts(runs: Runs) -> list[Must]:
    """Return what the issue asks of the screen alone."""

    def of(name: str, figure: str) -> float | None:
        return middle(runs.get(name, ()), figure)

    def against(name: str, other: str, figure: str) -> float | None:
        return ratio(of(name, figure), of(other, figure))

    return [
        Must(
            "active minute, XDamage, of SimpleScreenRecorder",
            0.30,
            against("ours", "ssr", "active"),
        ),
        Must("active minute, XDamage, of ffmpeg", 0.18, against("ours", "ffmpeg", "active")),
        Must(
            "active minute, compared, of SimpleScreenRecorder",
            0.45,
            against("ours-compare", "ssr", "active"),
        ),
        Must(
            "active minute, compared, of ffmpeg", 0.28, against("ours-compare", "ffmpeg", "active")
        ),
        Must("size of the file, of ffmpeg's", 1.0, against("ours", "ffmpeg", "size")),
        Must("idle minute, XDamage", 0.7, scaled(of("ours", "idle"), 0.6), " % of a core"),
        Must("start to first frame", 1.0, of("ours", "first_frame"), " s"),
        Must("start-up", 0.6, of("ours", "start_up"), " CPU s"),
    ]
