"""Says in words what changed since the run before."""

from __future__ import annotations

from client.base.text import Text
from client.preflight.reports.model import BEIJING, VERDICT_WORDS, Change, Comparison


def what_changed(compared: Comparison | None) -> Text | None:
    """Return one sentence, Beijing time in it; None where nothing changed or nothing is known."""
    if compared is None or not compared.changes:
        return None
    day = f"{compared.when.astimezone(BEIJING):%m-%d %H:%M}"
    than = Text(f"与上次（{day}）相比", f"Since the last run ({day})")
    if compared.was_good:
        than = Text(f"与上次全部合格时（{day}）相比", f"Since the last good run ({day})")
    parts = [_said(change) for change in compared.changes]
    return Text(
        f"{than.zh}：{'；'.join(part.zh for part in parts)}。",
        f"{than.en}: {'; '.join(part.en for part in parts)}.",
    )


def _said(change: Change) -> Text:
    zh, en = change.title.zh, change.title.en or change.title.zh
    gone, new = change.gone, change.new
    if len(gone) == len(new) == 1:
        zh, en = f"{zh}换成了 {new[0]}（原来是 {gone[0]}）", f"{en}: {new[0]} in place of {gone[0]}"
    elif gone or new:
        less = [f"少了 {'、'.join(gone)}"] * bool(gone) + [f"多了 {'、'.join(new)}"] * bool(new)
        less_en = [f"{', '.join(gone)} gone"] * bool(gone) + [f"{', '.join(new)} new"] * bool(new)
        zh, en = f"{zh}{'，'.join(less)}", f"{en}: {', '.join(less_en)}"
    if change.before == change.now:
        return Text(zh, en)
    before, now = VERDICT_WORDS[change.before], VERDICT_WORDS[change.now]
    return Text(f"{zh}（{before.zh}→{now.zh}）", f"{en} ({before.en}→{now.en})")
