"""Write the colours and fonts of our pages again: `python assets/style/make.py`.

`tokens.json` is where they are chosen. A style sheet cannot read it: `page.css` begins with them.
"""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER / "page.css"
END = "/* end of what assets/style/make.py writes */\n"


def written() -> str:
    """Return `page.css` as it should be: the tokens, then what stands there below them."""
    tokens = json.loads((FOLDER / "tokens.json").read_text(encoding="utf-8"))
    families = ", ".join(_quoted(name) for name in tokens["fonts"]["families"])
    light, dark = (_block(tokens[theme]) for theme in ("light", "dark"))
    made = (
        "/* From tokens.json by make.py; below it, what all our pages share. */\n"
        f":root {{\n{light}  --fonts: {families};\n  color-scheme: light dark;\n}}\n"
        f"@media (prefers-color-scheme: dark) {{\n:root {{\n{dark}}}\n}}\n"
    )
    return made + END + PAGE.read_text(encoding="utf-8").partition(END)[2]


def _block(colours: dict[str, str]) -> str:
    return "".join(f"  --{name.replace('_', '-')}: {c};\n" for name, c in colours.items())


def _quoted(name: str) -> str:
    return name if name == "sans-serif" else f'"{name}"'


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8", newline="\n")
