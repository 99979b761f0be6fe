"""A card before a camera, seeded: size, place, light, blur, noise, and our own H.264."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass

import av
import cv2
import numpy as np

from client.contest.plan import Recording
from client.recorder.child.encoder import VideoEncoder, VideoShape
from client.recorder.child.picture import to_i420
from tests.identity_scenes import card as cards
from tests.identity_scenes.words import Pixels

SIZE = (1280, 720)
LEAST_DIGIT = 10.2
"""Pixels that a digit is high; below, nothing counts as legible."""
MOST_BLUR = 0.08
"""Standard deviation of the blur as part of a digit's height; above, nothing is legible."""
LEAST_LIGHT = 0.45
_VIDEO = Recording().camera


@dataclass(frozen=True)
class Scene:
    """One way to hold a card. The picture is 1280 by 720."""

    seed: int
    card_width: float
    blur: float
    """Standard deviation in pixels."""
    turn: float
    """Degrees."""
    tilt: float
    """How much narrower the far edge is: 0 to 0.15."""
    light: float
    noise: float
    glare: str
    """`none`, `beside` the text, `on` the number."""
    ground: str
    shake: float
    """Pixels between two pictures."""
    has_hand: bool

    @property
    def digit(self) -> float:
        """Return how high a digit of the number is, in pixels."""
        return self.card_width * cards.DIGIT

    @property
    def is_below(self) -> bool:
        """Tell whether digits are too small or too blurred to count as read by a person."""
        return self.digit < LEAST_DIGIT or self.blur > MOST_BLUR * self.digit

    @property
    def is_legible(self) -> bool:
        """Tell whether the coach is to accept it."""
        return not self.is_below and self.glare != "on" and self.light >= LEAST_LIGHT

    @property
    def person(self) -> cards.Person:
        """Return who is on the card."""
        return cards.invented(random.Random(self.seed))

    def others(self) -> list[cards.Person]:
        """Return who must not be taken for the one on the card."""
        rng = random.Random(self.seed + 1)
        return [cards.one_digit_off(self.person, rng) for _ in range(3)] + [cards.invented(rng)]

    def pictures(self, count: int, *, compressed: bool = True) -> Iterator[Pixels]:
        """Yield what the coach sees, a second apart, BGR."""
        rng = np.random.default_rng(self.seed)
        front = cards.draw(self.person)
        drawn = (self._picture(front, rng) for _ in range(count))
        yield from through_h264(drawn) if compressed else drawn

    def _picture(self, front: Pixels, rng: np.random.Generator) -> Pixels:
        picture = _ground(self.ground, np.random.default_rng(self.seed))
        corners = self._corners(rng)
        step = self.card_width * 2 / front.shape[1]
        if step < 1:  # as a lens does: what is too fine is averaged
            front = cv2.resize(front, None, fx=step, fy=step, interpolation=cv2.INTER_AREA)
        rows, columns = front.shape[:2]
        flat = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
        move = cv2.getPerspectiveTransform(flat, corners)
        big = cv2.warpPerspective(front, move, SIZE, flags=cv2.INTER_AREA)
        mask = cv2.warpPerspective(np.full((rows, columns), 255, np.uint8), move, SIZE)[:, :, None]
        picture = np.where(mask > 127, big, picture)
        if self.has_hand:
            _hand(picture, corners)
        lit = picture.astype(np.float32) * self.light
        if self.glare != "none":
            lit += _glare(corners, on_number=self.glare == "on")
        if self.blur:
            lit = cv2.GaussianBlur(lit, (0, 0), self.blur)
        lit += rng.normal(0, self.noise, lit.shape)
        return np.clip(lit, 0, 255).astype(np.uint8)

    def _corners(self, rng: np.random.Generator) -> np.ndarray:
        """Return upper left, upper right, lower right, lower left in the picture."""
        fixed = random.Random(self.seed)
        wide, high = self.card_width, self.card_width * cards.HEIGHT / cards.WIDTH
        near = wide * self.tilt / 2
        box = np.array(
            [(-wide / 2 + near, -high / 2), (wide / 2 - near, -high / 2),
             (wide / 2, high / 2), (-wide / 2, high / 2)]
        )  # fmt: skip
        angle = np.deg2rad(self.turn)
        turned = box @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        room = (max(0, SIZE[0] / 2 - wide * 0.56), max(0, SIZE[1] / 2 - high * 0.62))
        middle = [SIZE[n] / 2 + fixed.uniform(-0.6, 0.6) * room[n] for n in (0, 1)]
        return (turned + middle + rng.uniform(-self.shake, self.shake, 2)).astype(np.float32)


