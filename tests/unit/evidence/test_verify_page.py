"""The documentation of `saijian verify --json` names what it says, and nothing else."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from client.contest.contestant import ticket_digest
from client.evidence.verify import verify
from tests.builders import Script, build_session
from tests.verify_page import with_findings

PAGE = (Path(__file__).resolve().parents[3] / "docs/formats/verify.md").read_text("utf-8")


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    return verify(build_session(tmp_path_factory.mktemp("s"), Script(seconds=6)).folder.path)


def members(heading: str) -> set[str]:
    """Return the names in the first column of the first table after `heading`."""
    table = PAGE.partition(heading)[2].partition("| member |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_every_member_is_named(said):
    assert members("# What") == set(said.to_json())
    assert members("`subject`:") == set(said.subject.to_json())


def test_every_finding_is_listed():
    assert with_findings(PAGE) == PAGE, "write with_findings(PAGE) into docs/formats/verify.md"


def test_a_digest_is_made_as_the_page_says():
    assert "printf 'saijian.ticket/1\\n%s\\n%s' CONTEST TICKET" in PAGE
    shell = hashlib.sha256(b"saijian.ticket/1\nc\nT1").hexdigest()
    assert ticket_digest("c", "T1") == shell
