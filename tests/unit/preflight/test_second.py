"""Is there a second camera?"""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.contest.plan import Plan
from client.preflight.checks.second import ADVICE, second_camera_check
from client.preflight.standard import standard_checks
from tests.documents import plan_document


@pytest.mark.parametrize(
    ("named", "cameras", "verdict"),
    [
        ("", 2, "pass"),
        ("", 1, "fail"),
        ("another", 0, "fail"),
        ("another", 3, "pass"),
        ("http://phone:8080/video", 0, "pass"),
    ],
)
def test_it_is_there_or_how_to_get_one_is_said(named: str, cameras: int, verdict: str) -> None:
    finding = second_camera_check(named).judge(cameras)
    assert finding.verdict == verdict
    assert finding.advice == (ADVICE if verdict == "fail" else None)


@pytest.mark.parametrize("wants", [True, False])
def test_it_is_asked_where_the_plan_asks_and_has_words_in_the_window(*, wants: bool) -> None:
    document = plan_document(Ed25519PrivateKey.generate(), recording={"second_camera": wants})
    checks = standard_checks(Plan.model_validate(document), Path(), None, None)
    found = [check for check in checks if check.name == "second-camera"]
    assert len(found) == wants
