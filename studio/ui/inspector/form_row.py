"""One line of the form: a row of the inspector, a grip to move it, and a button to remove it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.ui.inspector.rows import Row
from studio.ui.kit.buttons import IconButton
from studio.ui.looks.looks import Looks

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class FormRow(QWidget):
    """Holds a row.

    Args:
        looks: The theme.
        row: Edits the parameter.
        entry: How the graph writes the line.
        parent: Holds the lines.
    """

    stepped = Signal(int)
    """The line shall move by so many places."""
    dropped = Signal(int)
    """The line was dragged to this height in its parent."""
    removed = Signal()

    def __init__(self, looks: Looks, row: Row, entry: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self.row = row
        self.entry = entry
        row.setParent(self)
        self.grip = Grip(looks, self)
        self.grip.setAccessibleName(f"Move {row.label}")
        self.grip.stepped.connect(self.stepped)
        self.grip.dragged.connect(self._drag)
        self.grip.let_go.connect(self._drop)
        self.remove = IconButton(looks, "ph.x", f"Remove {row.label} from the form", self, 14)
        self.remove.clicked.connect(self.removed)

    @property
    def height_needed(self) -> int:
        """Height for the width that it has."""
        return self.row.height_needed

    def place(self) -> None:
        """Put the row and its buttons side by side."""
        theme = self._looks.theme
        side = theme.size("control")
        top = (theme.size("row") - side) // 2
        self.row.setGeometry(0, 0, max(self.width() - side - 16, 0), self.height())
        self.row.place()
        self.remove.setGeometry(self.width() - side - 4, top, side, side)
        self.grip.setGeometry(self.width() - side - 18, top, 16, side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the row and its buttons side by side."""
        self.place()

    def _drag(self, by: int) -> None:
        self.raise_()
        self.move(0, self.y() + by)

    def _drop(self) -> None:
        self.dropped.emit(self.geometry().center().y())


class Grip(IconButton):
    """Moves its line: by dragging, or with the arrows up and down."""

    stepped = Signal(int)
    dragged = Signal(int)
    """By so many pixels down."""
    let_go = Signal()

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(
            looks, "ph.dots-six-vertical", "Move: drag, or arrow up and down", parent, 14
        )
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self._at: int | None = None
        self._moved = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag."""
        self._at, self._moved = round(event.globalPosition().y()), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the line."""
        if self._at is not None:
            now = round(event.globalPosition().y())
            self._moved = self._moved or now != self._at
            self.dragged.emit(now - self._at)
            self._at = now

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the line go."""
        if self._at is not None and self._moved:
            self.let_go.emit()
        self._at = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the line by one."""
        if event.key() in _STEPS:
            self.stepped.emit(_STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
