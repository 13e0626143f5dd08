"""How far something is: as a line and as a ring."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.ui.looks.theme import Theme


def paint_line(
    painter: QPainter, theme: Theme, rect: QRectF, share: float, role: str = "state.running"
) -> None:
    """Paint a line that is filled up to a share."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rect.height() / 2
    painter.setBrush(theme.color("border.default"))
    painter.drawRoundedRect(rect, radius, radius)
    if share > 0:
        painter.setBrush(theme.color(role))
        done = QRectF(rect.left(), rect.top(), rect.width() * min(share, 1.0), rect.height())
        painter.drawRoundedRect(done, radius, radius)


def paint_ring(
    painter: QPainter, theme: Theme, rect: QRectF, share: float, role: str = "state.running"
) -> None:
    """Paint an arc of the share that is done on a ring; a share below 0 is a quarter."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner = rect.adjusted(1, 1, -1, -1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("border.strong"), 2))
    painter.drawEllipse(inner)
    pen = QPen(theme.color(role), 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    span = 0.25 if share < 0 else min(share, 1.0)
    painter.drawArc(inner, 90 * 16, -round(span * 360 * 16))
