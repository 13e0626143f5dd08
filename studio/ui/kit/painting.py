"""What painted widgets share: grounds, edges in each state, the focus ring, texts and icons."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from studio.ui.looks.looks import Looks
from studio.ui.looks.theme import Theme

FOCUS_WIDTH = 2.0
MARGIN = 22
"""Room for a shadow around what lies over the window."""
_DOWN, _BLUR = 6, 16


def rounded(theme: Theme, rect: QRectF, radius: str = "control") -> QPainterPath:
    """Return a rectangle with the corners of a kind of widget."""
    path = QPainterPath()
    path.addRoundedRect(rect, theme.radius(radius), theme.radius(radius))
    return path


def paint_ground(
    painter: QPainter, theme: Theme, rect: QRectF, fill: str, radius: str = "control"
) -> None:
    """Paint the ground of a widget, without its edge."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(rounded(theme, rect, radius), theme.color(fill))


def paint_edge(
    painter: QPainter,
    theme: Theme,
    rect: QRectF,
    role: str = "border.default",
    *,
    radius: str = "control",
    width: float = 1.0,
) -> None:
    """Paint the edge of a widget inside a rectangle."""
    inset = width / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color(role), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(rounded(theme, rect.adjusted(inset, inset, -inset, -inset), radius))


def paint_shadow(painter: QPainter, theme: Theme, rect: QRectF, radius: str = "card") -> None:
    """Paint the shadow of what lies over the window; it falls into `MARGIN` around it."""
    color = QColor(theme.color("shadow.popup"))
    # Each ring adds a little, so that their sum falls off towards the outside.
    color.setAlphaF(color.alphaF() * 2 / _BLUR)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for ring in range(0, _BLUR, 2):
        grown = rect.translated(0, _DOWN * ring / _BLUR).adjusted(-ring, -ring, ring, ring)
        round_ = theme.radius(radius) + ring
        painter.drawRoundedRect(grown, round_, round_)


def paint_focus(painter: QPainter, theme: Theme, rect: QRectF, radius: str = "control") -> None:
    """Paint the focus ring inside a rectangle; the same one on every widget."""
    paint_edge(painter, theme, rect, "focus", radius=radius, width=FOCUS_WIDTH)


def paint_text(
    painter: QPainter,
    theme: Theme,
    rect: QRectF,
    text: str,
    *,
    role: str = "text.primary",
    font: str = "label",
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
) -> float:
    """Paint one line of text, cut where it does not fit.

    Returns:
        Its width in pixels.
    """
    painter.setFont(theme.font(font))
    painter.setPen(theme.color(role))
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, elide, max(int(rect.width()), 0))
    painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter), shown)
    return float(metrics.horizontalAdvance(shown))


def paint_icon(
    painter: QPainter, looks: Looks, rect: QRectF, name: str, role: str, size: int = 16
) -> None:
    """Paint an icon into the middle of a rectangle."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device else 1.0
    at = rect.center() - QPointF(size / 2, size / 2)
    # On a half pixel every stroke of an icon is blurred.
    place = QPointF(round(at.x() * ratio) / ratio, round(at.y() * ratio) / ratio)
    painter.drawPixmap(place, looks.pixmap(name, role, size, ratio))


def tint(color: QColor, share: float) -> QColor:
    """Return a colour that lets most of what is below through."""
    made = QColor(color)
    made.setAlphaF(share)
    return made
