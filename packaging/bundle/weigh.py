"""What each part of a bundle weighs, and the limit that it must keep."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

MEGABYTE = 1_000_000
FOLDER_LIMIT = 400 * MEGABYTE
PARTS = {  # by the folder, or the beginning of the file's name, below _internal
    "OpenCV": ("cv2", "opencv_python_headless.libs"),
    "PyAV and FFmpeg": ("av", "av.libs"),
    "Qt": ("PySide6", "shiboken6"),
    "OCR: models": ("rapidocr",),
    "OCR: onnxruntime": ("onnxruntime",),
    "OCR: geometry and pictures": (
        "shapely",
        "Shapely.libs",
        "shapely.libs",
        "pyclipper",
        "PIL",
        "pillow.libs",
    ),
    "numpy and OpenBLAS": ("numpy", "numpy.libs"),
    "cryptography": ("cryptography", "_cffi_backend"),
    "Python": ("python3", "libpython3", "base_library.zip", "libcrypto", "libssl", "sqlite3"),
    "organizer: pydantic, SQLAlchemy": ("pydantic_core", "pydantic", "sqlalchemy", "greenlet"),
    "assets": ("assets",),
}
PROGRAMS, NOTICES, REST = "programs, with all Python modules", "licences", "small parts"


class TooHeavyError(Exception):
    """The bundle is larger than it may be."""


def weigh(bundle: Path) -> dict[str, int]:
    """Return the bytes of each part, the heaviest first."""
    parts: Counter[str] = Counter()
    for file in bundle.rglob("*"):
        if file.is_file() and not file.is_symlink():
            parts[part_of(file.relative_to(bundle).parts)] += file.stat().st_size
    return dict(parts.most_common())


def part_of(path: tuple[str, ...]) -> str:
    """Return the part that a file belongs to."""
    if path[0] != "_internal":
        return NOTICES if path[0] == "licenses" else PROGRAMS
    top = path[1]
    exact = [part for part, starts in PARTS.items() if top in starts]
    begins = [part for part, starts in PARTS.items() if len(path) == 2 and top.startswith(starts)]  # noqa: PLR2004
    return (exact + begins + [REST])[0]


def table(parts: dict[str, int]) -> str:
    """Return the parts as rows of a Markdown table, in megabytes (10^6 bytes)."""
    rows = [f"| {part} | {size / MEGABYTE:.1f} |" for part, size in parts.items()]
    total = f"| **all** | **{sum(parts.values()) / MEGABYTE:.1f}** |"
    return "\n".join(["| part | MB |", "|---|---|", *rows, total])


def check_weight(parts: dict[str, int], limit: int = FOLDER_LIMIT) -> None:
    """Raise TooHeavyError above `limit` bytes."""
    total = sum(parts.values())
    if total > limit:
        raise TooHeavyError(f"{total / MEGABYTE:.1f} MB, at most {limit / MEGABYTE:.0f} MB")
