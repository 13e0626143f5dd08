"""The mark of the program: a brush on the accent."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from studio.ui.looks.looks import Looks

_SIDE = 24
_ICON_SIDES = (16, 32, 64, 128)
_BRUSH = "ph.paint-brush-broad-fill"


def paint_logo(painter: QPainter, looks: Looks, rect: QRectF) -> None:
    """Paint the mark into a square."""
    theme = looks.theme
    radius = rect.width() * theme.radius("card") / _SIDE
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent.fill"))
    painter.drawRoundedRect(rect, radius, radius)
    inset = rect.width() / 6
    inner = rect.adjusted(inset, inset, -inset, -inset)
    looks.icons.paint(painter, inner, _BRUSH, theme.color("text.on_accent"))


def app_icon(looks: Looks) -> QIcon:
    """Return the mark as the icon of windows."""
    icon = QIcon()
    for side in _ICON_SIDES:
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_logo(painter, looks, QRectF(pixmap.rect()))
        painter.end()
        icon.addPixmap(pixmap)
    return icon


class Logo(QWidget):
    """The mark in the top bar."""

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self.setFixedSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark."""
        paint_logo(QPainter(self), self._looks, QRectF(self.rect()))
