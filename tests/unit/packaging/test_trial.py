"""A bundle whose programs do not start, or that cannot read, is not packed."""

import json

import cv2
import numpy as np
import pytest
import trial
from trial import NUMBER, PICTURE, TrialError, check, prepare

LABEL = "SaiJian 1.2.3"
READS = {"lines": [[NUMBER, 0.99]], "qt_loaded": False}


def answers(**changes):
    """Return a runner of programs that answer as a good lab build does, but for `changes`."""
    good = {
        "saijian.exe": (0, f"{LABEL} lab build, not for contests\r\n"),
        "SaiJianApp.exe": (0, ""),
        "probe.exe": (0, "noise of Wine\n" + json.dumps(READS)),
    }
    said = {**good, **{f"{name}.exe": answer for name, answer in changes.items()}}
    return lambda program, words: said[program.name]


def ask(tmp_path, run, kind="lab"):
    return check(run, tmp_path, version="1.2.3", kind=kind, ending=".exe")


def test_a_good_bundle_tells_what_it_read(tmp_path):
    assert ask(tmp_path, answers()) == READS


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"saijian": (0, LABEL)}, "--version"),
        ({"saijian": (3, f"{LABEL} lab build, not for contests")}, "--version"),
        ({"SaiJianApp": (1, "")}, "SaiJianApp"),
        ({"probe": (1, "DLL load failed")}, "DLL load failed"),
        ({"probe": (0, json.dumps({**READS, "lines": []}))}, "was read as"),
        ({"probe": (0, json.dumps({**READS, "lines": [["110", 0.9]]}))}, "was read as"),
        ({"probe": (0, json.dumps({**READS, "qt_loaded": True}))}, "Qt"),
    ],
)
def test_each_fault_is_told(tmp_path, changes, told):
    with pytest.raises(TrialError, match=told):
        ask(tmp_path, answers(**changes))


def test_a_release_must_not_call_itself_a_lab_build(tmp_path):
    ask(tmp_path, answers(saijian=(0, LABEL)), kind="release")
    with pytest.raises(TrialError, match="lab build"):
        ask(tmp_path, answers(), kind="release")


def test_the_copy_has_the_bundle_the_probe_and_a_picture(tmp_path):
    bundle, copy = tmp_path / "bundle", tmp_path / "copy"
    (bundle / "_internal").mkdir(parents=True)
    (bundle / "_internal" / "a.dll").write_bytes(b"MZ")
    (tmp_path / "probe.exe").write_bytes(b"MZ probe")
    for _ in range(2):  # again over what an earlier build left
        prepare(bundle, tmp_path / "probe.exe", copy)
    assert (copy / "_internal" / "a.dll").samefile(bundle / "_internal" / "a.dll")
    assert not (bundle / "probe.exe").exists()
    picture = cv2.imdecode(np.frombuffer((copy / PICTURE).read_bytes(), np.uint8), 1)
    assert picture.std() > 20


def test_the_label_is_the_programs_own():
    from client.base.build import NOTES

    assert trial.LAB_NOTE.strip() == NOTES["lab"].en
