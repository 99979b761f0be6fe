"""What is wrong with a picture, in two words; the table's order is what to put right first."""

from __future__ import annotations

from enum import StrEnum

from client.base.text import Text


class Fault(StrEnum):
    """In the order in which a person puts things right."""

    DARK = "dark"
    BRIGHT = "bright"
    NO_FACE = "no_face"
    NO_CARD = "no_card"
    CUT_OFF = "cut_off"
    SMALL = "small"
    MOVING = "moving"
    GLARE = "glare"
    BLURRED = "blurred"
    UNREAD = "unread"
    SOMEBODY = "somebody"
    QUIET = "quiet"
    CARD_LEFT = "card_left"


WORDS: dict[Fault, tuple[Text, Text]] = {
    Fault.DARK: (
        Text("太暗", "Too dark"),
        Text("请开灯，或面向窗户。", "Switch a light on, or face the window."),
    ),
    Fault.BRIGHT: (
        Text("太亮", "Too bright"),
        Text("请避开直射的灯光和窗户。", "Keep lamps and windows out of the picture."),
    ),
    Fault.NO_FACE: (
        Text("正对镜头", "Face the camera"),
        Text("请正对摄像头，脸不要被遮住。", "Look straight into the camera, nothing covering."),
    ),
    Fault.NO_CARD: (
        Text("出示证件", "Show the card"),
        Text("请把证件有字的一面举到镜头前。", "Hold the printed side up to the camera."),
    ),
    Fault.CUT_OFF: (
        Text("往里一点", "Move it in"),
        Text("证件的四个角都要在画面里。", "All four corners must be in the picture."),
    ),
    Fault.SMALL: (
        Text("靠近一点", "Come closer"),
        Text("证件上的字太小，请离镜头近一点。", "The print is too small; hold it closer."),
    ),
    Fault.MOVING: (
        Text("拿稳", "Hold still"),
        Text("请拿住不动，手肘可以撑在桌上。", "Hold it still; rest your elbow on the desk."),
    ),
    Fault.GLARE: (
        Text("反光", "Glare"),
        Text("请把证件稍微倾斜，避开反光。", "Tilt the document a little, away from the light."),
    ),
    Fault.BLURRED: (
        Text("模糊", "Blurred"),
        Text("请先离远一点再慢慢靠近，等画面变清。", "Move back, then slowly closer until clear."),
    ),
    Fault.UNREAD: (
        Text("看不清字", "Not readable"),
        Text(
            "手指不要挡住姓名和号码，证件放平。", "Keep fingers off name and number; hold it flat."
        ),
    ),
    Fault.SOMEBODY: (
        Text("证件不符", "Wrong document"),
        Text("请使用报名时的本人证件。", "Use your own document, the one you registered with."),
    ),
    Fault.QUIET: (
        Text("大声一点", "Speak louder"),
        Text("请大声读出这句话。", "Read the sentence aloud."),
    ),
    Fault.CARD_LEFT: (
        Text("收起证件", "Card away"),
        Text("请收起证件，再转动摄像头。", "Put the document away, then turn the camera."),
    ),
}


def first_of(faults: set[Fault]) -> Fault | None:
    """Return what to put right first, or None."""
    return min(faults, key=list(Fault).index, default=None)
