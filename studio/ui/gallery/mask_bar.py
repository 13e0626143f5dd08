"""The strip below the picture while a mask is painted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.core.spec import Input
from studio.core.widgets import Range
from studio.ui.gallery.mask_tool import SIZE_MAX, MaskTool
from studio.ui.inspector.editors import editor_for
from studio.ui.kit.buttons import Button, IconButton
from studio.ui.kit.labels import Words

if TYPE_CHECKING:
    from studio.ui.studio import Studio

_KINDS = (
    ("brush", "ph.paint-brush", "Brush"),
    ("eraser", "ph.eraser", "Eraser"),
    ("fill", "ph.paint-bucket", "Fill; Shift empties"),
    ("rectangle", "ph.selection", "Rectangle; Shift empties"),
)
_CHANGES = (
    ("undo", "ph.arrow-u-up-left", "Undo stroke"),
    ("redo", "ph.arrow-u-up-right", "Redo stroke"),
    ("invert", "ph.circle-half", "Invert mask"),
    ("clear", "ph.trash", "Clear mask"),
)
_NUMBERS = (
    Input("size", "int", default=48, widget=Range(1, SIZE_MAX, unit=" px", scale="log")),
    Input("feather", "int", default=12, widget=Range(0, 256, unit=" px")),
    Input("opacity", "int", default=100, widget=Range(1, 100, unit=" %")),
)


class MaskBar(QWidget):
    """Brush, eraser, fill, rectangle; size, feather, opacity; undo, redo, invert, clear; done.

    Args:
        studio: What the window shares.
        tool: What they are about.
    """

    def __init__(self, studio: Studio, tool: MaskTool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks, self._tool = studio.looks, tool
        self.setAccessibleName("Mask painting")
        self.kinds = {name: self._button(*rest) for name, *rest in _KINDS}
        self.changes = {name: self._button(*rest) for name, *rest in _CHANGES}
        self.numbers: dict[str, Any] = {
            item.name: editor_for(studio, item, self) for item in _NUMBERS
        }
        self.cancel = Button(self._looks, "Cancel", "quiet", parent=self, small=True)
        self.done = Button(self._looks, "Done", "primary", parent=self, small=True)
        self.cancel.setToolTip("Esc")
        self.done.setToolTip("Enter")
        self._lay_out()
        self._connect(studio)
        self.refresh()

    def refresh(self) -> None:
        """Show what the tool is at."""
        tool = self._tool
        for name, button in self.kinds.items():
            button.setChecked(name == tool.kind)
        self.changes["undo"].setEnabled(tool.painting.can_undo)
        self.changes["redo"].setEnabled(tool.painting.can_redo)
        brush = tool.brush
        self.numbers["size"].show_value(round(brush.size))
        self.numbers["feather"].show_value(round(brush.feather))
        self.numbers["opacity"].show_value(round(brush.opacity * 100))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the line above."""
        painter, theme = QPainter(self), self._looks.theme
        painter.fillRect(self.rect(), theme.color("bg.panel"))
        painter.fillRect(0, 0, self.width(), 1, theme.color("border.subtle"))

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(2)
        for button in (*self.kinds.values(), None, *self.changes.values()):
            if button:
                first.addWidget(button)
            else:
                first.addSpacing(8)
        first.addStretch(1)
        first.addWidget(self.cancel)
        first.addWidget(self.done)
        for name, editor in self.numbers.items():
            second.addWidget(Words(self._looks, name, "caption", "text.secondary"))
            second.addSpacing(2)
            second.addWidget(editor, 1)
            second.addSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(second)

    def _connect(self, studio: Studio) -> None:
        for name, button in (*self.kinds.items(), *self.changes.items()):
            button.clicked.connect(partial(_give, studio, f"mask.{name}"))
        self.done.clicked.connect(partial(_give, studio, "mask.done"))
        self.cancel.clicked.connect(partial(_give, studio, "mask.cancel"))
        for name, editor in self.numbers.items():
            editor.edited.connect(partial(self._edited, name))
        self._tool.changed.connect(self.refresh)

    def _edited(self, name: str, value: float, _gesture: object) -> None:
        self._tool.set_brush(**{name: value / 100 if name == "opacity" else float(value)})

    def _button(self, icon: str, name: str) -> IconButton:
        button = IconButton(self._looks, icon, name, self)
        button.setCheckable(icon in {kind[1] for kind in _KINDS})
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def _give(studio: Studio, command: str, _checked: bool = False) -> None:
    studio.actions.trigger(command)
