"""The identity check: the camera beside the sample, one thing to put right, in two words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from client.base.text import Text
from client.contest.plan import Plan
from client.identity.coach import Coaching
from client.identity.faults import WORDS
from client.identity.outcome import Document
from client.identity.steps import TABLE, Needs, Step, Walk
from client.ui.look import Look
from client.ui.widgets.parts import Flowing, box, button, label, set_property
from client.ui.widgets.preview import Area, PreviewPicture

SAMPLE = Text("样例", "Sample")
LIVE = Text("摄像头画面（有意模糊，录像不受影响）", "Camera (unsharp here on purpose)")
STARTING = Text("正在准备……", "Getting ready…")
GOOD = Text("很好，保持不动", "Good, hold still")
DONE = Text("都通过了", "All done")
DONE_ADVICE = Text("可以进入下一步，也可以重新来一次。", "Go on to the next step, or do it again.")
AWAY = Text("请自己对照样例", "Compare with the sample")
AWAY_ADVICE = Text(
    "自动检查暂时不可用，录像照常进行。45 秒后可以先继续。",
    "The automatic check is not available; the recording goes on. After 45 s you may go on.",
)
SKIP = Text("先继续", "Go on for now")
AGAIN = Text("重新来一次", "Do it again")
OTHER = Text("我用护照或其他证件", "I use another document")
CARD = Text("我用身份证", "I use an identity card")
PASSED = Text("✓ {title}", "✓ {title}")
LEFT = Text("– {title}（未达到）", "– {title} (not reached)")
NOW = Text("▶ {title}", "▶ {title}")
STEP_OF = Text("第 {at} 步，共 {of} 步", "Step {at} of {of}")
LATER = Text("○ {title}", "○ {title}")
LEAST_LIVE, LEAST_LIVE_LARGE = 96, 72
"""Pixels; where the type is large, the words need the room."""
_GUIDES = {
    Step.FACE_AND_CARD: (0.0, 0.35, 1.0, 1.0),
    Step.CARD_FRONT: (0.0, 0.0, 1.0, 1.0),
    Step.CARD_BACK: (0.0, 0.0, 1.0, 1.0),
}
"""Where the document may be while nobody knows where it is: left, top, right, bottom in parts."""
_WIDER = 0.15
"""What is hidden around the document, since it moves until the next look."""


def hidden_area(coaching: Coaching | None) -> Area | None:
    """Return what of the picture must be coarse: the document, or wherever it may be."""
    if coaching is None:
        return _GUIDES[Step.CARD_FRONT]
    if not coaching.card:
        return _GUIDES.get(coaching.walk.step) if coaching.walk.step else None
    xs, ys = zip(*coaching.card, strict=True)
    wide, high = (max(xs) - min(xs)) * _WIDER, (max(ys) - min(ys)) * _WIDER
    return min(xs) - wide, min(ys) - high, max(xs) + wide, max(ys) + high


class IdentityDetail(Flowing):
    """Draws a `Coaching`; tells what the contestant chooses."""

    skipped = Signal()
    again = Signal(object)
    """The other kind of document, or None."""

    def __init__(self, look: Look, plan: Plan) -> None:
        """Build it as it is before the coach answers."""
        super().__init__()
        self._look = look
        sentence = plan.identity.sentence
        self._sentence = look.name(sentence) if sentence else ""
        self._document = Document.CARD
        self.live = PreviewPicture(look, LEAST_LIVE_LARGE if look.is_large else LEAST_LIVE)
        self.live.set_soft()  # a document that nobody found is hidden, too
        self.live.set_coarse(_GUIDES[Step.CARD_FRONT])
        self.sample = QLabel()
        self.sample.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sample.setAccessibleName(look.say(SAMPLE))
        self.sample.setPixmap(look.picture("identity", "text", 176, 99))
        self.words, self.advice = label("title"), label("body")
        self.steps = label("muted" if look.is_large else "text", wrap=not look.is_large)
        self.skip, self.repeat = button(look.say(SKIP)), button(look.say(AGAIN))
        self.other = button(look.say(OTHER))
        self.skip.clicked.connect(self.skipped)
        self.repeat.clicked.connect(lambda: self.again.emit(None))
        self.other.clicked.connect(self._change_document)
        self._arrange()
        self.show_coaching(None)

    def _arrange(self) -> None:
        pictures = QGridLayout()
        pictures.setHorizontalSpacing(12)
        pictures.addWidget(label("muted", self._look.say(LIVE)), 0, 0)
        pictures.addWidget(label("muted", self._look.say(SAMPLE)), 0, 1)
        pictures.addWidget(self.live, 1, 0)
        pictures.addWidget(self.sample, 1, 1)
        pictures.setColumnStretch(0, 3)
        pictures.setColumnStretch(1, 2)
        pictures.setRowStretch(1, 1)
        above = QGridLayout()
        above.setVerticalSpacing(6)
        above.setColumnStretch(0, 3)
        above.addWidget(self.words, 0, 0)
        if self._look.is_large:  # the step that is now stands beside the words, the others nowhere
            above.addWidget(self.steps, 0, 1)
            above.addWidget(self.advice, 1, 0, 1, 2)
        else:
            above.setColumnStretch(1, 2)
            above.setRowStretch(2, 1)
            above.addWidget(self.advice, 1, 0)
            above.addWidget(self.steps, 0, 1, 3, 1)
        choices = QHBoxLayout()
        for each in (self.skip, self.repeat, self.other):
            choices.addWidget(each)
        choices.addStretch(1)
        column = QVBoxLayout()
        column.addLayout(above)
        column.addLayout(pictures, 1)
        column.addLayout(choices)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(box("card", column, margin=10, spacing=6))

    def show_sample(self, picture: bytes) -> None:
        """Show the organizer's sample picture; ours stays where it is none."""
        pixmap = QPixmap()
        if pixmap.loadFromData(picture):
            scaled = pixmap.scaled(240, 135, Qt.AspectRatioMode.KeepAspectRatio)
            self.sample.setPixmap(scaled)

    def show_coaching(self, coaching: Coaching | None) -> None:
        """Draw one moment; None while no coach is there."""
        self.live.set_coarse(hidden_area(coaching))
        words, advice, tone = self._said(coaching)
        self.words.setText(self._look.say(words))
        self.advice.setText(self._look.say(advice))
        set_property(self.words, "tone", tone)
        self.words.setAccessibleName(f"{self.words.text()} {self.advice.text()}")
        self.skip.setVisible(coaching is not None and coaching.may_skip)
        self.repeat.setEnabled(coaching is not None)
        self.other.setEnabled(coaching is not None)
        if coaching is None:
            return
        listed = self._listed(coaching)
        now = self._counted(coaching.walk) if self._look.is_large else "\n".join(listed)
        self.steps.setText(now)
        self.steps.setAccessibleName("\n".join(listed))
        self._document = coaching.document
        is_card = self._document is Document.CARD
        self.other.setText(self._look.say(OTHER if is_card else CARD))

    def _said(self, coaching: Coaching | None) -> tuple[Text, Text, str]:
        if coaching is None:
            return STARTING, Text("", ""), "quiet"
        walk = coaching.walk
        if walk.step is None:
            return DONE, DONE_ADVICE, "good"
        what = TABLE[walk.step].what
        if Needs.VOICE in TABLE[walk.step].needs:
            what = Text(what.zh + self._sentence, f"{what.en} {self._sentence}")
        if not coaching.is_working:
            return (AWAY, AWAY_ADVICE, "warn") if coaching.may_skip else (STARTING, what, "quiet")
        if walk.good:
            return GOOD, what, "good"
        if walk.lacking is None:
            return TABLE[walk.step].title, what, "accent"
        words, advice = WORDS[walk.lacking]
        return words, Text(f"{what.zh}{advice.zh}", f"{what.en} {advice.en}"), "warn"

    def _counted(self, walk: Walk) -> str:
        at = min(walk.at + 1, len(walk.steps))
        return self._look.say(STEP_OF.format(at=at, of=len(walk.steps)))

    def _listed(self, coaching: Coaching) -> list[str]:
        walk, lines = coaching.walk, []
        for place, step in enumerate(walk.steps):
            form = PASSED if place < walk.at else NOW if place == walk.at else LATER
            form = LEFT if step in walk.skipped else form
            title = self._look.say(TABLE[step].title)
            lines.append(self._look.say(form).format(title=title))
        return lines

    def _change_document(self) -> None:
        is_card = self._document is Document.CARD
        self.again.emit(Document.OTHER if is_card else Document.CARD)
