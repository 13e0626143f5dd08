"""Hands numpy arrays to Qt's painter as they are, thousands of shapes in one call."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPolygonF
from shiboken6 import wrapInstance

from studio.canvas.curves import Floats
from studio.canvas.index import Rows


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
        painter.drawRects(wrapInstance(held.ctypes.data, QRect), len(held))  # type: ignore[call-overload]


def runs(keys: Rows) -> Iterator[tuple[int, slice]]:
    """Yield each key of a sorted array and where it stands."""
    edges = [0, *(np.flatnonzero(np.diff(keys)) + 1).tolist(), len(keys)]
    for start, end in pairwise(edges):
        if end > start:
            yield int(keys[start]), slice(start, end)
