"""The strip below the picture while boxes are edited or people are posed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.kit.buttons import Button, IconButton
from studio.ui.kit.labels import ElidedLabel
from studio.ui.kit.painting import paint_icon

if TYPE_CHECKING:
    from studio.ui.gallery.shapes import ShapeTool
    from studio.ui.studio import Studio

_STEPS = {
    "undo": ("ph.arrow-u-up-left", "Undo"),
    "redo": ("ph.arrow-u-up-right", "Redo"),
    "reset": ("ph.arrow-counter-clockwise", "Reset to what was found"),
}
_MARK = 14


class ShapeBar(QWidget):
    """Add, tick, remove; undo, redo, reset; how things are; cancel and done.

    Args:
        studio: What the window shares.
        tool: What they are about.
    """

    def __init__(self, studio: Studio, tool: ShapeTool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks, self._tool = studio.looks, tool
        self.setAccessibleName(tool.name)
        self.changes = {name: self._button(*rest) for name, rest in tool.words.items()}
        self.steps = {name: self._button(*rest) for name, rest in _STEPS.items()}
        self.told = ElidedLabel(self._looks, "", "caption", "text.secondary", self)
        self.warning = ElidedLabel(self._looks, "", "caption", "status.warning", self)
        self.cancel = Button(self._looks, "Cancel", "quiet", parent=self, small=True)
        self.done = Button(self._looks, "Done", "primary", parent=self, small=True)
        self.cancel.setToolTip("Esc")
        self.done.setToolTip("Enter")
        self._lay_out()
        for name, button in (*self.changes.items(), *self.steps.items()):
            button.clicked.connect(partial(_give, studio, f"shapes.{name}"))
        self.done.clicked.connect(partial(_give, studio, "shapes.done"))
        self.cancel.clicked.connect(partial(_give, studio, "shapes.cancel"))
        tool.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what the tool is at."""
        tool = self._tool
        self.steps["undo"].setEnabled(tool.steps.can_undo)
        self.steps["redo"].setEnabled(tool.steps.can_redo)
        self.told.setText(tool.told)
        self.warning.setText(tool.warning)
        self.warning.setVisible(bool(tool.warning))
        self.setAccessibleDescription(". ".join(filter(None, (tool.told, tool.warning))))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the line above, and the mark of the warning."""
        painter, theme = QPainter(self), self._looks.theme
        painter.fillRect(self.rect(), theme.color("bg.panel"))
        painter.fillRect(0, 0, self.width(), 1, theme.color("border.subtle"))
        if self._tool.warning:
            line = self.warning.geometry()
            rect = QRectF(line.left() - _MARK - 4, line.top(), _MARK, line.height())
            paint_icon(painter, self._looks, rect, "ph.warning-fill", "status.warning", _MARK)

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(2)
        for button in self.changes.values():
            first.addWidget(button)
        first.addSpacing(8)
        for button in self.steps.values():
            first.addWidget(button)
        first.addStretch(1)
        first.addWidget(self.cancel)
        first.addWidget(self.done)
        second.setSpacing(8)
        second.setContentsMargins(4, 0, 4, 0)
        second.addWidget(self.told, 1)
        second.addSpacing(_MARK)
        second.addWidget(self.warning)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(second)

    def _button(self, icon: str, name: str) -> IconButton:
        button = IconButton(self._looks, icon, name, self)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def _give(studio: Studio, command: str, _checked: bool = False) -> None:
    studio.actions.trigger(command)
