"""What goes into the bundle, and what stays out."""

from pathlib import Path

import pytest
from contents import CASCADE, RUNTIME, cascade_files, is_used, model_files, own_modules

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    "place",
    [
        r"PySide6\Qt6Core.dll",
        r"PySide6\plugins\platforms\qwindows.dll",
        r"PySide6\plugins\imageformats\qjpeg.dll",  # the preview is JPEG
        r"PySide6\plugins\imageformats\qsvg.dll",  # icons of the style sheet
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/lib/libQt6XcbQpa.so.6",
        r"cv2\opencv_videoio_ffmpeg4140_64.dll",  # cameras in the network
        r"_sounddevice_data\portaudio-binaries\libportaudio64bit.dll",
        "rapidocr/models/PP-OCRv6_det_small.onnx",
        r"PIL\_imaging.cp312-win_amd64.pyd",
    ],
)
def test_what_the_program_uses_is_in(place):
    assert is_used(place)


@pytest.mark.parametrize(
    "place",
    [
        r"PySide6\opengl32sw.dll",
        r"PySide6\Qt6Qml.dll",
        r"PySide6\Qt6QuickControls2.dll",
        r"PySide6\QtNetwork.pyd",
        "PySide6/Qt/lib/libQt6Network.so.6",
        r"PySide6\translations\qt_zh_CN.qm",
        r"PySide6\plugins\platforms\qdirect2d.dll",
        r"PySide6\plugins\imageformats\qpdf.dll",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        r"_sounddevice_data\portaudio-binaries\libportaudio64bit-asio.dll",
        r"_sounddevice_data\portaudio-binaries\libportaudioarm64.dll",
        r"PIL\_avif.cp312-win_amd64.pyd",
    ],
)
def test_what_it_does_not_use_stays_out(place):
    assert not is_used(place)


def test_every_module_of_the_program_is_in():
    modules = own_modules(ROOT / "client")
    assert {"client.wiring", "client.cli.devices", "client.identity.reader"} <= set(modules)
    assert {"client.capture.screen.windows", "client.recorder.child.main"} <= set(modules)
    assert "client.__main__" not in modules
    assert len(modules) == len(set(modules))


def test_the_ocr_has_its_settings_and_three_models():
    places = [(Path(source).name, place) for source, place in model_files()]
    assert ("config.yaml", "rapidocr") in places
    assert sum(place == "rapidocr/models" for _, place in places) == 3


def test_the_cascade_is_the_one_that_the_coach_reads():
    ((source, place),) = cascade_files()
    assert Path(source).is_file()
    assert (Path(source).name, place) == (CASCADE, "cv2/data")


def test_the_runtime_is_compared_in_lower_case():
    assert all(name == name.lower() for name in RUNTIME)
