"""What is known of where this system runs: on a desk, in a virtual machine, seen from afar."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from client.contest.values import Value

Label = Annotated[str, Field(max_length=300)]


class SurroundingsFacts(Value):
    """None: the system does not tell."""

    is_remote: bool | None
    """The system itself calls this session a remote one."""
    remote_signs: Annotated[tuple[Label, ...], Field(strict=False)] = ()
    """What else speaks for somebody watching from afar, as it was found."""
    firmware: Annotated[tuple[Label, ...], Field(strict=False)] = ()
    """Maker, product and version that the firmware names."""
    has_hypervisor: bool | None = None
    """The processor says that a hypervisor runs below this system. On Windows it is not asked:
    Windows 11 runs on a hypervisor of its own on most computers."""
