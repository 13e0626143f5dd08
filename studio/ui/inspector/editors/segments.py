"""One of a few short names, all in sight."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent

from studio.core.widgets import Choice
from studio.ui.inspector.editors.base import Editor
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.kit.painting import paint_ground, paint_text, rounded

MOST = 3
LETTERS = 24


class SegmentsEditor(Editor):
    """The names side by side; the chosen one is soft."""

    _value: Any = None
    _problem = ""

    @staticmethod
    def fits(widget: Choice) -> bool:
        """Tell whether the names are few and short enough."""
        return len(widget.options) <= MOST and sum(map(len, widget.options)) <= LETTERS

    @property
    def options(self) -> tuple[str, ...]:
        """The names."""
        return self.item.widget.options if isinstance(self.item.widget, Choice) else ()

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show which one is chosen."""
        self._value, self._problem = value, problem
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the one under the pointer."""
        if event.button() != Qt.MouseButton.LeftButton or not self.options:
            return
        index = int(event.position().x() * len(self.options) / max(self.width(), 1))
        self._choose(index)
        self.finished.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a neighbour with the arrows."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            held = self.options.index(self._value) if self._value in self.options else 0
            self._choose(held + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _choose(self, index: int) -> None:
        option = self.options[min(max(index, 0), len(self.options) - 1)]
        if option != self._value:
            self.report(option)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field and the names."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        rect = QRectF(self.rect())
        paint_ground(painter, theme, rect, "bg.field")
        width = rect.width() / max(len(self.options), 1)
        painter.setClipPath(rounded(theme, rect))
        for index, option in enumerate(self.options):
            room = QRectF(index * width, 0, width, rect.height())
            chosen = option == self._value
            if chosen:
                painter.fillRect(room, theme.color("accent.soft"))
            elif index and self.options[index - 1] != self._value:
                painter.fillRect(QRectF(room.left(), 6, 1, room.height() - 12),
                                 theme.color("border.default"))  # fmt: skip
            paint_text(
                painter, theme, room.adjusted(4, 0, -4, 0), option,
                role="text.primary" if chosen else "text.secondary",
                font="label_strong" if chosen else "label", align=Qt.AlignmentFlag.AlignHCenter,
            )  # fmt: skip
        painter.setClipping(False)
        paint_field_edge(
            painter, theme, rect, focus=self.hasFocus(), hover=self.underMouse(),
            problem="error" if self._problem else "",
        )  # fmt: skip
