"""A line of text inside a painted field: no ground and no edge of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.ui.looks.looks import Looks


class LineEdit(QLineEdit):
    """Says when its text is to be taken, and when not."""

    committed = Signal()
    """Enter was pressed."""
    cancelled = Signal()
    """Esc was pressed."""
    left = Signal()
    """The keyboard went elsewhere."""
    entered = Signal()
    """The keyboard came here."""

    def __init__(self, looks: Looks, parent: QWidget | None = None, font: str = "value") -> None:
        super().__init__(parent)
        self._looks = looks
        self._font = font
        self.setFrame(False)
        self.setTextMargins(6, 0, 6, 0)
        looks.changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """Take font and colours from the theme."""
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.setFont(self._looks.theme.font(self._font))

    def settle(self) -> None:
        """Let the text be taken, as by Enter."""
        self.committed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell Enter and Esc from typing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.committed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say that the keyboard came here."""
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the keyboard went elsewhere, unless a menu of its own took it."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()
