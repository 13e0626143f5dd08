"""One of a list of names."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent

from studio.core.widgets import Choice
from studio.ui.inspector.editors.base import Editor
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.editors.popup import ChoicePopup, Entry
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.painting import paint_ground, paint_text

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ChoiceEditor(Editor):
    """A raised field that opens its list."""

    ground = "bg.raised"
    hint = "Click opens the list\u2003Type to choose"
    _value: Any = None
    popup: ChoicePopup | None = None
    status = ""

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show what is chosen."""
        self._value = value
        self.status = "error" if problem else ""
        self.setToolTip(problem)
        self.update()

    def start(self) -> None:
        """Open the list."""
        super().start()
        self.open()

    def entries(self) -> list[Entry]:
        """Return what can be chosen."""
        options = self.item.widget.options if isinstance(self.item.widget, Choice) else ()
        return [Entry(option, option) for option in options]

    def chosen(self, value: Any) -> None:
        """Take a choice."""
        if value != self._value:
            self.report(value)
        self.finished.emit()

    def open(self) -> None:
        """Open the list below the field."""
        if self.popup is None:
            self.popup = ChoicePopup(self.studio.looks, self)
            self.popup.chosen.connect(self.chosen)
            self.popup.closed.connect(self.update)
        self.popup.open_below(self, self.entries(), self._value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the list."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.open()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step through the list, or open it."""
        if event.key() in _STEPS:
            self._step(_STEPS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F4):
            self.open()
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        values = [entry.value for entry in self.entries()]
        held = values.index(self._value) if self._value in values else -by
        if values and 0 <= held + by < len(values):
            self.report(values[held + by])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, what is chosen, and the caret."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        rect = self.field_rect
        hover = self.underMouse()
        paint_ground(painter, theme, rect, "bg.hover" if hover else self.ground)
        self.paint_value(painter, rect.adjusted(8, 0, -26, 0))
        ratio = self.devicePixelRatioF()
        caret = self.studio.looks.pixmap("ph.caret-down", "text.secondary", 14, ratio)
        painter.drawPixmap(QPointF(rect.right() - 20, (rect.height() - 14) / 2), caret)
        focus = self.hasFocus() or (self.popup is not None and self.popup.isVisible())
        paint_field_edge(painter, theme, rect, focus=focus, hover=hover, problem=self.status)

    @property
    def field_rect(self) -> QRectF:
        """The field without buttons beside it."""
        return QRectF(self.rect())

    def paint_value(self, painter: QPainter, room: QRectF) -> None:
        """Paint what is chosen."""
        theme = self.studio.looks.theme
        mixed = self._value is MIXED
        text = "mixed" if mixed else str(self._value)
        role = "text.muted" if mixed else "text.primary"
        paint_text(painter, theme, room, text, role=role, font="value")
