"""What Windows is told of the programs."""

import re
import struct
from pathlib import Path

import pytest
from appearance import four_numbers, strings

ROOT = Path(__file__).resolve().parents[3]
MANIFEST = ROOT / "packaging" / "windows" / "saijian.manifest"


@pytest.mark.parametrize(("name", "shown"), [("SaiJianApp", "赛鉴"), ("saijian", "赛鉴 命令行")])
def test_the_details_page_names_program_and_version(name, shown):
    told = strings("1.2.3", name)
    assert told["FileDescription"] == shown
    assert told["ProductVersion"] == told["FileVersion"] == "1.2.3"
    assert told["OriginalFilename"] == f"{name}.exe"
    assert "GPL" in told["LegalCopyright"]


def test_windows_compares_four_numbers():
    assert four_numbers("1.2.3") == (1, 2, 3, 0)


@pytest.mark.parametrize(
    "wish",
    [
        'level="asInvoker" uiAccess="false"',
        ">PerMonitorV2<",
        ">true</longPathAware>",
        ">UTF-8</activeCodePage>",
        "{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}",  # Windows 10 and 11
    ],
)
def test_the_manifest_asks_for(wish):
    assert wish in MANIFEST.read_text(encoding="utf-8")


def test_the_manifest_claims_no_older_windows():
    assert len(re.findall("<supportedOS", MANIFEST.read_text(encoding="utf-8"))) == 1


def test_the_icon_has_every_size_that_windows_asks_for():
    data = (ROOT / "assets" / "icons" / "saijian.ico").read_bytes()
    kind, count = struct.unpack_from("<2H", data, 2)
    entries = [struct.unpack_from("<4B2H2I", data, 6 + 16 * index) for index in range(count)]
    assert kind == 1
    assert {entry[0] or 256 for entry in entries} >= {16, 24, 32, 48, 256}
    for entry in entries:
        assert data[entry[7] :].startswith(b"\x89PNG")
        assert struct.unpack_from(">2I", data, entry[7] + 16) == (entry[0] or 256,) * 2
