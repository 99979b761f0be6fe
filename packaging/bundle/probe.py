"""Asks the frozen program things that no verb of it tells; built beside it and never shipped.

    probe PICTURE       what the OCR reads in it, as JSON, with how this Python was started

It is a third program over the very same modules and libraries: only these lines are its own.
"""

from __future__ import annotations

import json
import locale
import sys
from pathlib import Path


def main() -> None:
    """Print one JSON object."""
    import numpy as np
    from PIL import Image

    from client.identity.faces import Faces
    from client.identity.reader import Reader

    picture = np.asarray(Image.open(Path(sys.argv[1])).convert("RGB"))[:, :, ::-1]
    lines = Reader().read(picture)
    answer = {
        "lines": [[line.text, round(line.score, 3)] for line in lines],
        "faces": Faces().frontal(picture) is not None,  # that its cascade is there
        "utf8_mode": sys.flags.utf8_mode,
        "encoding": locale.getencoding(),
        "file_system": sys.getfilesystemencoding(),
        "prefix_is_internal": Path(sys.prefix).name == "_internal",
        "qt_loaded": any(name.startswith("PySide6") for name in sys.modules),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
