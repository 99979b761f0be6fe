"""The words on the specimen card, kept as one picture so that no computer's fonts matter.

python -m tests.identity_scenes.words     draws the sheet again (needs Noto CJK and DejaVu)
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
SHEET = Path(__file__).parents[1] / "assets" / "identity" / "words.png"
HEIGHT = 56
NAMES = ("林晓样", "赵样本", "欧阳示例", "陈小样", "周例", "马样文", "孙示范", "吴本样")
LABELS = ("姓名", "性别", "女", "民族", "汉", "出生", "1990", "年", "月", "日", "住址",
          "样本省示例市测试路一号", "公民身份号码", "样本 SPECIMEN")  # fmt: skip
DIGITS = "0123456789X"
WORDS = (*NAMES, *LABELS, *DIGITS)


@cache
def words() -> dict[str, Pixels]:
    """Return each word as ink on nothing: a grey picture, 255 where there is ink."""
    sheet = cv2.imread(str(SHEET), cv2.IMREAD_GRAYSCALE)
    assert sheet is not None
    rows = {}
    for number, word in enumerate(WORDS):
        row = sheet[number * HEIGHT : (number + 1) * HEIGHT]
        columns = np.flatnonzero(row.max(axis=0) > 0)
        rows[word] = np.ascontiguousarray(row[:, columns[0] : columns[-1] + 1])
    return rows


def draw() -> None:
    """Draw the sheet with this computer's fonts."""
    from PIL import Image, ImageDraw, ImageFont

    chinese = ImageFont.truetype("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 40)
    mono = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 52)
    sheet = Image.new("L", (620, HEIGHT * len(WORDS)))
    pen = ImageDraw.Draw(sheet)
    for number, word in enumerate(WORDS):
        single = word in DIGITS
        place = (8, number * HEIGHT + (HEIGHT // 2))
        pen.text(place, word, fill=255, font=mono if single else chinese, anchor="lm")
    sheet.save(SHEET, optimize=True)


if __name__ == "__main__":
    draw()
