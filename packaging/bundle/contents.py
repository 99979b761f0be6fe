"""What is in the bundle, and what is left out with the reason.

Read by build.spec, on the Python that freezes: Windows' or Linux'.
"""

from __future__ import annotations

import importlib.util
import re
import sysconfig
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Names:
    """How the folder and its two programs are called."""

    folder: str
    window: str
    command: str


WINDOWS_NAMES = Names("SaiJian", "SaiJianApp", "saijian")
LINUX_NAMES = Names("saijian", "SaiJianApp", "saijian")

ASSETS = ("board", "icons", "plans", "player", "slates", "style")

EXCLUDED_MODULES = [
    # what tests and builds need
    "pytest", "_pytest", "hypothesis", "mypy", "setuptools", "pkg_resources", "wheel", "pip",
    "numpy.f2py", "numpy.distutils", "numpy.testing", "numpy.tests", "numpy.conftest",
    "sqlalchemy.testing", "distutils", "lib2to3", "pydoc_data", "idlelib", "ensurepip",
    # other ways to do what the program does
    "tkinter", "_tkinter", "IPython", "matplotlib", "scipy", "pandas", "curses",
    "torch", "paddle", "openvino", "tensorrt", "MNN",
    "rapidocr.inference_engine.pytorch", "rapidocr.inference_engine.paddle",
    "rapidocr.inference_engine.openvino", "rapidocr.inference_engine.tensorrt",
    "rapidocr.inference_engine.mnn",
    "onnxruntime.tools", "onnxruntime.transformers", "onnxruntime.quantization",
    "onnxruntime.training", "onnxruntime.datasets", "onnxruntime.backend", "onnx", "sympy",
    "sqlalchemy.dialects.mysql", "sqlalchemy.dialects.oracle", "sqlalchemy.dialects.mssql",
    "sqlalchemy.dialects.postgresql", "MySQLdb", "psycopg2", "pysqlite2",
    "uvloop", "httptools", "websockets", "wsproto", "watchfiles", "httpx", "httpcore", "rich",
    "cv2.gapi", "pydantic.mypy",
    "PIL._avif", "PIL._webp", "PIL._imagingtk", "PIL._imagingcms", "PIL._imagingft",
    "PIL.ImageQt", "PIL.ImageTk",
    # Qt: the window draws with widgets only
    "PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtOpenGL", "PySide6.QtPdf",
    "PySide6.QtDBus", "PySide6.QtSql", "PySide6.QtTest", "PySide6.QtPrintSupport",
]  # fmt: skip

CASCADE = "haarcascade_frontalface_alt2.xml"
"""The one that client/identity/faces.py reads: 70 KB packed."""

UNUSED_MODULES = ("pydantic.v1",)
"""Left out after the analysis: its hook asks for them by name and would warn of each."""

UNUSED_HOOKS = ("pyi_rth_pyside6",)
"""PyInstaller would run it at the start of every process: it loads Qt into the recorder, and leaves
QT_PLUGIN_PATH for each program that we start. Qt's wheel finds its plugins by itself.
"""

UNUSED_FILES = (
    # Qt draws by the processor; no OpenGL, QML, network, virtual keyboard, Qt's own translations
    r"PySide6/(Qt/lib/lib|lib)?(opengl32sw|d3dcompiler.*)\.dll",
    r"PySide6/.*Qt6?(Qml|Quick|Network|OpenGL|Pdf|VirtualKeyboard|Sql|Test)\w*\..*",
    r"PySide6/(Qt/)?translations/.*",
    r"PySide6/(Qt/)?plugins/(generic|networkinformation|tls|sqldrivers|qmltooling)/.*",
    r"PySide6/(Qt/)?plugins/platforms/\w*(direct2d|minimal|minimalegl|eglfs|vnc|linuxfb|vkkhr\w*)\..*",
    r"PySide6/(Qt/)?plugins/platforminputcontexts/\w*qtvirtualkeyboard\w*\..*",
    r"PySide6/(Qt/)?plugins/imageformats/\w*q(gif|icns|pdf|tga|tiff|wbmp|webp)\..*",
    r"PySide6/(Qt/)?plugins/egldeviceintegrations/.*",
    # PortAudio for other machines, and with ASIO
    r"_sounddevice_data/portaudio-binaries/(libportaudio(32bit|arm64).*|.*-asio\.dll|.*\.dylib|README.*)",
    # Pillow's formats that no camera and no scanner sends, and its fonts: Qt writes our letters
    r"PIL/_(avif|webp|imagingtk|imagingcms|imagingft).*",
    # for other languages and other hardware: Python's own part holds all that it needs (imports.py)
    r"onnxruntime/capi/onnxruntime\.dll",
    r"onnxruntime/(tools|transformers|quantization|datasets|backend)/.*",
    r"rapidocr/inference_engine/(pytorch|paddle|openvino|tensorrt|mnn)/.*",
    r"(numpy|sqlalchemy|shapely)/.*/?tests/.*",
)


def is_used(place: str) -> bool:
    """Tell whether the file at `place` of the bundle is one that the program uses."""
    name = place.replace("\\", "/")
    return not any(re.fullmatch(pattern, name) for pattern in UNUSED_FILES)


def own_modules(package: Path) -> list[str]:
    """Return every module of the program: verbs and platform parts are imported by name."""
    files = sorted(package.rglob("*.py"))
    parts = [file.relative_to(package.parent).with_suffix("").parts for file in files]
    names = (".".join(part for part in path if part != "__init__") for path in parts)
    return [name for name in names if name != "client.__main__"]


def model_files() -> list[tuple[str, str]]:
    """Return what the OCR reads at run time: its settings and its three models."""
    found = importlib.util.find_spec("rapidocr")
    if found is None or found.origin is None:
        raise FileNotFoundError("rapidocr")
    folder = Path(found.origin).parent
    files = [folder / "config.yaml", folder / "default_models.yaml"]
    models = sorted((folder / "models").glob("*.onnx"))
    if len(models) != 3:  # noqa: PLR2004 - detection, direction, recognition
        raise FileNotFoundError(f"rapidocr/models: {len(models)}")
    return [(str(file), "rapidocr") for file in files] + [
        (str(file), "rapidocr/models") for file in models
    ]


def cascade_files() -> list[tuple[str, str]]:
    """Return what finds a face from the front: PyInstaller takes none of OpenCV's data."""
    found = importlib.util.find_spec("cv2")
    if found is None or found.origin is None:
        raise FileNotFoundError("cv2")
    return [(str(Path(found.origin).parent / "data" / CASCADE), "cv2/data")]


def python_roots() -> dict[str, str]:
    """Return where packages and Python's own modules lie."""
    paths = sysconfig.get_paths()
    return {"packages": paths["platlib"], "python": paths["platstdlib"], "stdlib": paths["stdlib"]}


RUNTIME = ("vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll", "msvcp140_1.dll")


def runtime_rows() -> list[tuple[str, str, str]]:
    """Return the C++ runtime for the top of the folder, one version of all its files: Qt's.

    Windows itself has none. Python brings only a part and maybe an older one, while onnxruntime
    needs the whole and a new one; a process takes the first that is loaded.
    """
    found = importlib.util.find_spec("PySide6")
    if found is None or found.origin is None:
        raise FileNotFoundError("PySide6")
    folder = Path(found.origin).parent
    return [(name, str(folder / name), "BINARY") for name in RUNTIME]
