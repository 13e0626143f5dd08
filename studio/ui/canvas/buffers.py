"""Hands numpy arrays to Qt's painter as they are, thousands of shapes in one call."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QPolygonF
from shiboken6 import wrapInstance

from studio.canvas.curves import Floats
from studio.canvas.index import Rows

_MANY, _SMALL = 500, 4


def draw_lines(painter: QPainter, lines: Floats) -> None:
    """Draw lines with the painter's pen.

    Args:
        painter: Draws them.
        lines: ``(count, 4)``: x1, y1, x2, y2.
    """
    # Qt reads the memory of the array, which must be in one piece and outlive the call.
    held = np.ascontiguousarray(lines, np.float64)
    if len(held):
        painter.drawLines(wrapInstance(held.ctypes.data, QLineF), len(held))  # type: ignore[call-overload]


def draw_curves(painter: QPainter, curves: Floats) -> None:
    """Draw curves each as one line, for pens with dashes.

    Args:
        painter: Draws them.
        curves: ``(count, lines, 4)``, each line beginning where the one before ends.
    """
    for lines in curves:
        places = [lines[0, :2].tolist(), *lines[:, 2:].tolist()]
        painter.drawPolyline(QPolygonF([QPointF(*at) for at in places]))


def draw_boxes(painter: QPainter, boxes: Floats) -> None:
    """Draw rectangles with the painter's pen and brush.

    Args:
        painter: Draws them.
        boxes: ``(count, 4)``: left, top, right, bottom.
    """
    held = np.array(boxes, np.float64, order="C")
    held[:, 2:] -= held[:, :2]
    if len(held):
        painter.drawRects(wrapInstance(held.ctypes.data, QRectF), len(held))  # type: ignore[call-overload]


def fill_boxes(painter: QPainter, boxes: Floats) -> None:
    """Fill rectangles to the nearest pixels: without a pen, smoothing, or a turned painter.

    Args:
        painter: Fills them with its brush.
        boxes: ``(count, 4)``: left, top, right, bottom.
    """
    if painter.device().devicePixelRatio() != 1:  # its pixels are parts of the painter's
        draw_boxes(painter, boxes)
    elif len(boxes):
        held = np.rint(boxes).astype(np.int32)  # takes Qt two thirds of the time
        held[:, 2:] -= 1  # the last pixel inside, as `QRect` has it
        if len(held) < _MANY or not _fill_small(painter, held):
            painter.drawRects(wrapInstance(held.ctypes.data, QRect), len(held))  # type: ignore[call-overload]


def _fill_small(painter: QPainter, rects: NDArray[np.int32]) -> bool:
    """Fill rectangles of a few pixels as one picture; say whether they are so small.

    Args:
        painter: Fills them with the colour of its brush, which nothing shines through.
        rects: ``(count, 4)``: the first and the last pixel, across and down.
    """
    left, top, right, bottom = np.ascontiguousarray(rects.T)
    wide, high, device = right - left, bottom - top, painter.device()
    if max(int(wide.max()), int(high.max())) >= _SMALL:
        return False
    seen = (right >= 0) & (bottom >= 0) & (left < device.width()) & (top < device.height())
    if not seen.all():
        left, top, wide, high = (part[seen] for part in (left, top, wide, high))
    if len(left):
        x, y = int(left.min()), int(top.min())
        width, height = int(left.max()) - x + _SMALL, int(top.max()) - y + _SMALL
        pixels, color = np.zeros(width * height, np.uint32), painter.brush().color().rgba()
        first = (top - y).astype(np.intp) * width + (left - x)
        for across, down in np.ndindex(int(wide.max()) + 1, int(high.max()) + 1):
            reach = first[(wide >= across) & (high >= down)] if across or down else first
            pixels[reach + (down * width + across)] = color
        format_ = QImage.Format.Format_ARGB32_Premultiplied
        painter.drawImage(x, y, QImage(pixels.data, width, height, 4 * width, format_))
    return True


def runs(keys: Rows) -> Iterator[tuple[int, slice]]:
    """Yield each key of a sorted array and where it stands."""
    edges = [0, *(np.flatnonzero(np.diff(keys)) + 1).tolist(), len(keys)]
    for start, end in pairwise(edges):
        if end > start:
            yield int(keys[start]), slice(start, end)
