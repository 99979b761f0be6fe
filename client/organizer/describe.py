"""The OpenAPI document of the organizer's API, as it stands in docs/formats/openapi.json."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from client.organizer.api import build_app
from client.organizer.folder import OrganizerFolder, init_folder
from client.organizer.office import open_office
from client.organizer.problems import Refusal
from client.organizer.reports import SentReport


def described() -> str:
    """Return the document as text; it does not depend on this computer."""
    with tempfile.TemporaryDirectory() as name:
        init_folder(Path(name) / "organizer")
        office = open_office(OrganizerFolder(Path(name) / "organizer"))
        document = build_app(office, _reads_none).openapi()
        office.records.close()
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _reads_none(_: bytes) -> SentReport:
    raise Refusal("internal")  # nothing is served here
