"""Thousands of boxes in one call: the pixels of one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from studio.canvas.curves import Floats
from studio.ui.canvas.buffers import fill_boxes


def painted(paint: Callable[[QPainter], None], ratio: float) -> bytes:
    page = QImage(120, 90, QImage.Format.Format_RGB32)
    page.setDevicePixelRatio(ratio)
    page.fill(Qt.GlobalColor.black)
    painter = QPainter(page)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.red)
    paint(painter)
    painter.end()
    return bytes(page.constBits())


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("many", [60, 600])
@pytest.mark.parametrize("size", [(1.0, 1.0), (2.3, 1.2), (9.0, 8.0), (40.0, 31.7)])
def test_boxes_are_filled_as_one_by_one(size: tuple[float, float], many: int, ratio: float) -> None:
    places = np.random.default_rng(0).uniform(-20, 140, (many, 2))
    boxes: Floats = np.concatenate([places, places + size], axis=1)

    def one_by_one(painter: QPainter) -> None:
        for left, top, right, bottom in boxes.tolist():
            painter.drawRect(QRectF(left, top, right - left, bottom - top))

    found = painted(lambda painter: fill_boxes(painter, boxes), ratio)
    assert found == painted(one_by_one, ratio)
    assert found != painted(lambda painter: None, ratio)


def test_no_boxes_paint_nothing() -> None:
    none: Floats = np.zeros((0, 4))
    empty = painted(lambda painter: None, 1.0)
    assert painted(lambda painter: fill_boxes(painter, none), 1.0) == empty
