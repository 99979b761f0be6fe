"""Asking an organizer where none is known: the same answer for every check of the network."""

from __future__ import annotations

from typing import NoReturn

from client.base.errors import OrganizerError
from client.base.text import Text


def no_organizer() -> NoReturn:
    """Raise OrganizerError: without a plan there is no server to measure against."""
    raise OrganizerError(
        Text("没有可以测量的组委会服务器。", "There is no organizer's server to measure against."),
        Text("请用 --plan 给出竞赛方案后再检查。", "Give the contest plan with --plan."),
    )
