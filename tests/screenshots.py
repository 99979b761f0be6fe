"""Pictures of every page, to be looked at: `make screenshots`, or `python -m tests.screenshots`.

Both languages, all colours, 100% to 300%, plain and large type, on a screen of 1366 x 768 (twice
that at 200%). The session behind them is simulated; the checks are real ones of this machine, but
open no device. One process a look: Qt takes its scale once.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "screenshots" / "pages"
LANGUAGES, THEMES, SCALES = ("zh", "en"), ("light", "dark", "contrast"), ("1", "2")
GUIDES = ROOT / "docs" / "pictures"
GUIDE_WIDTH = 720
IN_GUIDES = (
    "01-start",
    "03-consent",
    "05-check",
    "09-identity",
    "13-work",
    "15-handed-in",
    "18-stored",
    "24-help",
    "25-retention",
    "27-technician",
)
SCREEN = (1366, 768)
LOOKS = [
    *(
        (language, theme, scale, False)
        for language, theme, scale in itertools.product(LANGUAGES, THEMES[:2], SCALES)
    ),
    *((language, "contrast", "1", False) for language in LANGUAGES),
    *((language, "light", "1", True) for language in LANGUAGES),
    *(("zh", "light", scale, False) for scale in ("1.5", "3")),
    *(("en", "dark", scale, False) for scale in ("1.5", "3")),
]


def main() -> int:
    """Draw all looks, or the one that is asked for; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--docs", action="store_true", help="only the guides' pictures, in place")
    parser.add_argument("--one", nargs=4, help="language theme scale large(0/1)")
    args = parser.parse_args()
    if args.one:
        language, theme, _, large = args.one
        draw_all(args.out, language, theme, large=large == "1")
        return 0
    if args.docs:
        return draw_guides()
    for language, theme, scale, large in LOOKS:
        name = f"{language}-{theme}-{float(scale):.0%}".rstrip("%") + ("-large" if large else "")
        draw_apart(args.out / name, language, theme, scale, large=large)
        count = len(list((args.out / name).glob("*.png")))
        sys.stdout.write(f"{name}: {count} 张 / pictures\n")
    sys.stdout.write(f"→ {args.out}\n")
    return 0


def draw_apart(out: Path, language: str, theme: str, scale: str, *, large: bool) -> None:
    """Draw every page in one look into `out`, in a process of its own."""
    out.mkdir(parents=True, exist_ok=True)
    screen = out / "screen.json"
    wide, high = (round(side * float(scale)) for side in SCREEN)
    screen.write_text(json.dumps({"screens": [{"name": "one", "width": wide, "height": high}]}))
    here = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={screen}",
        "QT_SCALE_FACTOR": scale,
        "PYTHONPATH": str(ROOT),
    }
    one = ["--one", language, theme, scale, str(int(large)), "--out", str(out)]
    subprocess.run([sys.executable, "-m", "tests.screenshots", *one], env=here, check=True)


def draw_guides() -> int:
    """Draw the pictures of the guides again, small and with few colours; return an exit code."""
    from PIL import Image

    GUIDES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as drawn:
        draw_apart(Path(drawn), "zh", "light", "1", large=False)
        for name in IN_GUIDES:
            with Image.open(Path(drawn) / f"{name}.png") as whole:
                height = round(whole.height * GUIDE_WIDTH / whole.width)
                small = whole.convert("RGB").resize((GUIDE_WIDTH, height), Image.Resampling.LANCZOS)
            target = GUIDES / f"{name}.png"
            rare = Image.Quantize.MAXCOVERAGE  # else a red word turns grey beside a photograph
            few = small.quantize(96, method=rare, dither=Image.Dither.NONE)
            few.save(target, optimize=True)
            sys.stdout.write(f"{target.name}: {target.stat().st_size / 1000:.0f} kB\n")
    return 0


def draw_all(out: Path, language: str, theme: str, *, large: bool) -> None:
    """Draw every page in one look into `out`."""
    from client.ui.app import application, dress
    from client.ui.pages import status
    from client.ui.settings import Settings
    from tests.scenes import scenes, wait

    out.mkdir(parents=True, exist_ok=True)
    status.ARM_MS = 1  # nobody double-clicks here
    app = application()
    settings = Settings.model_validate({"language": language, "theme": theme, "large": large})
    look = dress(app, settings)
    for name, scene in scenes().items():
        with scene(app, look, settings) as shown:
            wait(app)
            shown.grab().save(str(out / f"{name}.png"))


if __name__ == "__main__":
    sys.exit(main())
