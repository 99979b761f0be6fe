"""How virtual machines name themselves in their firmware. Compared without regard to case.

Sources: systemd's src/basic/virt.c (its table of DMI vendors), and the makers' documents.
"""

from __future__ import annotations

HYPERVISORS: tuple[tuple[str, str], ...] = (
    ("VMware", "VMware"),
    ("VMW", "VMware"),
    ("innotek GmbH", "VirtualBox"),
    ("VirtualBox", "VirtualBox"),
    ("QEMU", "QEMU"),
    ("KVM", "KVM"),
    ("Bochs", "Bochs"),
    ("Xen", "Xen"),
    ("Parallels", "Parallels"),
    ("Virtual Machine", "Hyper-V"),
    ("OpenStack", "OpenStack"),
    ("Alibaba Cloud", "Alibaba Cloud"),
    ("Amazon EC2", "Amazon EC2"),
    ("Google Compute Engine", "Google Cloud"),
    ("Tencent Cloud", "Tencent Cloud"),
    ("BHYVE", "bhyve"),
    ("Sangfor", "Sangfor"),
    ("Firecracker", "Firecracker"),
)
"""What is found in a name, and whose it is."""


def hypervisor_in(names: tuple[str, ...]) -> str | None:
    """Return whose virtual machine the firmware's names speak of; None: of none that we know."""
    for part, owner in HYPERVISORS:
        if any(part.casefold() in name.casefold() for name in names):
            return owner
    return None
