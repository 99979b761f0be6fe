"""A bundle that would not start on a contestant's computer is refused, and it is said why."""

import pytest
from imports import ImportsError, check_imports

from tests.unit.packaging.pe import pe

GOOD = {
    "saijian.exe": pe(["KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll"]),
    "_internal/python312.dll": pe(["VCRUNTIME140.dll", "WS2_32.dll"], version=True),
    "_internal/python3.dll": pe(["python312.dll"], version=True),
    "_internal/vcruntime140.dll": pe(["KERNEL32.dll"]),
    "_internal/PySide6/QtCore.pyd": pe(["Qt6Core.dll", "shiboken6.abi3.dll"]),
    "_internal/PySide6/Qt6Core.dll": pe(["user32.dll"], ["VCRUNTIME140.dll"]),
    "_internal/PySide6/plugins/platforms/qwindows.dll": pe(["Qt6Core.dll"]),
    "_internal/shiboken6/shiboken6.abi3.dll": pe(["python3.dll"]),
    "_internal/av/codec.pyd": pe(["avcodec-62-abc.dll"]),
    "_internal/av.libs/avcodec-62-abc.dll": pe(["libx264-165.dll"]),
    "_internal/av.libs/libx264-165.dll": pe(["msvcrt.dll"]),
    "_internal/assets/notes.txt": b"no program",
}


@pytest.fixture
def bundle(tmp_path):
    """Return a function that writes a bundle: the good one with changes; None leaves a file out."""

    def make(changes=()):
        for name, content in {**GOOD, **dict(changes)}.items():
            if content is not None:
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_bytes(content)
        return tmp_path

    return make


@pytest.mark.parametrize("release", [False, True])
def test_a_whole_bundle_passes(bundle, release):
    assert check_imports(bundle(), release=release) == len(GOOD) - 1


@pytest.mark.parametrize(
    ("changes", "file", "lacking"),
    [
        ({"_internal/vcruntime140.dll": None}, "_internal/python312.dll", "vcruntime140.dll"),
        ({"_internal/vcruntime140.dll": None}, "_internal/PySide6/Qt6Core.dll", "vcruntime140.dll"),
        ({"_internal/av.libs/libx264-165.dll": None}, "av.libs/avcodec-62", "libx264-165.dll"),
        ({"_internal/a.pyd": pe(["icu.dll"])}, "_internal/a.pyd", "icu.dll"),
        ({"_internal/a.pyd": pe([], ["icu.dll"])}, "_internal/a.pyd", "icu.dll"),
        ({"saijian.exe": pe(["api-ms-win-core-new-l9-9-9.dll"])}, "saijian.exe", "l9-9-9.dll"),
        # in the bundle, but where Windows would not look
        ({"_internal/numpy/x.pyd": pe(["libx264-165.dll"])}, "numpy/x.pyd", "libx264-165.dll"),
        ({"_internal/numpy/x.pyd": pe(["qt6core.dll"])}, "numpy/x.pyd", "qt6core.dll"),
    ],
)
def test_a_dll_that_nobody_brings_is_named_with_its_file(bundle, changes, file, lacking):
    with pytest.raises(ImportsError) as caught:
        check_imports(bundle(changes), release=False)
    (line,) = [line for line in str(caught.value).splitlines() if file in line]
    assert lacking in line


@pytest.mark.parametrize("release", [False, True])
def test_a_file_of_wine_is_refused_in_every_build(bundle, release):
    planted = {"_internal/msvcp140.dll": pe(["KERNEL32.dll"], wine=True, version=True)}
    with pytest.raises(ImportsError, match=r"msvcp140\.dll: a file of Wine"):
        check_imports(bundle(planted), release=release)


def test_the_home_made_python3_is_for_the_lab_only(bundle):
    planted = {"_internal/python3.dll": pe(["python312.dll"])}
    check_imports(bundle(planted), release=False)
    with pytest.raises(ImportsError, match=r"python3\.dll: the lab's own"):
        check_imports(bundle(planted), release=True)


def test_every_violation_is_told_at_once(bundle):
    planted = {"a.exe": pe(["one.dll", "two.dll"]), "b.exe": pe(["three.dll"], wine=True)}
    with pytest.raises(ImportsError) as caught:
        check_imports(bundle(planted), release=False)
    assert len(str(caught.value).splitlines()) == 4


def test_a_program_that_is_none_is_named(bundle):
    with pytest.raises(ImportsError, match=r"torn\.dll"):
        check_imports(bundle({"_internal/torn.dll": b"MZ torn"}), release=False)


def test_an_empty_folder_proves_nothing(tmp_path):
    with pytest.raises(ImportsError, match="no programs"):
        check_imports(tmp_path, release=False)
