"""When all else fails (应急办法): what to do, on a page and on a card to print beforehand."""

from __future__ import annotations

from html import escape

from client.base.text import Text
from client.contest.plan import Plan

TITLE = Text("赛鉴打不开或录不了时，怎么办", "When SaiJian does not start or does not record")
STEPS = (
    Text(
        "现在就录：打开任意录屏软件（EV录屏、OBS、Windows 自带的截图工具或 Win+G），录下整个屏幕。",
        "Record now: start any screen recorder (OBS, Windows' snipping tool, Win+G), whole screen.",
    ),
    Text("致电组委会，说明情况，听从安排。", "Call the organizer, say what happened, do as told."),
    Text(
        "打完电话，用手机录像：放稳、接上电源、开飞行模式，能看到您、双手和桌面。不要再碰它。",
        "After the call, film with your phone: steady, on its charger, in flight mode, showing "
        "you, your hands and the desk. Then leave it alone.",
    ),
    Text(
        "拿着身份证件，对着手机说出日期、时间和场次。不要念证件号码。",
        "Hold your identity document to the phone; say date, time and paper. Do not read its "
        "number out.",
    ),
    Text("照常登录竞赛网站，继续答题。", "Log in to the contest site as usual and go on working."),
    Text(
        "不要剪辑、改名或删除这些录像。赛后打开赛鉴，点“应急办法”把它们加入。",
        "Do not cut, rename or delete these recordings. Afterwards open SaiJian and add them "
        'under "Emergency".',
    ),
)
PHONE = Text("组委会电话", "Organizer's telephone")
WRITE_DOWN = Text("请记在这里", "Write down here")
NOTES = (
    Text("几点发生的", "When it happened"),
    Text("看到了什么提示、代码", "What message or code you saw"),
    Text("组委会谁接的电话、说了什么", "Who answered at the organizer's, and what was said"),
    Text("几点开始另外录制，用什么录的", "When you began to record otherwise, with what"),
)
HONEST = Text(
    "外部录像会照样送达组委会，但不能像赛鉴的录像那样证明没有改动，由组委会自行判断。",
    "Such recordings reach the organizer too, but cannot prove that nothing was changed, as ours "
    "can: the organizer decides.",
)

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><style>
@page {{ size: A4; margin: 14mm }}
body {{ font: 15px/1.5 "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; max-width: 180mm;
  margin: 0 auto; color: #111; padding: 8px }}
h1 {{ font-size: 24px; margin: 0 }} h1 small {{ display: block; font-size: 15px }}
.call {{ border: 3px solid #111; border-radius: 8px; padding: 8px 14px; margin: 12px 0 }}
.call b {{ font-size: 30px; display: block; min-height: 40px }}
li {{ margin: 7px 0 }} small {{ color: #444; display: block }}
td {{ border-bottom: 1px solid #777; height: 46px; vertical-align: top; width: 62% }}
td:first-child {{ border: 0; width: 38% }} table {{ width: 100%; border-spacing: 8px 0 }}
</style></head><body>
<h1>{title}<small>{title_en}</small></h1>
<p>{contest}</p>
<div class="call">{phone_words}<b>{phone}</b>{organizer}</div>
<ol>{steps}</ol>
<h2>{write}</h2><table>{notes}</table>
<p>{honest}</p>
</body></html>
"""


def card(plan: Plan | None) -> str:
    """Return the card as one HTML page to print; without a plan the telephone is left blank."""
    names = (plan.name, plan.organizer.name) if plan else ()
    contest, organizer = (label.zh for label in names) if names else ("", "")
    steps = "".join(f"<li>{_both(step)}</li>" for step in STEPS)
    notes = "".join(f"<tr><td>{_both(note)}</td><td></td></tr>" for note in NOTES)
    return _PAGE.format(
        title=escape(TITLE.zh),
        title_en=escape(TITLE.en),
        contest=escape(contest),
        phone_words=_both(PHONE),
        phone=escape(plan.organizer.phone) if plan else "",
        organizer=escape(organizer),
        steps=steps,
        write=f"{escape(WRITE_DOWN.zh)} {escape(WRITE_DOWN.en)}",
        notes=notes,
        honest=_both(HONEST),
    )


def _both(text: Text) -> str:
    return f"{escape(text.zh)}<small>{escape(text.en)}</small>"
