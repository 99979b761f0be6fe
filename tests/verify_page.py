"""What `saijian verify` can find, as docs/formats/verify.md lists it."""

from __future__ import annotations

from client.evidence.findings import CATALOG, Verdict
from tests.documented import with_part

BEGIN, END = "<!-- findings: begin -->\n", "<!-- findings: end -->\n"


def findings_text() -> str:
    """Return the table, worst verdict first."""
    rows = [
        f"| `{code}` | {verdict.name} | {text.zh} | {text.en} |"
        for worst in sorted(Verdict, reverse=True)
        for code, (verdict, text) in CATALOG.items()
        if verdict is worst
    ]
    return "\n".join(["| code | leads to | 中文 | English |", "|---|---|---|---|", *rows, ""])


def with_findings(page: str) -> str:
    """Return a page of documentation with the table in its place; ValueError without one."""
    return with_part(page, BEGIN, findings_text(), END)
