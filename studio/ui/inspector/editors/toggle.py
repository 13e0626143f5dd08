"""On or off."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen

from studio.ui.inspector.editors.base import Editor
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.painting import paint_text

_WIDE, _HIGH = 32, 18


class ToggleEditor(Editor):
    """A switch with its word."""

    _value: Any = False
    _problem = ""

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show whether it is on."""
        self._value, self._problem = value, problem
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the switch and its word."""
        return QSize(80, self.studio.looks.theme.size("control"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Turn it."""
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() <= 80:
            self._turn()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn it with Space or Enter."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._turn()
        else:
            super().keyPressEvent(event)

    def _turn(self) -> None:
        self.report(self._value is not True)
        self.finished.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the switch: filled when on, an outline when off."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - _HIGH) / 2
        track = QRectF(0.5, top + 0.5, _WIDE - 1, _HIGH - 1)
        on = self._value is True
        painter.setPen(Qt.PenStyle.NoPen if on else QPen(theme.color("border.strong"), 1))
        painter.setBrush(theme.color("accent.fill" if on else "bg.field"))
        painter.drawRoundedRect(track, _HIGH / 2, _HIGH / 2)
        share = 0.5 if self._value is MIXED else float(on)
        x = _HIGH / 2 + share * (_WIDE - _HIGH)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text.on_accent" if on else "text.secondary"))
        painter.drawEllipse(QPointF(x, top + _HIGH / 2), 6, 6)
        word = "mixed" if self._value is MIXED else ("on" if on else "off")
        room = QRectF(_WIDE + 10, 0, self.width() - _WIDE - 10, self.height())
        role = "text.muted" if self._value is MIXED else "text.primary"
        paint_text(painter, theme, room, word, role=role)
        if self.hasFocus():
            ring = QRectF(-1, top - 2, _WIDE + 4, _HIGH + 4).intersected(QRectF(self.rect()))
            paint_field_edge(painter, theme, ring, focus=True)
