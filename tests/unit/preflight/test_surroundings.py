"""Virtual machines and remote sessions are warned of, with what speaks for them."""

from __future__ import annotations

import pytest

from client.preflight.checks.surroundings import surroundings_check
from client.preflight.facts.surroundings import SurroundingsFacts
from client.preflight.known.hypervisors import HYPERVISORS, hypervisor_in
from client.preflight.probes.linux.surroundings import has_hypervisor, signs_in
from client.preflight.probes.surroundings import look_around
from client.preflight.runner import examine

REAL = ("LENOVO", "ThinkCentre M710t", "American Megatrends Inc.")


@pytest.mark.parametrize(
    ("more", "verdict", "said"),
    [
        ({"firmware": REAL}, "pass", "ThinkCentre"),
        ({"firmware": ("VMware, Inc.", "VMware20,1")}, "warn", "VMware"),
        ({"firmware": ("innotek GmbH", "VirtualBox")}, "warn", "VirtualBox"),
        ({"firmware": ("Microsoft Corporation", "Virtual Machine")}, "warn", "Hyper-V"),
        ({"firmware": ("Microsoft Corporation", "Surface Pro 7")}, "pass", "Surface"),
        ({"firmware": REAL, "has_hypervisor": True}, "warn", "虚拟机"),
        ({"firmware": REAL, "is_remote": True}, "warn", "SM_REMOTESESSION"),
        ({"firmware": REAL, "remote_signs": ("Xvnc",)}, "warn", "Xvnc"),
        ({}, "unknown", "没有报告"),
        ({"has_hypervisor": False}, "pass", "没有"),
    ],
)
def test_signs_only_warn_and_are_shown(more, verdict, said) -> None:
    finding = surroundings_check().judge(SurroundingsFacts(**{"is_remote": False, **more}))
    assert finding.verdict == verdict
    assert said in finding.evidence.zh
    assert (finding.advice is None) == (verdict == "pass")


def test_both_are_told_when_both_are_there() -> None:
    finding = surroundings_check().judge(
        SurroundingsFacts(is_remote=True, firmware=("QEMU", "Standard PC"))
    )
    assert "远程会话" in finding.evidence.zh
    assert "QEMU" in finding.evidence.zh


@pytest.mark.parametrize(("part", "owner"), HYPERVISORS)
def test_each_name_of_the_table_is_found(part, owner) -> None:
    assert hypervisor_in(("x", f"A {part.upper()} b")) == owner


def test_signs_of_linux_are_found() -> None:
    assert signs_in({"DISPLAY": ":0"}, ["Xorg", "bash"]) == []
    assert signs_in({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, []) == ["SSH_CONNECTION"]
    assert signs_in({"DISPLAY": "localhost:10.0"}, ["Xvnc", "x11vnc"]) == [
        "DISPLAY=localhost:10.0",
        "Xvnc",
        "x11vnc",
    ]


def test_the_processors_flag_is_read(tmp_path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("flags\t\t: fpu vme hypervisor\n", "ascii")
    assert has_hypervisor(info) is True
    info.write_text("flags\t\t: fpu vme\n", "ascii")
    assert has_hypervisor(info) is False
    info.write_text("Features\t: fp asimd\n", "ascii")
    assert has_hypervisor(info) is has_hypervisor(tmp_path / "nothing") is None


def test_this_computer_is_looked_at() -> None:
    found = look_around()
    assert SurroundingsFacts.model_validate_json(found.model_dump_json()) == found
    told = bool(found.firmware) or found.has_hypervisor is not None
    assert (examine(surroundings_check()).verdict == "unknown") is (not told)
