"""The line below the picture: its size, the zoom, and the numbers of the pixel under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.kit.painting import paint_text
from studio.ui.looks.looks import Looks

HEIGHT = 24
_INSET, _CHIP = 10, 12


class FactsLine(QWidget):
    """Says what is under the pointer."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.looks = looks
        self.size_text = ""
        self.zoom_text = ""
        self._has_zoom = False
        self.place: tuple[int, int] | None = None
        self.values: tuple[float, ...] = ()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def values_text(self) -> str:
        """The numbers of the pixel."""
        return "  ".join(f"{value:.3f}" for value in self.values)

    def set_picture(self, width: int, height: int, *, is_preview: bool = False) -> None:
        """Say the size of the picture; 0 x 0 is none, and a preview is of no size that matters."""
        size = f"{width} x {height}" if width else ""
        self.size_text = "preview" if is_preview else size
        self._has_zoom = bool(size) and not is_preview
        self.update()

    def set_zoom(self, zoom: float) -> None:
        """Say the zoom."""
        self.zoom_text = f"{zoom * 100:.0f} %"
        self.update()

    def set_pixel(self, place: tuple[int, int] | None, values: tuple[float, ...]) -> None:
        """Say a place and its numbers."""
        self.place, self.values = place, values
        self.setAccessibleDescription(self.values_text)
        self.update()

    def sizeHint(self) -> QSize:
        """Take the width there is."""
        return QSize(200, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        theme = self.looks.theme
        painter.fillRect(self.rect(), theme.color("bg.panel"))
        rect = QRectF(self.rect()).adjusted(_INSET, 0, -_INSET, 0)
        left = rect.left()
        left += paint_text(painter, theme, rect, self.size_text, font="value") + 8
        rect.setLeft(left)
        zoom = self.zoom_text if self._has_zoom else ""
        left += paint_text(painter, theme, rect, zoom, role="text.secondary") + 16
        if self.place:
            rect.setLeft(left)
            where = f"x {self.place[0]:<4}  y {self.place[1]}"
            paint_text(painter, theme, rect, where, role="text.secondary", font="mono")
            self._paint_values(painter, rect)
        painter.end()

    def _paint_values(self, painter: QPainter, rect: QRectF) -> None:
        chip = QRectF(rect.right() - _CHIP, rect.center().y() - _CHIP / 2, _CHIP, _CHIP)
        painter.setPen(self.looks.theme.color("border.default"))
        painter.setBrush(_color(self.values))
        painter.drawRoundedRect(chip, 2, 2)
        words = rect.adjusted(0, 0, -_CHIP - 8, 0)
        right = Qt.AlignmentFlag.AlignRight
        paint_text(painter, self.looks.theme, words, self.values_text, font="mono", align=right)


def _color(values: tuple[float, ...]) -> QColor:
    shown = [min(max(value, 0.0), 1.0) if value == value else 0.0 for value in values]
    red, green, blue = shown[:3] if len(shown) >= 3 else [shown[0]] * 3
    return QColor.fromRgbF(red, green, blue)
