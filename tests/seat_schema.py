"""The JSON schema of a report file, as docs/formats/preflight.md publishes it."""

from __future__ import annotations

import json
from typing import Any

from client.preflight.reports.model import SeatReport

BEGIN, END = "<!-- schema: begin -->\n```json\n", "```\n<!-- schema: end -->\n"


def schema_text() -> str:
    """Return the schema; what it cannot say (lines without breaks, UTC) is checked besides."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SeatReport.model_json_schema(),
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def with_schema(page: str) -> str:
    """Return a page of documentation with the schema in its place; ValueError without one."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("the page has no place for the schema")
    return before + begin + schema_text() + end + after
