"""Contact sheets: many small pictures with their captions on one."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from training.toyworld.canvas import Bytes

_TEXT_HEIGHT = 52
_MIN_WIDTH = 136


def write_sheet(
    path: Path, pictures: Sequence[Bytes], captions: Sequence[str], columns: int = 8
) -> None:
    """Write pictures of one size, uint8 ``(height, width, 3)``, with captions below, as PNG."""
    height, width = pictures[0].shape[:2]
    cell_w, cell_h = max(_MIN_WIDTH, width + 8), height + _TEXT_HEIGHT
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * cell_h, columns * cell_w, 3), 255, np.uint8)
    for index, (picture, text) in enumerate(zip(pictures, captions, strict=True)):
        top, left = index // columns * cell_h, index % columns * cell_w
        sheet[top : top + height, left + 4 : left + 4 + width] = picture
        for number, line in enumerate(textwrap.wrap(text, cell_w // 6 + 1)[:4]):
            at = (left + 3, top + height + 11 + number * 11)
            cv2.putText(sheet, line, at, cv2.FONT_HERSHEY_SIMPLEX, 0.33, (0, 0, 0), 1, cv2.LINE_AA)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet[..., ::-1])
