"""One picture for one step: what it lacks, told by real pixels; reading is simulated here."""

import dataclasses

import cv2
import numpy as np
import pytest

from client.identity.document import find_document, flattened
from client.identity.faces import Faces
from client.identity.faults import Fault
from client.identity.judge import Judge
from client.identity.outcome import Document, Enrolled, Outcome
from client.identity.reader import Line
from client.identity.steps import Step
from tests.identity_scenes import card
from tests.identity_scenes.scene import SIZE, Scene

GOOD = Scene(7, 560.0, 0.0, 3.0, 0.03, 0.9, 2.0, "none", "dark", 0.0, has_hand=False)


def picture_of(scene):
    return next(scene.pictures(1, compressed=False))


def fault_of(scene, step=Step.CARD_BACK, **heard):
    judge = Judge(lambda _: [], Enrolled())
    return judge.look(picture_of(scene), step, **heard).fault


def but(**changes):
    return dataclasses.replace(GOOD, **changes)


def portrait(width=1280, turned=False):
    """Return a person before a dark wall."""
    room = np.full((SIZE[1], SIZE[0], 3), 60, np.uint8)
    room[100:700, 80:680] = cv2.resize(card.face(), (600, 600))
    return cv2.resize(room[:, ::-1] if turned else room, (width, width * 9 // 16))


def test_a_good_picture_lacks_nothing():
    assert fault_of(GOOD) is None


@pytest.mark.parametrize(
    ("scene", "fault"),
    [
        (but(light=0.15), Fault.DARK),
        (but(card_width=110.0, ground="plain"), Fault.SMALL),
        (but(blur=9.0), Fault.BLURRED),
    ],
)
def test_what_is_wrong_is_said(scene, fault):
    assert fault_of(scene) is fault


def test_burnt_out_print_is_glare():
    picture = picture_of(GOOD)
    corners = find_document(picture)
    middle = tuple(int(n) for n in corners.mean(axis=0))
    cv2.circle(picture, middle, 90, (255, 255, 255), -1)
    judge = Judge(lambda _: [], Enrolled())
    assert judge.look(picture, Step.CARD_BACK).fault is Fault.GLARE
    assert judge.look(picture, Step.CARD_FRONT).fault is Fault.GLARE


def test_an_empty_wall_has_no_card_and_the_last_step_wants_none():
    wall = np.random.default_rng(1).normal(120, 12, (*SIZE[::-1], 3)).clip(0, 255).astype(np.uint8)
    judge = Judge(lambda _: [], Enrolled())
    assert judge.look(wall, Step.CARD_BACK).fault is Fault.BLURRED
    judge = Judge(lambda _: [], Enrolled())
    assert judge.look(portrait(), Step.CARD_BACK).fault is Fault.NO_CARD
    judge = Judge(lambda _: [], Enrolled())
    assert judge.look(portrait(), Step.PLACE).fault is None
    assert judge.look(picture_of(GOOD), Step.PLACE).fault is Fault.MOVING
    assert judge.look(picture_of(GOOD), Step.PLACE).fault is Fault.CARD_LEFT


def test_what_moves_is_not_still():
    judge = Judge(lambda _: [], Enrolled())
    assert judge.look(picture_of(GOOD), Step.CARD_BACK).fault is None
    other = np.roll(picture_of(GOOD), 250, axis=1)
    assert judge.look(other, Step.CARD_BACK).fault is Fault.MOVING
    assert judge.look(other, Step.CARD_BACK).fault is None


def test_corners_are_found_and_the_document_is_laid_flat():
    picture = picture_of(GOOD)
    corners = find_document(picture)
    true = GOOD._corners(np.random.default_rng(GOOD.seed))
    assert np.abs(corners - true).max() < 8
    flat, back = flattened(picture, corners)
    assert flat.shape[1] / flat.shape[0] == pytest.approx(1.586, rel=0.06)
    around = cv2.perspectiveTransform(np.array([[(0.0, 0.0)]]), back)[0, 0]
    assert np.abs(around - corners[0]).max() < 40


def test_a_face_from_the_front_is_seen_and_the_portrait_on_a_card_is_none():
    faces = Faces()
    assert faces.frontal(portrait()) is not None
    assert faces.frontal(np.full((720, 1280, 3), 90, np.uint8)) is None
    whole = np.array([(0, 0), (1279, 0), (1279, 719), (0, 719)], np.float32)
    assert faces.frontal(portrait(), whole) is None
    assert faces.frontal(cv2.rotate(portrait(), cv2.ROTATE_90_CLOCKWISE)) is None


def test_the_sentence_needs_a_face_and_a_voice():
    judge = Judge(lambda _: [], Enrolled())
    assert judge.look(portrait(), Step.SENTENCE, level=0.3).fault is None
    assert judge.look(portrait(), Step.SENTENCE, level=0.001).fault is Fault.QUIET
    nobody = np.random.default_rng(2).normal(120, 12, (720, 1280, 3)).clip(0, 255)
    assert judge.look(nobody.astype(np.uint8), Step.SENTENCE, level=0.3).fault is Fault.NO_FACE


def lines_of(person, corners=((300.0, 300.0), (660.0, 300.0), (660.0, 322.0), (300.0, 322.0))):
    return [
        Line(f"姓名{person.name}", 0.9, corners),
        Line("住址样本省", 0.9, corners),
        Line(person.number, 0.9, corners),
    ]


def test_reading_decides_whose_it_is_and_a_wrong_person_is_told_first():
    person = GOOD.person
    other = GOOD.others()[0]
    wrong = Judge(lambda _: lines_of(person), card.enrolled(other))
    verdict = wrong.look(picture_of(GOOD), Step.CARD_FRONT)
    assert (verdict.fault, verdict.read) == (Fault.SOMEBODY, Outcome.SOMEBODY)


def test_what_a_machine_reads_and_a_person_could_not_is_not_accepted():
    tiny = ((300.0, 300.0), (400.0, 300.0), (400.0, 306.0), (300.0, 306.0))
    person = GOOD.person
    judge = Judge(lambda _: lines_of(person, tiny), card.enrolled(person))
    room = np.random.default_rng(1).normal(120, 12, (720, 1280, 3)).clip(0, 255).astype(np.uint8)
    verdict = judge.look(room, Step.CARD_FRONT)
    assert (verdict.fault, verdict.read) == (Fault.SMALL, Outcome.MATCH)


def test_a_card_that_only_its_text_shows_is_found_beside_a_face():
    """A card before a light shirt has no edges; three printed lines are enough."""
    places = [((800.0, y), (1100.0, y), (1100.0, y + 20), (800.0, y + 20)) for y in (300, 350, 400)]
    lines = [Line("样本", 0.9, place) for place in places]
    seen = Judge(lambda _: lines, Enrolled()).look(portrait(), Step.FACE_AND_CARD)
    assert seen.fault is None
    assert seen.card[0] == pytest.approx((800 / 1280, 300 / 720), abs=0.01)
    few = Judge(lambda _: lines[:2], Enrolled()).look(portrait(), Step.FACE_AND_CARD)
    assert few.fault is Fault.NO_CARD
    nobody = np.full((720, 1280, 3), 90, np.uint8)
    assert Judge(lambda _: lines, Enrolled()).look(nobody, Step.FACE_AND_CARD).fault is (
        Fault.NO_FACE
    )


def test_text_is_not_read_where_light_is_missing():
    def refuse(_):
        raise AssertionError("read")

    dark = picture_of(but(light=0.1))
    assert Judge(refuse, Enrolled()).look(dark, Step.CARD_FRONT).fault is Fault.DARK


def test_a_verdict_holds_nothing_that_was_read():
    person = GOOD.person
    judge = Judge(lambda _: lines_of(person), card.enrolled(person))
    verdict = judge.look(picture_of(GOOD), Step.CARD_FRONT, Document.CARD)
    assert person.number not in repr(verdict)
    assert person.name not in repr(verdict)
    assert len(verdict.card) == 4
