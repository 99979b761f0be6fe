"""The weight of a bundle: every byte in one part, and a limit that holds."""

import pytest
from weigh import NOTICES, PROGRAMS, REST, TooHeavyError, check_weight, table, weigh

FILES = {
    "saijian.exe": (PROGRAMS, 10),
    "SaiJianApp.exe": (PROGRAMS, 20),
    "licenses/x264/GPL-2.0.txt": (NOTICES, 5),
    "_internal/cv2/cv2.pyd": ("OpenCV", 100),
    "_internal/av.libs/avcodec-62.dll": ("PyAV and FFmpeg", 60),
    "_internal/av/codec.pyd": ("PyAV and FFmpeg", 1),
    "_internal/python312.dll": ("Python", 7),
    "_internal/PySide6/Qt6Core.dll": ("Qt", 9),
    "_internal/rapidocr/models/a.onnx": ("OCR: models", 30),
    "_internal/_bz2.pyd": (REST, 2),
}


@pytest.fixture
def bundle(tmp_path):
    for name, (_, size) in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    return tmp_path


def test_every_file_is_in_its_part(bundle):
    parts = weigh(bundle)
    for part in {part for part, _ in FILES.values()}:
        assert parts[part] == sum(size for other, size in FILES.values() if other == part)
    assert next(iter(parts)) == "OpenCV"


def test_too_heavy_is_a_failure(bundle):
    total = sum(size for _, size in FILES.values())
    check_weight(weigh(bundle), total)
    with pytest.raises(TooHeavyError):
        check_weight(weigh(bundle), total - 1)


def test_the_table_has_the_sum():
    assert "| **all** | **3.5** |" in table({"a": 3_000_000, "b": 500_000})
