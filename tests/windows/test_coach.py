"""The coach's real process on Windows: it reads a card through its pipe, below normal priority."""

from __future__ import annotations

import time
from itertools import count

import cv2
import psutil

from client.identity.coach import Coach, Report, Surroundings
from client.identity.outcome import Outcome
from client.identity.steps import Step
from tests.identity_scenes.card import enrolled
from tests.identity_scenes.scene import scene

PATIENCE_S = 120.0


def test_a_card_is_read_and_the_process_ends() -> None:
    made = next(each for each in map(scene, count()) if each.is_legible and each.ground == "plain")
    picture = next(made.pictures(1))
    jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
    reports: list[Report] = []
    around = Surroundings(lambda: jpeg, lambda: 0.0, reports.append)
    coach = Coach((Step.CARD_FRONT, Step.PLACE), enrolled(made.person), around)
    deadline = time.monotonic() + PATIENCE_S
    while not reports and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [(report.accepted, report.read) for report in reports] == [(True, Outcome.MATCH)]
    process = coach._process
    assert process is not None
    assert psutil.Process(process.pid).nice() == 0x4000  # BELOW_NORMAL_PRIORITY_CLASS
    coach.leave()
    process.wait(10)
    while len(reports) == 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    coach.close()
    assert [report.step for report in reports] == [Step.CARD_FRONT, Step.PLACE]
