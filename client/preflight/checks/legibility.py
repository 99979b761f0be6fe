"""Does the camera that will film the identity document show print that can be read (R8, R14)?

Any printed card will do; whether somebody holds one there only a person can see to.
"""

from __future__ import annotations

from client.base.text import Text
from client.capture.quality import BLURRED
from client.preflight.check import Check, Finding
from client.preflight.facts.card import ENOUGH, CardFacts
from client.preflight.probes.card import LIMIT_S, READS_S, CardLook

_SHOW = Text(
    "请把任意一张印有文字的卡片举到镜头前约 20 厘米、占画面一半，拿稳，再单独检查这一项"
    "（saijian preflight --only legibility）。",
    "Hold any printed card about 20 cm before the camera, filling half of the picture, keep it "
    "still, and check this again alone (saijian preflight --only legibility).",
)
_BETTER = Text(
    "请把卡片靠近、拿稳、避开反光，擦拭镜头并调整焦距，或换用手机摄像，再单独检查这一项"
    "（saijian preflight --only legibility）。",
    "Hold the card nearer and still and out of reflections, wipe the lens and set its focus, or "
    "use a phone, and check this again alone (saijian preflight --only legibility).",
)
_ALLOW = Text(
    "请允许试用摄像头（几秒，不保存画面，也不记录读到的文字），再检查一次。",
    "Allow the camera to be tried (some seconds; neither pictures nor what is read are kept).",
)
_PLUG_IN = Text("请先让摄像头能用，再检查一次。", "Get a camera to work first, then check again.")


def legibility_check(look: CardLook) -> Check[CardFacts]:
    """Judge what `look` read."""
    return Check(
        name="legibility",
        title=Text("证件能否看清", "Legibility of a card"),
        requirement=Text(
            f"镜头前的印刷文字能认出至少 {ENOUGH} 个",
            f"at least {ENOUGH} printed characters before the camera can be read",
        ),
        probe=look,
        judge=_judge,
        limit_seconds=LIMIT_S + READS_S + 2,
        stop=look.stop,
        on_site=True,
    )


def _judge(facts: CardFacts) -> Finding:
    if not facts.allowed:
        return Finding("unknown", Text("摄像头没有打开过。", "No camera was opened."), _ALLOW)
    if facts.error is not None or not facts.camera:
        return Finding("unknown", _not_tried(facts), _PLUG_IN)
    if facts.characters:
        is_enough = facts.characters >= ENOUGH
        advice = None if is_enough else _BETTER
        return Finding("pass" if is_enough else "warn", _read(facts), advice)
    return _judge_without_text(facts)


def _not_tried(facts: CardFacts) -> Text:
    if facts.error is not None:
        return Text(facts.error.zh, facts.error.en)
    return Text("没有可以试的真实摄像头。", "There is no real camera to try.")


def _judge_without_text(facts: CardFacts) -> Finding:
    name = facts.camera
    if facts.sharpness is not None and facts.sharpness <= BLURRED:
        blurred = Text(
            f"{name}：画面模糊（清晰度 {facts.sharpness:.0f}），读不出文字。",
            f"{name}: blurred (sharpness {facts.sharpness:.0f}), no text can be read.",
        )
        return Finding("warn", blurred, _BETTER)
    seen = Text(f"{name}：画面里没有能认出的文字。", f"{name}: its pictures show no text to read.")
    return Finding("unknown", seen, _SHOW)


def _read(facts: CardFacts) -> Text:
    count, sure, tall = facts.characters, round(facts.score * 100), facts.height
    return Text(
        f"{facts.camera}：认出 {count} 个字，把握 {sure}%，最小的字高 {tall} 像素。",
        f"{facts.camera}: {count} characters read, {sure}% sure, the smallest {tall} pixels tall.",
    )
