"""A dialog of the house: heading, one sentence, whatever it is about, and buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.kit.buttons import Button, ButtonKind
from studio.ui.kit.labels import Words
from studio.ui.kit.painting import paint_edge, paint_ground
from studio.ui.looks.looks import Looks


class Dialog(QDialog):
    """Opens over a window with `open`; Esc closes it.

    Args:
        looks: The theme.
        heading: What it is about.
        sentence: What follows from it; empty: nothing.
        parent: The window.

    Attributes:
        body: Column between the sentence and the buttons.
    """

    escaped = Signal()
    """It was closed by Esc, and by none of its buttons."""

    def __init__(
        self, looks: Looks, heading: str, sentence: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.looks = looks
        self._primary: Button | None = None
        theme = looks.theme
        self.setWindowTitle(heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(theme.space("s"))
        column.addWidget(Words(looks, heading, "heading"))
        if sentence:
            column.addWidget(Words(looks, sentence, "label", "text.secondary", wraps=True))
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, theme.space("m"), 0, theme.space("m"))
        self.body.setSpacing(theme.space("s"))
        column.addLayout(self.body, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.space("m"))
        self._buttons.addStretch(1)
        column.addLayout(self._buttons)

    def add_button(
        self,
        text: str,
        kind: ButtonKind = "normal",
        does: Callable[[], object] | None = None,
        *,
        closes: bool = True,
        left: bool = False,
    ) -> Button:
        """Add a button; the primary one belongs at the right, and is pressed by Enter.

        Args:
            text: Its word.
            kind: How much it asks to be pressed.
            does: What it does before the dialog closes.
            closes: Whether the dialog closes then.
            left: Whether it stands at the left end.
        """
        button = Button(self.looks, text, kind, parent=self)
        if does:
            button.clicked.connect(does)
        if closes:
            button.clicked.connect(self.accept if kind in ("primary", "danger") else self.reject)
        self._buttons.insertWidget(0 if left else self._buttons.count(), button)
        if kind == "primary":
            self._primary = button
            button.setFocus()
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc; press the primary button with Enter wherever the keyboard is."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            self.reject()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._primary:
            self._primary.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the raised box."""
        painter, theme, rect = QPainter(self), self.looks.theme, QRectF(self.rect())
        paint_ground(painter, theme, rect, "bg.raised", "dialog")
        paint_edge(painter, theme, rect, "border.default", radius="dialog")
