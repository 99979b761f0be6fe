"""How a length of time, and a jump of the wall clock, is told to a layman."""

from __future__ import annotations

from client.base.clock import SECOND_US
from client.base.text import Text

FORWARD = Text(
    "电脑的时钟被拨快了 {zh}；录像的时间不受影响",
    "the computer's clock was set forward by {en}; times in the recording are not affected",
)
BACK = Text(
    "电脑的时钟被拨慢了 {zh}；录像的时间不受影响",
    "the computer's clock was set back by {en}; times in the recording are not affected",
)
_MINUTE_S = 60
_UNITS = (
    (86_400, Text("天", "d")),
    (3600, Text("小时", "h")),
    (_MINUTE_S, Text("分钟", "min")),
    (1, Text("秒", "s")),
)


def step_sentence(step_us: int) -> Text:
    """Return the sentence for a jump, positive when the clock was set forward."""
    length = length_of(abs(step_us) / SECOND_US)
    return (FORWARD if step_us > 0 else BACK).format(zh=length.zh, en=length.en)


def length_of(seconds: float) -> Text:
    """Return a length in words: to a tenth of a second below a minute, else to whole seconds."""
    if seconds < _MINUTE_S:
        return Text(f"{seconds:.1f} 秒", f"{seconds:.1f} s")
    left, parts = round(seconds), []
    for size, name in _UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(Text(f"{number} {name.zh}", f"{number} {name.en}"))
    return Text(" ".join(part.zh for part in parts), " ".join(part.en for part in parts))
