from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.base.errors import SaiJianError
from client.remote.failures import body_of, clean, problem_in
from client.remote.wire import Response


@given(st.text())
def test_a_server_s_sentence_is_one_short_printable_line(text):
    shown = clean(text)
    assert len(shown) <= 300
    assert shown.isprintable()


def test_directions_and_line_breaks_do_not_reach_the_window():
    assert clean("提交\u202e成功\r\n\x1b[31m[E000]\u200b 好") == "提交 成功 [31m[E000] 好"


@given(st.binary(max_size=300), st.integers(100, 599))
def test_any_answer_is_a_body_or_an_error_for_a_person(body, status):
    if status in {200, 201, 204}:
        assert body_of(Response(status, {}, body)) == body
        return
    with pytest.raises(SaiJianError) as error:
        body_of(Response(status, {}, body))
    assert error.value.title.zh
    assert error.value.title.en


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"code": "x", "zh": "", "en": ""}', b"[" * 100_000, b"\xff"],
)
def test_rubbish_is_no_problem(body):
    assert problem_in(body) is None


def test_a_problem_is_cleaned():
    body = json.dumps({"code": "disk_full", "zh": "满" * 500, "en": "a\nb"}).encode()
    problem = problem_in(body)
    assert (len(problem.zh), problem.en) == (300, "a b")
