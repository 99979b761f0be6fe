"""Which program is started for a verb."""

import sys
from pathlib import Path

import pytest

from client.base.process import own_command


def test_from_source_it_is_this_python():
    assert own_command("devices", "--json") == [sys.executable, "-m", "client", "devices", "--json"]


@pytest.mark.parametrize("running", ["saijian", "SaiJianApp"])
@pytest.mark.parametrize("ending", ["", ".exe"])
@pytest.mark.parametrize(
    ("words", "program"),
    [
        (("recorder", "--session", "x"), "saijian"),
        (("uploader", "--session", "x"), "saijian"),
        (("window", "--session", "x"), "SaiJianApp"),
        ((), "saijian"),
    ],
)
def test_the_bundle_has_one_program_for_windows_and_one_for_verbs(
    tmp_path, monkeypatch, running, ending, words, program
):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / f"{running}{ending}"))
    first, *rest = own_command(*words)
    assert Path(first) == tmp_path / f"{program}{ending}"
    assert tuple(rest) == words