def scene(seed: int) -> Scene:
    """Return scene number `seed`: most as people do it, some hopeless."""
    rng = random.Random(seed * 7919 + 5)
    wide = rng.uniform(300, 700) if rng.random() > 0.1 else rng.uniform(200, 300)
    digit = wide * cards.DIGIT
    kind = rng.random()
    blur = rng.betavariate(1.2, 2.0) * MOST_BLUR if kind > 0.2 else rng.uniform(MOST_BLUR, 0.45)
    return Scene(
        seed=seed,
        card_width=wide,
        blur=blur * digit if rng.random() > 0.15 else 0.0,
        turn=rng.gauss(0, 6),
        tilt=rng.uniform(0, 0.08),
        light=rng.uniform(0.5, 1.0) if rng.random() > 0.08 else rng.uniform(0.1, 0.4),
        noise=rng.uniform(1, 9),
        glare=rng.choices(["none", "beside", "on"], [75, 15, 10])[0],
        ground=rng.choice(["plain", "dark", "stripes", "clutter", "person"]),
        shake=rng.uniform(0, 4),
        has_hand=rng.random() < 0.5,
    )


def through_h264(pictures: Iterator[Pixels]) -> Iterator[Pixels]:
    """Yield each picture as it comes back from the recorder's encoder at the plan's defaults."""
    shape = VideoShape(*SIZE, _VIDEO.fps, _VIDEO.crf, 10, _VIDEO.kbps)
    with av.open(io.BytesIO(), "w", "mp4") as container:
        encoder = VideoEncoder(container, shape)
        decoder = av.CodecContext.create("h264", "r")
        for number, picture in enumerate(pictures):
            (coded,) = encoder.encode(to_i420(picture), number * 90_000, is_key=number == 0)
            (frame,) = decoder.decode(av.Packet(encoder_head(encoder, number) + coded.data))
            yield frame.to_ndarray(format="bgr24")


def encoder_head(encoder: VideoEncoder, number: int) -> bytes:
    """Return the parameter sets that a decoder needs before the first picture."""
    return (encoder.stream.codec_context.extradata or b"") if number == 0 else b""


def _ground(kind: str, rng: np.random.Generator) -> Pixels:
    wide, high = SIZE
    plain = np.full((high, wide, 3), rng.integers(120, 220, 3), np.uint8)
    if kind == "dark":
        plain[:] = rng.integers(20, 70, 3)
    elif kind == "stripes":
        plain[:, (np.arange(wide) // 40) % 2 == 0] = rng.integers(60, 200, 3)
    elif kind == "clutter":
        for _ in range(40):
            left, top = int(rng.integers(0, wide)), int(rng.integers(0, high))
            size = (int(rng.integers(40, 320)), int(rng.integers(30, 220)))
            colour = tuple(int(c) for c in rng.integers(30, 230, 3))
            cv2.rectangle(plain, (left, top), (left + size[0], top + size[1]), colour, -1)
    elif kind == "person":
        tall = 640
        plain[high - tall :, 60 : 60 + tall] = cv2.resize(cards.face(), (tall, tall))
    return plain


def _hand(picture: Pixels, corners: np.ndarray) -> None:
    """A thumb over the upper right corner, fingers under the lower left one."""
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    for corner, away in ((corners[1], (0.02, 0.12)), (corners[3], (-0.01, 0.03))):
        middle = (int(corner[0] + away[0] * wide), int(corner[1] + away[1] * wide))
        size = (int(wide * 0.11), int(wide * 0.05))
        cv2.ellipse(picture, middle, size, 20, 0, 360, (120, 150, 205), -1, cv2.LINE_AA)


def _glare(corners: np.ndarray, *, on_number: bool) -> np.ndarray:
    """Return light to add: a window's mirror image, on the number or on the portrait."""
    flat = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    place = np.array([[(0.66, 0.88) if on_number else (0.80, 0.40)]], np.float32)
    (x, y) = cv2.perspectiveTransform(place, cv2.getPerspectiveTransform(flat, corners))[0, 0]
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    spread = wide * (0.10 if on_number else 0.07)
    light = 420 * np.exp(-(((columns - x) / spread) ** 2 + ((rows - y) / (spread * 0.6)) ** 2))
    return light[:, :, None].astype(np.float32)
