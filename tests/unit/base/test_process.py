"""Which program is started for a verb."""

import subprocess
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


def test_the_end_waits_for_no_thread_and_loses_no_word():
    script = """
import atexit, threading
from client.base.process import end_at_once
atexit.register(print, "farewell")
threading.Thread(target=threading.Event().wait).start()
print("last word", end="")
end_at_once(3)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout) == (3, "last word")
