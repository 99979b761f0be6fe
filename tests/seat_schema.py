"""The JSON schema of a report file, as docs/formats/preflight.md publishes it."""

from __future__ import annotations

import json
from typing import Any

from client.preflight.reports.model import SeatReport
from tests.documented import with_part

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
    return with_part(page, BEGIN, schema_text(), END)
