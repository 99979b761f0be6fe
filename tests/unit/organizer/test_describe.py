from __future__ import annotations

import json
from pathlib import Path

import pytest

from client.base.text import Text
from client.organizer.describe import described
from client.organizer.problems import _CATALOGUE, Refusal

DOCS = Path(__file__).resolve().parents[3] / "docs" / "formats"
DOCUMENT = DOCS / "openapi.json"


@pytest.fixture(scope="module")
def api():
    return json.loads(described())


def test_the_document_in_docs_is_the_one_of_the_code():
    expected = DOCUMENT.read_text(encoding="utf-8")
    assert described() == expected, "saijian organizer openapi > docs/formats/openapi.json"


def test_every_error_answer_is_a_problem(api):
    for path, methods in api["paths"].items():
        for method, route in methods.items():
            for status, answer in route["responses"].items():
                if status >= "4":
                    schema = answer["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}, (path, method)


def test_all_but_plan_time_enrolment_reports_probe_and_options_ask_for_the_token(api):
    open_routes = {
        (path, method)
        for path, methods in api["paths"].items()
        for method, route in methods.items()
        if not route.get("security")
    }
    assert open_routes == {
        ("/plan", "get"),
        ("/time", "get"),
        ("/enrolments", "post"),
        ("/files", "options"),
        ("/reports", "post"),
        ("/probe", "get"),
        ("/probe", "post"),
        ("/probe/turns", "post"),
        ("/probe/turns/{turn}", "get"),
        ("/probe/turns/{turn}/done", "post"),
        ("/files/{upload_id}", "options"),
    }


def test_every_refusal_stands_in_the_handwritten_page_too():
    page = (DOCS / "organizer-api.md").read_text(encoding="utf-8")
    assert [code for code in _CATALOGUE if f"`{code}`" not in page] == []


@pytest.mark.parametrize("code", sorted(_CATALOGUE))
def test_every_refusal_has_a_sentence_in_both_languages(code):
    values = dict.fromkeys(
        ("field", "name", "wanted", "limit", "seq", "range", "offset", "missing", "where"), 1
    )
    refusal = Refusal(code, **values, reason=Text("甲。", "A."))
    assert refusal.problem.code == code
    assert refusal.text.zh.endswith("。")
    assert refusal.text.en.endswith(".")
