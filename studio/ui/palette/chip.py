"""The chip that says which value type a search is limited to."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.core.types import item_of
from studio.ui.looks.glyphs import type_color
from studio.ui.looks.looks import Looks

_DOT = 8
_HEIGHT = 22


class Chip(QWidget):
    """Reads ``fits Image``, with the colour of the type.

    Args:
        looks: The theme.
        parent: The search.
    """

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self._kind = ""
        self.setToolTip("Backspace shows all nodes")

    def show_kind(self, kind: str) -> None:
        """Show a value type; without one, nothing."""
        self._kind = item_of(kind)
        self.setVisible(bool(kind))
        self.setAccessibleName(self._text)
        self.setFixedSize(self.sizeHint())
        self.update()

    @property
    def _text(self) -> str:
        kind = "anything" if self._kind.startswith("any:") else self._kind
        return f"fits {kind}"

    def sizeHint(self) -> QSize:
        """Return the room for dot and text."""
        wide = QFontMetricsF(self._looks.theme.font("label")).horizontalAdvance(self._text)
        return QSize(round(wide) + _DOT + 4 * self._looks.theme.space("s"), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        theme = self._looks.theme
        gap = theme.space("s")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("bg.pressed"))
        radius = theme.radius("control")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setBrush(type_color(theme, self._kind))
        painter.drawEllipse(QRectF(gap + 2, (self.height() - _DOT) / 2, _DOT, _DOT))
        painter.setPen(theme.color("text.primary"))
        painter.setFont(theme.font("label"))
        room = QRectF(self.rect()).adjusted(2 * gap + _DOT, 0, 0, 0)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text
        )
