"""The build's scripts lie in no package: their folders are put where Python looks."""

import sys
from pathlib import Path

PACKAGING = Path(__file__).resolve().parents[3] / "packaging"
for folder in ("bundle", "dev", "windows"):
    if str(PACKAGING / folder) not in sys.path:
        sys.path.append(str(PACKAGING / folder))
