"""Reading printed text in a picture, on this computer only: RapidOCR with the models it ships.

Heavy (0.5 GB of memory, a second a picture): import it only in the coach's own process. What is
read is the caller's to judge and to forget; nothing here logs or keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rapidocr
from numpy.typing import NDArray
from rapidocr import RapidOCR
from rapidocr.utils.output import RapidOCROutput

MODELS = {"Det": "*_det_*.onnx", "Cls": "*_cls_*.onnx", "Rec": "*_rec_*.onnx"}
"""Finds text, turns it upright, reads it: one model each."""


@dataclass(frozen=True)
class Line:
    """One line of text: what it says, how sure the reader is (0 to 1), and where it stands."""

    text: str
    score: float
    corners: tuple[tuple[float, float], ...]
    """Four corners in pixels (x, y), clockwise from the upper left one of upright text."""


class Reader:
    """Loads the three models once (about a second); one thread at a time may read."""

    def __init__(self, *, threads: int = 1) -> None:
        """Load; `threads` processors at most are used, so that the recorder keeps its own."""
        self._engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                **{f"{part}.model_path": str(_model(name)) for part, name in MODELS.items()},
            }
        )

    def read(self, picture: NDArray[np.uint8]) -> list[Line]:
        """Return the lines in `picture` (height x width x 3, BGR), from top to bottom."""
        found = self._engine(np.ascontiguousarray(picture))
        assert isinstance(found, RapidOCROutput)  # noqa: S101 - what all three steps together give
        if found.txts is None or found.scores is None or found.boxes is None:
            return []
        return [
            Line(text, float(score), tuple((float(x), float(y)) for x, y in box))
            for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True)
        ]


def _model(pattern: str) -> Path:
    """Return the one model with this name; naming it keeps RapidOCR from ever fetching one."""
    folder = Path(rapidocr.__file__).parent / "models"
    (model,) = folder.glob(pattern)
    return model
