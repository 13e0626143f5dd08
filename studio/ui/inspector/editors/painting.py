"""What painted editors share: the field, its edge in each state, and texts."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from studio.ui.theme import Theme


def field_path(theme: Theme, rect: QRectF) -> QPainterPath:
    """Return the outline of a field."""
    path = QPainterPath()
    radius = theme.radius("control")
    path.addRoundedRect(rect, radius, radius)
    return path


def paint_field(
    painter: QPainter, theme: Theme, rect: QRectF, fill: str = "bg.field", dash: bool = False
) -> None:
    """Paint the ground of a field, without its edge."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if not dash:
        painter.fillPath(field_path(theme, rect), theme.color(fill))


def paint_edge(
    painter: QPainter,
    theme: Theme,
    rect: QRectF,
    *,
    focus: bool = False,
    hover: bool = False,
    problem: str = "",
    dash: bool = False,
) -> None:
    """Paint the edge of a field over what it holds.

    Args:
        painter: Paints.
        theme: Colours.
        rect: The field.
        focus: Whether it has the keyboard.
        hover: Whether the pointer is over it.
        problem: Name of the status that it is in, such as ``error``; empty: none.
        dash: Whether it is drawn dashed, as where a link gives the value.
    """
    role = "border.strong" if hover else "border.default"
    role = f"status.{problem}" if problem else role
    pen = QPen(theme.color("focus") if focus else theme.color(role), 2 if focus else 1)
    if dash:
        pen.setDashPattern([3, 3])
    inset = pen.widthF() / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(field_path(theme, rect.adjusted(inset, inset, -inset, -inset)))


def paint_text(
    painter: QPainter,
    theme: Theme,
    rect: QRectF,
    text: str,
    *,
    role: str = "text.primary",
    font: str = "value",
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
) -> None:
    """Paint one line of text, cut where it does not fit."""
    painter.setFont(theme.font(font))
    painter.setPen(theme.color(role))
    shown = painter.fontMetrics().elidedText(text, elide, max(int(rect.width()), 0))
    painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter), shown)


def tint(color: QColor, share: float) -> QColor:
    """Return a colour that lets most of what is below through."""
    made = QColor(color)
    made.setAlphaF(share)
    return made
