"""Nothing is shipped without its licence."""

import json

import notices
import pytest
from notices import NoticeError, collect

HEAD = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nLicense-Expression: MIT\n"


@pytest.fixture
def packages(tmp_path):
    """Return a site-packages with one package that has a text, and one that has none."""
    folder = tmp_path / "packages"
    for name, texts in (("good", ["licenses/LICENSE", "licenses/NOTICE"]), ("bad", [])):
        info = folder / f"{name}-1.0.dist-info"
        (info / "licenses").mkdir(parents=True)
        (info / "METADATA").write_text(HEAD.format(name=name))
        for text in texts:
            (info / text).write_text(f"{name} {text}")
        rows = [f"{name}/__init__.py,,", f"{name}.libs/deep-1.dll,,", f"{info.name}/METADATA,,"]
        rows += [f"{info.name}/{text},," for text in texts]
        (info / "RECORD").write_text("\n".join(rows))
        for file in (f"{name}/__init__.py", f"{name}.libs/deep-1.dll"):  # Python lists what exists
            (folder / file).parent.mkdir()
            (folder / file).touch()
    return folder


@pytest.fixture
def bundle(tmp_path):
    (tmp_path / "bundle").mkdir()
    return tmp_path / "bundle"


@pytest.fixture
def sources(tmp_path):
    """Return a function that writes sources.json as PyInstaller on Windows would."""
    roots = {
        "project": r"Z:\share\source",
        "work": r"Z:\share\build",
        "packages": r"C:\Python312\Lib\site-packages",
        "python": r"C:\Python312",
        "stdlib": r"C:\Python312\Lib",
    }

    def write(*rows):
        own = ["client.wiring", r"Z:\share\source\client\wiring.py"]
        file = tmp_path / "sources.json"
        file.write_text(json.dumps({"roots": roots, "rows": [own, *rows]}))
        return file

    return write


GOOD = ["good", r"C:\Python312\Lib\site-packages\good\__init__.py"]


def test_texts_of_what_is_shipped_are_collected(sources, packages, bundle):
    found = collect(sources(GOOD, ["json", r"C:\Python312\Lib\json.py"]), packages, bundle)
    assert {notice.name for notice in found} == {"good", "Python"}
    assert (bundle / "licenses/good/LICENSE").read_text() == "good licenses/LICENSE"
    assert (bundle / "licenses/good/NOTICE").exists()
    assert "PYTHON SOFTWARE FOUNDATION" in (bundle / "licenses/Python/python.txt").read_text()
    listed = (bundle / "licenses/README.txt").read_text(encoding="utf-8")
    assert "good 1.0 | MIT | good/" in listed


def test_a_package_without_a_text_fails_the_build(sources, packages, bundle):
    bad = ["bad", r"C:\Python312\Lib\site-packages\bad\__init__.py"]
    with pytest.raises(NoticeError, match=r"^bad: no licence text$"):
        collect(sources(GOOD, bad), packages, bundle)


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("good.libs/deep-1.dll", r"C:\Python312\Lib\site-packages\good.libs\deep-1.dll"),
        ("odd.dll", r"C:\windows\system32\odd.dll"),
        ("stray.py", r"C:\Python312\Lib\site-packages\stray.py"),
    ],
)
def test_a_library_that_nobody_explains_fails_the_build(sources, packages, bundle, place, source):
    with pytest.raises(NoticeError, match=place):
        collect(sources(GOOD, [place, source]), packages, bundle)


def test_libraries_inside_packages_have_their_own_texts(sources, packages, bundle):
    x264 = ["av.libs\\libx264-165-abc.dll", r"C:\Python312\Lib\site-packages\av.libs\libx264.dll"]
    collect(sources(GOOD, x264), packages, bundle)
    texts = {file.name for file in (bundle / "licenses/x264").iterdir()}
    assert texts == {"x264.txt", "GPL-2.0.txt"}


def test_an_older_collection_does_not_stay(sources, packages, bundle):
    (bundle / "licenses" / "gone").mkdir(parents=True)
    collect(sources(GOOD), packages, bundle)
    assert not (bundle / "licenses" / "gone").exists()


def test_every_text_of_the_list_exists():
    known = notices.tomllib.loads((notices.HERE / "components.toml").read_text(encoding="utf-8"))
    wanted = {text for texts in known["packages"].values() for text in texts}
    wanted |= {text for entry in known["component"] for text in entry["texts"]}
    files = {text for text in wanted if text.endswith(".txt")}
    assert files <= {file.name for file in notices.TEXTS.iterdir()}
    assert {file.name for file in notices.TEXTS.iterdir()} <= files
