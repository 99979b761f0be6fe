"""What came of writing as the recorder writes, and who might forbid it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from client.contest.values import Value

Step = Literal["folder", "track", "journal", "rename", "reopen", "replace", "read", "remove"]


class WritingFacts(Value):
    """One try in the sessions folder."""

    failed: Step | None
    """The step that did not work; None: all did."""
    reason: Annotated[str, Field(max_length=300)] | None
    """The system's own words."""
    is_full: bool = False
    """It did not work because the disk, or what this user may keep on it, is full."""
    seconds: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)]
    """All steps together."""
    guards: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(strict=False)] = ()
    """Antivirus programs that Windows' security centre lists as switched on."""
    protects_folders: bool | None = None
    """Windows' controlled folder access is on; None: not told."""
