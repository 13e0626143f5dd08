"""What lies around and over pictures: the checker behind alpha, the wipe, tags in the corners."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.ui.kit.painting import tint
from studio.ui.looks.looks import Looks
from studio.ui.looks.theme import parsed

HANDLE = 20
_CHECKER = 8
_INSET = 8


def paint_checker(painter: QPainter, looks: Looks, seen: QRectF) -> None:
    """Paint the ground of what can be seen through."""
    theme = looks.theme
    painter.save()
    painter.setClipRect(seen, Qt.ClipOperation.IntersectClip)
    painter.fillRect(seen, theme.color("bg.field"))
    color, area = theme.color("bg.hover"), seen.toAlignedRect()
    for y in range(area.top() // _CHECKER, area.bottom() // _CHECKER + 1):
        for x in range(area.left() // _CHECKER, area.right() // _CHECKER + 1):
            if (x + y) % 2:
                painter.fillRect(x * _CHECKER, y * _CHECKER, _CHECKER, _CHECKER, color)
    painter.restore()


def paint_wipe(painter: QPainter, looks: Looks, frame: QRectF, x: float, *, focus: bool) -> None:
    """Paint the line between two pictures and its handle."""
    white = looks.theme.color("text.on_accent")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(white, 2))
    painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
    handle = QRectF(x - HANDLE / 2, frame.bottom() - 3 * HANDLE, HANDLE, HANDLE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(white)
    painter.drawEllipse(handle)
    dark = parsed(looks.tokens["dark"]["text"]["inverse"])
    half = QRectF(handle.left() + 2, handle.top() + 6, 8, 8)
    looks.icons.paint(painter, half, "ph.caret-left-fill", dark)
    looks.icons.paint(painter, half.translated(8, 0), "ph.caret-right-fill", dark)
    if focus:
        painter.setPen(QPen(looks.theme.color("focus"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(handle.adjusted(-3, -3, 3, 3))


def paint_tag(
    painter: QPainter, looks: Looks, frame: QRectF, letter: str, words: str, *, left: bool
) -> None:
    """Paint a tag in an upper corner of the picture; tags stay dark in both themes."""
    theme, dark = looks.theme, looks.tokens["dark"]
    painter.setFont(theme.font("label_strong"))
    metrics = painter.fontMetrics()
    first = metrics.horizontalAdvance(letter)
    rest = metrics.horizontalAdvance(words) + 8 if words else 0
    width, height = first + rest + 2 * _INSET, theme.line("label") + 4
    x = frame.left() + _INSET if left else frame.right() - _INSET - width
    rect = QRectF(x, frame.top() + _INSET, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint(parsed(dark["bg"]["canvas"]), 0.8))
    painter.drawRoundedRect(rect, theme.radius("control"), theme.radius("control"))
    painter.setPen(parsed(dark["text"]["primary"]))
    words_rect = rect.adjusted(_INSET, 0, -_INSET, 0)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(words_rect, middle | Qt.AlignmentFlag.AlignLeft, letter)
    painter.drawText(words_rect, middle | Qt.AlignmentFlag.AlignRight, words)
