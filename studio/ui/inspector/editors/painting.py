"""The edge of a field, in each of its states."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.ui.kit.painting import paint_edge, paint_focus, rounded
from studio.ui.looks.theme import Theme

_DASHES = [3, 3]


def paint_field_edge(
    painter: QPainter,
    theme: Theme,
    rect: QRectF,
    *,
    focus: bool = False,
    hover: bool = False,
    problem: str = "",
) -> None:
    """Paint the edge of a field over what it holds.

    Args:
        painter: Paints.
        theme: Colours.
        rect: The field.
        focus: Whether it has the keyboard.
        hover: Whether the pointer is over it.
        problem: Name of the status that it is in, such as ``error``; empty: none.
    """
    role = "border.strong" if hover else "border.default"
    if focus:
        paint_focus(painter, theme, rect)
    else:
        paint_edge(painter, theme, rect, f"status.{problem}" if problem else role)


def paint_dashed(painter: QPainter, theme: Theme, rect: QRectF) -> None:
    """Paint the edge of a field whose value comes from elsewhere."""
    pen = QPen(theme.color("border.default"), 1)
    pen.setDashPattern(_DASHES)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(rounded(theme, rect.adjusted(0.5, 0.5, -0.5, -0.5)))
