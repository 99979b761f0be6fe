"""The difference between two snapshots of a Windows machine: nothing is overlooked but the list."""

from __future__ import annotations

import os
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("looks into Wine's folders from Linux", allow_module_level=True)

import traces
from traces import Snapshot, left_behind, read_disk, read_hive

HIVE = r"""WINE REGISTRY Version 2
;; All keys relative to \\User\\S-1-5-21-0-0-0-1000

#arch=win64

[Software\\Classes\\.saijian] 1795322356
#time=1dd7a3bd72fbe
@="SaiJian.Plan"

[Software\\SaiJian] 1795322356
#time=1dd7a3bd72fbe
"a=\"b\""="c"
"bytes"=hex:17,3b,\
  55,b8
"number"=dword:00000c28
"""


def test_a_hive_is_read_with_every_kind_of_value():
    assert read_hive(HIVE) == {
        r"Software\Classes\.saijian": "",
        r"Software\Classes\.saijian|@": '"SaiJian.Plan"',
        r"Software\SaiJian": "",
        r'Software\SaiJian|"a=\"b\""': '"c"',
        r'Software\SaiJian|"bytes"': "hex:17,3b,55,b8",
        r'Software\SaiJian|"number"': "dword:00000c28",
    }


def test_when_a_key_was_changed_is_no_trace():
    later = HIVE.replace("1795322356", "1795329999").replace("1dd7a3bd72fbe", "1dd7a3bd99999")
    assert read_hive(later) == read_hive(HIVE)


def test_what_was_added_changed_and_removed_is_found():
    before = Snapshot({"user.reg:a": "1", "user.reg:b": "1"}, {"C:/x": "folder"})
    after = Snapshot({"user.reg:a": "2", "user.reg:c": "1"}, {})
    found = {(trace.where, trace.what.partition(":")[0]) for trace in left_behind(before, after)}
    assert found == {
        ("user.reg:a", "changed"),
        ("user.reg:b", "removed"),
        ("user.reg:c", "added"),
        ("C:/x", "removed"),
    }


@pytest.mark.parametrize(
    "where",
    [
        r"user.reg:Software\Classes\saijian",
        r"user.reg:Software\Classes\.saijian",
        r'user.reg:Software\Microsoft\Windows\CurrentVersion\RunOnce|"SaiJian"',
        r"user.reg:Software\Microsoft\Windows\CurrentVersion\Uninstall\SaiJian",
        "C:/users/root/AppData/Local/Programs",
        "C:/users/root/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/赛鉴.lnk",
        "C:/users/root/Desktop/赛鉴.lnk",
    ],
)
def test_nothing_of_the_program_is_on_the_list_of_what_may_stay(where):
    empty, full = Snapshot({}, {}), Snapshot({where: "x"}, {})
    assert [trace.where for trace in left_behind(empty, full)] == [where]


def test_what_is_on_the_list_may_stay():
    where = "C:/users/root/AppData/Local/Temp/~nsu.tmp/Au_.exe"
    assert left_behind(Snapshot({}, {}), Snapshot({}, {where: "x"})) == []
    assert all(reason for reason in traces.ALLOWED.values())


def test_a_file_that_was_written_again_is_seen_though_its_size_is_the_same(tmp_path):
    file = tmp_path / "users" / "中文.txt"
    file.parent.mkdir()
    file.write_text("old", encoding="ascii")
    os.utime(file, ns=(1, 1))
    (tmp_path / "link").symlink_to(tmp_path)
    before = read_disk(tmp_path)
    file.write_text("new", encoding="ascii")
    after = read_disk(tmp_path)
    assert before["C:/users"] == "folder"
    assert before["C:/link"] == f"-> {tmp_path}"
    assert {place for place in before if before[place] != after[place]} == {"C:/users/中文.txt"}
