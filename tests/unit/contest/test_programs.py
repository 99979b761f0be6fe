"""The list of programs that a plan may hold, and the one that it has without."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from client.contest.plan import Environment
from client.contest.programs import USUAL_PROGRAMS, Program

ROW = {"slug": "x", "name": {"zh": "甲"}, "kind": "recorder", "processes": ["x.exe"]}


def test_the_usual_list_names_each_program_and_process_once() -> None:
    slugs = [program.slug for program in USUAL_PROGRAMS]
    processes = [name.casefold() for program in USUAL_PROGRAMS for name in program.processes]
    assert len(slugs) == len(set(slugs))
    assert len(processes) == len(set(processes))
    assert {"teamviewer", "anydesk", "sunlogin", "todesk", "rustdesk", "tencent-meeting"} <= {
        *slugs
    }
    assert {"obs", "ev", "bandicam", "qq", "wechat", "mythware", "red-spider", "jiaka"} <= {*slugs}


def test_a_plan_may_name_others_or_none() -> None:
    assert Environment.model_validate({"programs": []}).programs == ()
    own = Environment.model_validate({"programs": [ROW]}).programs
    assert own == (Program.model_validate(ROW),)
    assert Environment().programs == USUAL_PROGRAMS


@pytest.mark.parametrize(
    "rows",
    [
        [ROW, ROW],
        [{**ROW, "kind": "game"}],
        [{**ROW, "processes": []}],
        [{**ROW, "processes": ["a\nb"]}],
        [{**ROW, "name": {"zh": "\x1b[2J"}}],
        [{**ROW, "slug": "A B"}],
        [{**ROW, "more": 1}],
        [{**ROW, "slug": f"p{n}"} for n in range(201)],
    ],
)
def test_what_cannot_be_used_is_refused(rows) -> None:
    with pytest.raises(ValidationError):
        Environment.model_validate({"programs": rows})
